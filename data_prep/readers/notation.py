"""Engraved scores to raw parts, through music21: Humdrum, MusicXML, ABC and what else it reads.

The same rules hold for every format:

* Tied notes are one note. Grace notes, cue-sized hidden notes and chord symbols are left out;
  a trill, turn, mordent or tremolo is read as its written note. (The player decides how an ornament
  sounds.)
* The notes of a chord keep their own lengths, where the format gives them (MusicXML).
* Pitches are sounding pitches. Repeats are not expanded: each written bar occurs once, first
  and second endings one after the other.
* 2/2 is read as 4/4: both have four quarter notes in a bar, and sources disagree about which of
  the two a movement is in.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from contextlib import redirect_stderr
from io import StringIO
from typing import Any

from data_prep.grid.raw_part import RawBar, RawNote, RawPart, ScoreError
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, Meter

_SAME_BEATS = 1e-4
_PLAIN_BARLINES = {"regular", "dashed", "dotted", "none", "short", "tick"}


def parse_notation(text: str, file_format: str) -> list[Any]:
    """The text of one score or of a book of tunes -> music21 scores; ScoreError if it is neither.

    The text is only ever read as music, never as the name of a file or an address.
    """
    from music21 import converter, stream
    from music21.exceptions21 import Music21Exception

    with warnings.catch_warnings(), redirect_stderr(StringIO()):  # music21 warns of many oddities
        warnings.simplefilter("ignore")
        try:
            # `converter.parse` would open a text that looks like a path or an address.
            parsed = converter.parseData(text, format=file_format)
        except (
            Music21Exception,
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
            ZeroDivisionError,
        ) as error:
            raise ScoreError(f"music21 cannot read it: {_one_line(error)}") from error
    if isinstance(parsed, stream.Opus):
        return list(parsed.scores)
    return [parsed]


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__} {error}".split())[:120]


def raw_parts(score: Any, chord_lengths: bool = False) -> list[RawPart]:
    """The parts of a music21 score in its order, "0" the first; a score without parts is one.

    With `chord_lengths` each note of a chord has its own length, else that of the chord.
    """
    parts = list(score.parts) if hasattr(score, "parts") and score.parts else [score]
    title = score.metadata.title if score.metadata is not None and score.metadata.title else ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [_raw_part(part, str(index), title, chord_lengths) for index, part in enumerate(parts)]


def _raw_part(part: Any, place: str, title: str, chord_lengths: bool) -> RawPart:
    from music21 import clef, key, meter, tempo

    measures = list(part.getElementsByClass("Measure"))
    instrument = part.getInstrument(returnDefault=False)
    program = instrument.midiProgram if instrument is not None else None
    flat = part.flatten()
    signatures = [
        (float(item.offset), read_meter(item.numerator, item.denominator))
        for item in flat.getElementsByClass(meter.TimeSignature)
        if _is_power_of_two(item.denominator)
    ]
    bars = _bars(measures, signatures)
    first_clef = flat.getElementsByClass(clef.Clef).first()
    keys = [
        (float(item.offset), int(item.sharps), _is_minor(item))
        for item in flat.getElementsByClass(key.KeySignature)
        if item.sharps is not None
    ]
    tempos = []
    for mark in flat.getElementsByClass(tempo.MetronomeMark):
        beats_a_minute = mark.getQuarterBPM() if mark.number is not None else None
        if beats_a_minute and 10 <= beats_a_minute <= 500:
            tempos.append((float(mark.offset), round(60e6 / beats_a_minute)))
    return RawPart(
        place=place,
        name=" ".join(str(part.partName or (instrument and instrument.bestName()) or "").split()),
        notes=_notes(flat.notes, chord_lengths),
        meters=[],
        keys=keys,
        tempos=tempos or [(0.0, DEFAULT_TEMPO_US_PER_BEAT)],
        bars=bars,
        closings_beats=_fermata_ends(flat.notes),
        program=program,
        clef=f"{first_clef.sign}{first_clef.line}" if first_clef is not None and first_clef.sign else "",
        title=title,
    )


def _is_minor(signature: Any) -> bool | None:
    mode = getattr(signature, "mode", None)
    return None if mode not in ("major", "minor") else mode == "minor"


def _bars(measures: list[Any], signatures: list[tuple[float, Meter]]) -> list[RawBar]:
    """The bars in order. A time signature inside a bar (as music21 places some) holds from the next."""
    bars: list[RawBar] = []
    for index, measure in enumerate(measures):
        start = float(measure.offset)
        last = index + 1 == len(measures)
        end = start + float(measure.highestTime) if last else float(measures[index + 1].offset)
        following = None if last else measures[index + 1].leftBarline
        closing = last or _is_closing(measure.rightBarline) or _is_closing(following)
        if end - start > _SAME_BEATS:
            known = [value for offset, value in signatures if offset <= start + _SAME_BEATS]
            bars.append(RawBar(start, end, known[-1] if known else Meter(4, 4), closing))
    return bars


def _is_closing(barline: Any) -> bool:
    return barline is not None and (
        "Repeat" in barline.classes or (barline.type or "regular") not in _PLAIN_BARLINES
    )


def _is_power_of_two(number: int) -> bool:
    """Whether a number can be a meter's denominator; if not (a misread "1/6"), the bars give the meter."""
    return number > 0 and number & (number - 1) == 0


def read_meter(numerator: int, denominator: int) -> Meter:
    """A time signature by the rule for cut time; ScoreError for one that is not n over a power of two."""
    if (numerator, denominator) == (2, 2):
        return Meter(4, 4)
    try:
        return Meter(numerator, denominator)
    except ValueError as error:
        raise ScoreError(str(error)) from error


def _notes(elements: Iterable[Any], chord_lengths: bool) -> list[RawNote]:
    """The notes with ties joined, in order of onset and pitch."""
    notes: list[RawNote] = []
    open_ties: dict[int, list[int]] = {}  # pitch -> notes that a tie may prolong
    for onset, end, pitch, tie in sorted(_single_notes(elements, chord_lengths), key=lambda item: item[:3]):
        if tie in ("stop", "continue"):
            tied = [
                index
                for index in open_ties.get(pitch, ())
                if abs(notes[index].end_beats - onset) < _SAME_BEATS
            ]
            if tied:
                notes[tied[0]] = notes[tied[0]]._replace(end_beats=end)
                if tie == "stop":
                    open_ties[pitch].remove(tied[0])
                continue
        notes.append(RawNote(onset, end, pitch))
        if tie in ("start", "continue"):
            open_ties.setdefault(pitch, []).append(len(notes) - 1)
    return notes


def _single_notes(elements: Iterable[Any], chord_lengths: bool) -> Iterable[tuple[float, float, int, str]]:
    for element in elements:
        if element.duration.isGrace or "ChordSymbol" in element.classes or element.style.hideObjectOnPrint:
            continue
        onset = float(element.offset)
        end = onset + float(element.duration.quarterLength)
        if end - onset < _SAME_BEATS:
            continue
        for note in getattr(element, "notes", (element,)):
            if hasattr(note, "pitch"):
                tie = note.tie or (element.tie if len(getattr(element, "notes", ())) == 0 else None)
                own = float(note.duration.quarterLength) if chord_lengths else 0.0
                yield onset, onset + own if own else end, note.pitch.midi, tie.type if tie is not None else ""


def _fermata_ends(elements: Iterable[Any]) -> list[float]:
    return [
        float(element.offset) + float(element.duration.quarterLength)
        for element in elements
        if any("Fermata" in mark.classes for mark in element.expressions)
    ]
