"""Phrases as objects of pretty_midi and miditoolkit, and back.

Both ways go through the bytes of a MIDI file: the object is what the library reads in our file, and the
phrase is what we read in the library's. Bars of silence at the end are lost if a library drops them.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from violin.errors import optional_libraries
from violin.midi import phrase_bytes, read_phrase
from violin.music import Phrase

if TYPE_CHECKING:
    import miditoolkit
    import pretty_midi


@optional_libraries()
def to_pretty_midi(phrase: Phrase) -> pretty_midi.PrettyMIDI:
    """The phrase as a `pretty_midi.PrettyMIDI` with one violin."""
    import pretty_midi

    return pretty_midi.PrettyMIDI(io.BytesIO(phrase_bytes(phrase)))


def from_pretty_midi(midi: pretty_midi.PrettyMIDI) -> Phrase:
    """The phrase in a PrettyMIDI: the notes of all its instruments. MidiError if there is none.

    pretty_midi does not keep whether a key is E flat or D sharp minor; a key of six flats may come back as
    its six sharps.
    """
    written = io.BytesIO()
    midi.write(written)
    phrase = read_phrase(written.getvalue(), "PrettyMIDI")
    _, tempi = midi.get_tempo_changes()  # the written one is truncated to whole microseconds, not rounded
    return replace(phrase, tempo_us_per_beat=round(60e6 / tempi[0])) if len(tempi) else phrase


@optional_libraries()
def to_miditoolkit(phrase: Phrase) -> miditoolkit.MidiFile:
    """The phrase as a `miditoolkit.MidiFile` with one violin, ticks as in the phrase."""
    import miditoolkit

    return miditoolkit.MidiFile(file=io.BytesIO(phrase_bytes(phrase)))


def from_miditoolkit(midi: miditoolkit.MidiFile) -> Phrase:
    """The phrase in a MidiFile: the notes of all its instruments. MidiError if there is none."""
    written = io.BytesIO()
    midi.dump(file=written)
    return read_phrase(written.getvalue(), "MidiFile")
