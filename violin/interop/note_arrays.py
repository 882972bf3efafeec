"""Phrases as numpy note arrays with the field names of partitura, and back.

Reference: Cancino-Chacón et al., Partitura: a Python package for symbolic music processing, MEC 2022.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from violin.errors import NotationError
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, Key, Meter, Note, Phrase
from violin.notation.voices import voices_of

NOTE_FIELDS = np.dtype(
    [
        ("onset_beat", "f4"),
        ("duration_beat", "f4"),
        ("onset_quarter", "f4"),
        ("duration_quarter", "f4"),
        ("onset_div", "i4"),
        ("duration_div", "i4"),
        ("onset_sec", "f4"),
        ("duration_sec", "f4"),
        ("pitch", "i4"),
        ("velocity", "i4"),
        ("voice", "i4"),
        ("id", "U16"),
        ("divs_pq", "i4"),
    ]
)
"""`beat` counts the meter's own beats (eighths in 6/8), `quarter` quarter notes, `div` ticks, `divs_pq` of
them a quarter; `voice` counts from 1, the highest; `id` is the note's place, "n0" the first."""


def note_array(phrase: Phrase) -> NDArray[Any]:
    """One row a note, in order of onset and pitch: structured array[n] of `NOTE_FIELDS`.

    >>> rows = note_array(Phrase((Note(0, 69, 48), Note(48, 71, 24)), 1))
    >>> rows["pitch"].tolist(), rows["onset_quarter"].tolist(), rows["duration_sec"].tolist()
    ([69, 71], [0.0, 1.0], [0.5, 0.25])
    """
    rows = np.zeros(len(phrase.notes), NOTE_FIELDS)
    onsets = np.array([note.onset_ticks for note in phrase.notes], np.int64)
    durations = np.array([note.duration_ticks for note in phrase.notes], np.int64)
    for prefix, ticks in (("onset", onsets), ("duration", durations)):
        quarters = ticks / phrase.ticks_per_beat
        rows[f"{prefix}_div"] = ticks
        rows[f"{prefix}_quarter"] = quarters
        rows[f"{prefix}_beat"] = quarters * phrase.meter.denominator / 4
        rows[f"{prefix}_sec"] = quarters * phrase.tempo_us_per_beat / 1e6
    rows["pitch"] = [note.pitch for note in phrase.notes]
    rows["velocity"] = phrase.velocity
    rows["id"] = [f"n{index}" for index in range(len(phrase.notes))]
    rows["divs_pq"] = phrase.ticks_per_beat
    for number, chords in enumerate(voices_of(phrase.notes), 1):
        for chord in chords:
            rows["voice"][list(chord.indices)] = number
    return rows


def from_note_array(
    rows: NDArray[Any],
    meter: Meter = Meter(),  # noqa: B008  (frozen)
    key: Key | None = None,
    tempo_us_per_beat: int = DEFAULT_TEMPO_US_PER_BEAT,
) -> Phrase:
    """The phrase of a note array with `onset_div`, `duration_div`, `pitch` and `divs_pq`, as `note_array`
    and partitura's score note arrays have them. NotationError if a field is missing or two
    resolutions are mixed."""
    needed = ("onset_div", "duration_div", "pitch", "divs_pq")
    missing = [name for name in needed if name not in (rows.dtype.names or ())]
    if missing:
        raise NotationError(f"the note array has no field {missing[0]!r}; needed: {', '.join(needed)}")
    resolutions = sorted(set(rows["divs_pq"].tolist()))
    if len(resolutions) != 1:
        raise NotationError(f"{len(resolutions)} resolutions in the note array; legal: notes of one")
    notes = tuple(Note(int(row["onset_div"]), int(row["pitch"]), int(row["duration_div"])) for row in rows)
    bars = -(-max(note.end_ticks for note in notes) // meter.bar_ticks(resolutions[0]))
    velocity = int(rows["velocity"][0]) if "velocity" in (rows.dtype.names or ()) else 80
    return Phrase(notes, bars, meter, key, tempo_us_per_beat, velocity, resolutions[0])
