"""MusicXML and ABC for the verbs that take music: the parts of a score, their bars and measure numbers.

    part = read_score_part(data, "quartet.mxl", part="Violin I")
    phrase = part.phrase()

The readers are those of the corpus (`data_prep.readers.musicxml`, `abc_book`). A pickup is filled up with
silence to a whole bar, as everywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from xml.etree import ElementTree

from data_prep.grid.bars import Bars, engraved_bars
from data_prep.grid.raw_part import RawPart, ScoreError, known_key
from data_prep.readers.abc_book import parse_abc
from data_prep.readers.musicxml import parse_musicxml, unpacked
from data_prep.readers.notation import raw_parts
from data_prep.readers.scores import MUSICXML_SUFFIXES, score_text
from data_prep.readers.selection import is_violin_name, merged
from violin.errors import NotationError
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, TICKS_PER_BEAT, Key, Meter, Note, Phrase

SCORE_SUFFIXES = frozenset(MUSICXML_SUFFIXES | {".abc"})
_RESOLUTIONS = (48, 240, 336, 1_680, 10_080)  # with quintuplets, septuplets, both, and finer still
_SAME_TICK = 0.02


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a score: ticks of `ticks_per_beat` a quarter note from the first barline.

    `barlines` holds the tick of every barline with the final end, `measures` the printed number of each
    bar; `meters`, `keys` and `tempos` (microseconds a quarter) hold (tick, value).
    """

    file: str
    name: str
    notes: tuple[Note, ...]
    ticks_per_beat: int
    barlines: tuple[int, ...]
    measures: tuple[str, ...]
    meters: tuple[tuple[int, Meter], ...]
    keys: tuple[tuple[int, Key], ...]
    tempos: tuple[tuple[int, int], ...]

    def measure_number(self, bar: int) -> int:
        """The printed number of a bar (from 1), if that is a number; else the bar's own."""
        printed = self.measures[bar - 1] if 1 <= bar <= len(self.measures) else ""
        return int(printed) if printed.isdecimal() else bar

    def phrase(self) -> Phrase:
        """The part as one phrase; of several keys or tempi the first counts. NotationError if the meter
        changes or there is no note."""
        if not self.notes:
            raise NotationError(f"{self.file}: part {self.name!r} has no notes")
        if len(self.meters) > 1:
            (_, first), (tick, second) = self.meters[:2]
            measure = self.measures[min(bisect_right(self.barlines, tick) - 1, len(self.measures) - 1)]
            message = f"the meter changes from {first} to {second} in measure {measure}"
            raise NotationError(f"{self.file}: {message}; legal: one meter")
        return Phrase(
            self.notes,
            len(self.measures),
            self.meters[0][1],
            self.keys[0][1] if self.keys else None,
            self.tempos[0][1] if self.tempos else DEFAULT_TEMPO_US_PER_BEAT,
            ticks_per_beat=self.ticks_per_beat,
        )


def is_score_name(name: str) -> bool:
    """Whether a file's name is that of a score that `read_score_part` reads."""
    return PurePath(name).suffix.lower() in SCORE_SUFFIXES


def read_score_part(data: bytes, name: str, part: str | None = None, kind: str = "") -> ScorePart:
    """One part of a MusicXML or ABC file; `kind` is "musicxml", "mxl" or "abc", else the name's suffix.

    `part` is a part's name or its number from 1. Without it: the only part, or the only one that is
    named a violin's. NotationError names the file and the parts that there are.
    """
    try:
        if (kind or PurePath(name).suffix.lower()[1:]) == "abc":
            names, found, numbers = _abc(data)
        else:
            names, found, numbers = _musicxml(data, name, part)
    except ScoreError as error:
        raise NotationError(f"{name}: {error}") from error
    index = _chosen(names, part, name)
    raw = found[index]
    if not raw.bars:
        raise NotationError(f"{name}: part {names[index]!r} has no measures")
    return _placed(raw, name, names[index], numbers[index])


def part_of_music21(score: Any, name: str = "music21 score") -> ScorePart:
    """The only part of a music21 score; NotationError if it has several, or no bars."""
    parts = raw_parts(score)
    if len(parts) != 1:
        raise NotationError(f"{name}: {len(parts)} parts; legal: one, such as score.parts[0]")
    if not parts[0].bars:
        raise NotationError(f"{name}: no measures; make them with makeNotation()")
    return _placed(
        parts[0], name, parts[0].name or "part 1", [str(bar) for bar, _ in enumerate(parts[0].bars, 1)]
    )


def _musicxml(
    data: bytes, name: str, part: str | None
) -> tuple[list[str], dict[int, RawPart], list[list[str]]]:
    """Names of all parts, the chosen one, and the measure numbers of all."""
    try:
        root = ElementTree.fromstring(unpacked(data))
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise ScoreError(f"not well-formed MusicXML: {str(error)[:100]}") from error
    labels = {
        entry.get("id"): " ".join((entry.findtext("part-name") or "").split())
        for entry in root.iter("score-part")
    }
    elements = root.findall("part")
    names = [labels.get(element.get("id")) or f"part {place}" for place, element in enumerate(elements, 1)]
    if root.tag == "score-partwise":
        if not names:
            raise ScoreError("a score without parts")
        index = _chosen(names, part, name)
        numbers = [[bar.get("number", "") for bar in element.findall("measure")] for element in elements]
        return names, {index: parse_musicxml(data, str(index))[0]}, numbers
    return [], {0: parse_musicxml(data)[0]}, []  # raises the error that says what is wrong


def _abc(data: bytes) -> tuple[list[str], dict[int, RawPart], list[list[str]]]:
    tunes = parse_abc(score_text(data))
    if len(tunes) != 1:
        raise ScoreError(f"{len(tunes)} tunes; legal: one tune in a file")
    whole = merged(tunes[0])  # the voices of one violin
    numbers = [str(bar) for bar in range(1, len(whole.bars) + 1)]
    return [whole.name or "part 1"], {0: whole}, [numbers]


def _chosen(names: Sequence[str], part: str | None, file: str) -> int:
    listed = ", ".join(f"{number} {name!r}" for number, name in enumerate(names, 1))
    if part is not None:
        same = [index for index, name in enumerate(names) if name.lower() == part.strip().lower()]
        if not same and part.strip().isdigit() and 1 <= int(part) <= len(names):
            same = [int(part) - 1]
        if len(same) == 1:
            return same[0]
        raise NotationError(f"{file}: {len(same) or 'no'} parts are called {part!r}; there are: {listed}")
    violins = [index for index, name in enumerate(names) if is_violin_name(name)]
    if len(names) == 1 or len(violins) == 1:
        return violins[0] if violins else 0
    raise NotationError(f"{file}: {len(names)} parts; choose one with --part: {listed or 'none'}")


def _placed(raw: RawPart, file: str, name: str, numbers: Sequence[str]) -> ScorePart:
    """The part on the coarsest resolution that holds its notes exactly."""
    bars = engraved_bars(raw.bars)
    beats = [bars.lead_beats + time for note in raw.notes for time in (note.onset_beats, note.end_beats)]
    resolution = next(
        (
            ticks
            for ticks in _RESOLUTIONS
            if all(abs(beat * ticks - round(beat * ticks)) < _SAME_TICK for beat in beats)
        ),
        _RESOLUTIONS[-1],
    )
    scale = resolution // TICKS_PER_BEAT
    end = bars.barlines[-1] * scale
    notes = []
    for onset, stop, pitch in raw.notes:
        first = round((onset + bars.lead_beats) * resolution)
        last = min(max(round((stop + bars.lead_beats) * resolution), first + 1), end)
        if 0 <= first < last:
            notes.append(Note(first, pitch, last - first))
    keys = [(_tick(bars, beat) * scale, known_key(fifths, minor)) for beat, fifths, minor in raw.keys]
    return ScorePart(
        file=file,
        name=name,
        notes=tuple(sorted(notes)),
        ticks_per_beat=resolution,
        barlines=tuple(tick * scale for tick in bars.barlines),
        measures=_measure_numbers(raw, bars, numbers),
        meters=tuple((tick * scale, meter) for tick, meter in bars.meters),
        keys=tuple(keys),
        tempos=tuple((_tick(bars, beat) * scale, tempo) for beat, tempo in raw.tempos),
    )


def _tick(bars: Bars, beat: float) -> int:
    return max(bars.tick(beat), 0) if beat > 0 else 0


def _measure_numbers(raw: RawPart, bars: Bars, numbers: Sequence[str]) -> tuple[str, ...]:
    """The printed number of each bar; counted from 1 where the score's own do not fit its bars."""
    if len(numbers) != len(raw.bars):
        return tuple(str(bar) for bar in range(1, len(bars.barlines)))
    starts = [max(bars.tick(bar.start_beats), 0) for bar in raw.bars]
    return tuple(numbers[max(bisect_right(starts, tick) - 1, 0)] for tick in bars.barlines[:-1])
