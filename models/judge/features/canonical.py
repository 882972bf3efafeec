"""The canonical form of a phrase: the composed notes, without properties of the file.

A judge that sees a resolution, a velocity, a tempo, a key signature or notes released one tick
early learns to recognise *programs*, and is at chance on another program. So these are removed
before any feature is measured:

* twelve steps per beat (sixteenths, triplets of eighths and of sixteenths exactly; a pair of 32nds
  becomes 2 + 1 steps, in every phrase);
* tempo, velocity, program, key signature and resolution are dropped;
* a phrase that reaches below the open G is moved up by whole octaves if it then fits: in the
  organisers' octave numbering, the open G is note 43;
* silent bars at both ends are trimmed, and a gap of a sixteenth or less before the next onset
  is closed, so that rests count but articulation does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from violin.errors import MidiError
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH
from violin.music import Meter, Note, Phrase

STEPS_PER_BEAT = 12
CLOSED_GAP_STEPS = 3  # a sixteenth
MOST_BARS = 64
MOST_BEATS = 256  # 64 bars of 4/4
MOST_NOTES = 16_384

Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Line:
    """Notes in canonical form, sorted by onset and pitch, `bars` bars of `bar_steps` steps.

    Arrays of length n: `onset_steps` from the first barline, `duration_steps`, `pitch` (MIDI).
    """

    onset_steps: Ints
    duration_steps: Ints
    pitch: Ints
    bars: int
    bar_steps: int

    def __len__(self) -> int:
        return len(self.onset_steps)


@dataclass(frozen=True, eq=False)
class Events:
    """The onsets of a line, one per stop; arrays of length m, one element per onset.

    `top` and `bottom` are the outer pitches of the notes that begin there, `size` is their number,
    `ioi_steps` the time to the next onset (for the last onset: its duration),
    `length_steps` the longest duration among them, `bar` the bar's index, `place_steps` the
    place in the bar.
    """

    onset_steps: Ints
    top: Ints
    bottom: Ints
    size: Ints
    ioi_steps: Ints
    length_steps: Ints
    bar: Ints
    place_steps: Ints
    first_note: Ints

    def __len__(self) -> int:
        return len(self.onset_steps)


def canonical(phrase: Phrase) -> Line:
    """The canonical form of a phrase.

    Raises MidiError if `check_readable` finds that it cannot be judged.
    """
    check_readable(phrase)
    grid = phrase.on_grid(STEPS_PER_BEAT)
    onset = np.array([note.onset_ticks for note in grid.notes], np.int32)
    pitch = np.array([note.pitch for note in grid.notes], np.int32)
    duration = np.array([note.duration_ticks for note in grid.notes], np.int32)
    return tidied(Line(onset, duration, pitch, grid.bars, grid.bar_ticks))


def canonical_lines(phrases: Sequence[Phrase]) -> dict[int, Line]:
    """The canonical forms of phrases by their index; those that cannot be judged are left out."""
    lines = {}
    for index, phrase in enumerate(phrases):
        with suppress(MidiError):
            lines[index] = canonical(phrase)
    return lines


def check_readable(phrase: Phrase, name: str = "") -> None:
    """Raise MidiError, starting with `name`, if a phrase cannot be judged.

    Reasons: it has no notes, its bars are not a whole number of steps, or it is too long: several
    features compare every bar with every other.
    """
    why = _obstacle(phrase)
    if why:
        raise MidiError(f"{name}: {why}" if name else why)


def _obstacle(phrase: Phrase) -> str:
    if not phrase.notes:
        return "no notes: there is nothing to judge"
    if 4 * phrase.meter.numerator * STEPS_PER_BEAT % phrase.meter.denominator:
        grid = f"the judge's grid of {STEPS_PER_BEAT} steps a quarter note"
        return f"a bar of {phrase.meter} does not fit {grid}"
    if len(phrase.notes) > MOST_NOTES:
        return f"{len(phrase.notes)} notes; legal for the judge: up to {MOST_NOTES}"
    first = phrase.notes[0].onset_ticks // phrase.bar_ticks
    bars = -(-max(note.end_ticks for note in phrase.notes) // phrase.bar_ticks) - first
    if bars > MOST_BARS:
        return f"{bars} bars; legal for the judge: up to {MOST_BARS}"
    beats = bars * phrase.meter.beats_per_bar
    if beats > MOST_BEATS:
        return f"{beats:.0f} quarter notes long; legal for the judge: up to {MOST_BEATS}"
    return ""


def tidied(line: Line) -> Line:
    """A line brought to canonical form (octave, silent ends, closed gaps); idempotent."""
    order = np.lexsort((line.duration_steps, line.pitch, line.onset_steps))
    onset, pitch, duration = (array[order] for array in (line.onset_steps, line.pitch, line.duration_steps))
    too_low = LOWEST_PITCH - int(pitch.min())
    if too_low > 0:
        shift = -(-too_low // 12) * 12
        if int(pitch.max()) + shift <= HIGHEST_PITCH:
            pitch = pitch + np.int32(shift)
    last_bar = int((onset + duration - 1).max()) // line.bar_steps
    first_bar = int(onset[0]) // line.bar_steps
    onset = onset - np.int32(first_bar * line.bar_steps)
    bars = last_bar - first_bar + 1
    duration = np.minimum(duration, bars * line.bar_steps - onset)
    return Line(onset, _closed(onset, duration), pitch, bars, line.bar_steps)


def events_of(line: Line) -> Events:
    """The onsets of a line with at least one note."""
    onset, first, size = np.unique(line.onset_steps, return_index=True, return_counts=True)
    last = first + size - 1
    length = np.maximum.reduceat(line.duration_steps, first)
    ioi = np.append(np.diff(onset), length[-1])
    return Events(
        onset_steps=onset.astype(np.int32),
        top=line.pitch[last],
        bottom=line.pitch[first],
        size=size.astype(np.int32),
        ioi_steps=ioi.astype(np.int32),
        length_steps=length.astype(np.int32),
        bar=(onset // line.bar_steps).astype(np.int32),
        place_steps=(onset % line.bar_steps).astype(np.int32),
        first_note=first.astype(np.int32),
    )


def phrase_of_line(line: Line) -> Phrase:
    """The line as a phrase with twelve ticks per beat, the default tempo and no key."""
    notes = (
        Note(int(onset), int(pitch), int(duration))
        for onset, pitch, duration in zip(line.onset_steps, line.pitch, line.duration_steps, strict=True)
    )
    beats, rest = divmod(line.bar_steps, STEPS_PER_BEAT)
    meter = Meter(beats, 4) if not rest else Meter(line.bar_steps // (STEPS_PER_BEAT // 2), 8)
    return Phrase(tuple(notes), line.bars, meter, ticks_per_beat=STEPS_PER_BEAT)


def metadata(phrase: Phrase, line: Line) -> list[float]:
    """The metadata of a phrase in canonical form: bars, meter and the canonical resolution. A test
    trains a classifier on it and requires chance level between human lines and the machine lines
    made from them, so that a judge cannot use it."""
    return [float(line.bars), float(line.bar_steps), float(phrase.meter.numerator), float(STEPS_PER_BEAT)]


def _closed(onset: Ints, duration: Ints) -> Ints:
    """Durations with gaps of at most a sixteenth before the next onset closed."""
    distinct = np.unique(onset)
    end = onset + duration
    after = np.searchsorted(distinct, end, side="left")
    following = np.append(distinct, np.iinfo(np.int32).max)[after]
    gap = following - end
    return np.where((gap > 0) & (gap <= CLOSED_GAP_STEPS), following - onset, duration).astype(np.int32)
