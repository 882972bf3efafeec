"""Other libraries read what we wrote: do they find the same notes, tempo, meter, key and program?"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from violin.challenge import VIOLIN_PROGRAM
from violin.midi import read_phrase
from violin.music import Phrase

_MICROSECONDS = 1  # largest difference of tempo, because libraries store floats


class Reading(NamedTuple):
    """What a library found: notes as (onset, duration, pitch, velocity) in ticks, and the rest; None
    if the file states nothing. `key` is (fifths mod 12, minor)."""

    notes: Counter[tuple[int, int, int, int]]
    tempo_us_per_beat: int | None
    meter: tuple[int, int] | None
    key: tuple[int, bool] | None
    programs: frozenset[int]


def read_by_pretty_midi(data: bytes) -> Reading:
    """What pretty_midi finds in a file's bytes."""
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
    notes = Counter(
        (start, midi.time_to_tick(note.end) - start, note.pitch, note.velocity)
        for instrument in midi.instruments
        for note in instrument.notes
        for start in (midi.time_to_tick(note.start),)
    )
    _, tempi = midi.get_tempo_changes()
    meters, keys = midi.time_signature_changes, midi.key_signature_changes
    return Reading(
        notes,
        round(60e6 / tempi[0]) if len(tempi) else None,
        (meters[0].numerator, meters[0].denominator) if meters else None,
        _key_of_number(keys[0].key_number) if keys else None,
        frozenset(int(instrument.program) for instrument in midi.instruments),
    )


def read_by_miditoolkit(data: bytes) -> Reading:
    """What miditoolkit finds in a file's bytes."""
    import miditoolkit

    midi = miditoolkit.MidiFile(file=io.BytesIO(data))
    notes = Counter(
        (note.start, note.end - note.start, note.pitch, note.velocity)
        for instrument in midi.instruments
        for note in instrument.notes
    )
    tempi, meters, keys = midi.tempo_changes, midi.time_signature_changes, midi.key_signature_changes
    return Reading(
        notes,
        round(60e6 / tempi[0].tempo) if tempi else None,
        (meters[0].numerator, meters[0].denominator) if meters else None,
        _key_of_number(keys[0].key_number) if keys else None,
        frozenset(int(instrument.program) for instrument in midi.instruments),
    )


READERS: dict[str, Callable[[bytes], Reading]] = {
    "miditoolkit": read_by_miditoolkit,
    "pretty_midi": read_by_pretty_midi,
}


def expected_reading(phrase: Phrase) -> Reading:
    """What every reader must find in the file that `violin.midi` writes for a phrase."""
    return Reading(
        Counter(
            (note.onset_ticks, note.duration_ticks, note.pitch, phrase.velocity) for note in phrase.notes
        ),
        phrase.tempo_us_per_beat,
        (phrase.meter.numerator, phrase.meter.denominator),
        (phrase.key.fifths % 12, phrase.key.minor) if phrase.key is not None else None,
        frozenset([VIOLIN_PROGRAM]),
    )


def disagreements(data: bytes, name: str) -> list[str]:
    """One line for each thing that a library reads in a file differently from us; MidiError if we
    cannot read it ourselves, ImportError if a library is missing."""
    ours = expected_reading(read_phrase(data, name))
    found = []
    for library, read in READERS.items():
        try:
            theirs = read(data)
        except ImportError:  # no fault of the file
            raise
        except Exception as error:  # a library that fails on a file is a finding
            found.append(f"{name}: {library} cannot read it: {type(error).__name__}: {error}")
            continue
        found += [f"{name}: {library} reads {line}" for line in differences(ours, theirs)]
    return found


def differences(ours: Reading, theirs: Reading) -> list[str]:
    """What `theirs` has differently from `ours`, one line for each difference."""
    lines = []
    extra, lacking = theirs.notes - ours.notes, ours.notes - theirs.notes
    if extra or lacking:
        lines.append(f"other notes: {sum(extra.values())} that we do not, {sum(lacking.values())} missing")
    tempos = ours.tempo_us_per_beat, theirs.tempo_us_per_beat
    if None in tempos or abs((tempos[0] or 0) - (tempos[1] or 0)) > _MICROSECONDS:
        lines.append(f"a tempo of {tempos[1]} µs a quarter, not {tempos[0]}")
    for what in ("meter", "key", "programs"):
        mine, other = getattr(ours, what), getattr(theirs, what)
        if mine != other:
            lines.append(f"{what} {_shown(other)}, not {_shown(mine)}")
    return lines


def _shown(value: object) -> str:
    return "none" if value is None else str(sorted(value)) if isinstance(value, frozenset) else str(value)


def _key_of_number(number: int) -> tuple[int, bool]:
    """pretty_midi's key number (0 to 11 major from C, 12 to 23 minor) -> (fifths mod 12, minor)."""
    minor = number >= 12
    tonic = number % 12
    major = (tonic + 3) % 12 if minor else tonic
    return major * 7 % 12, minor
