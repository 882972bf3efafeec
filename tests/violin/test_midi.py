"""Phrases to bytes and back: exact bytes, exact notes, and the reading of files as they come."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from constraints.bench.malformed_midi import NOTE, chunk, header, one_track
from violin.errors import MidiError, OutputError
from violin.midi import bars_within, pair_notes, phrase_bytes, read_phrase, save_phrase, variable_length
from violin.music import Key, Meter, Note, Phrase
from violin.pair import read_pair
from violin.smf import parse

END = b"\x00\xff\x2f\x00"


def overlaps_itself(phrase: Phrase) -> bool:
    """Whether a note begins while one of its pitch sounds: the one thing that a file cannot represent."""
    notes = sorted(phrase.notes, key=lambda note: (note.pitch, note.onset_ticks))
    return any(a.pitch == b.pitch and b.onset_ticks < a.end_ticks for a, b in pairwise(notes))


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    meter = draw(st.sampled_from([Meter(3, 4), Meter(4, 4), Meter(6, 8), Meter(5, 16)]))
    resolution = draw(st.sampled_from([48, 96, 220, 480, 10_080]))
    bars = draw(st.integers(1, 20))
    length = bars * meter.bar_ticks(resolution)
    notes = []
    for _ in range(draw(st.integers(1, 12))):
        onset = draw(st.integers(0, length - 1))
        end = draw(st.integers(onset + 1, length))
        notes.append(Note(onset, draw(st.integers(0, 127)), end - onset))
    key = draw(st.none() | st.builds(Key, st.integers(-7, 7), st.booleans()))
    tempo, velocity = draw(st.integers(1, 0xFFFFFF)), draw(st.integers(1, 127))
    return Phrase(tuple(notes), bars, meter, key, tempo, velocity, resolution)


@given(phrases())
@settings(max_examples=200)
def test_writing_and_reading_is_the_identity(phrase: Phrase) -> None:
    assume(not overlaps_itself(phrase))
    data = phrase_bytes(phrase)
    assert data == phrase_bytes(phrase)
    smf = parse(data)
    assert smf.defects == ()
    assert (smf.format, len(smf.tracks), smf.declared_tracks) == (0, 1, 1)
    assert read_phrase(data) == phrase


def test_the_bytes_of_a_phrase() -> None:
    phrase = Phrase((Note(0, 69, 48), Note(48, 69, 96)), 1, Meter(3, 4), Key(-2, True), 600_000, 80)
    assert phrase_bytes(phrase).hex(" ") == (
        "4d 54 68 64 00 00 00 06 00 00 00 01 00 30 4d 54 72 6b 00 00 00 2c "
        "00 ff 58 04 03 02 18 08 00 ff 59 02 fe 01 00 ff 51 03 09 27 c0 00 c0 28 "
        "00 90 45 50 30 80 45 00 00 90 45 50 60 80 45 00 00 ff 2f 00"
    )


def test_no_key_is_no_key_event() -> None:
    assert b"\xff\x59" not in phrase_bytes(Phrase((Note(0, 69, 48),), 1))
    assert b"\xff\x59\x02\x00\x00" in phrase_bytes(Phrase((Note(0, 69, 48),), 1, key=Key()))


def test_defaults_where_nothing_is_stated() -> None:
    phrase = read_phrase(header() + chunk(NOTE + END))
    assert (phrase.meter, phrase.key, phrase.tempo_us_per_beat, phrase.bars) == (
        Meter(4, 4),
        None,
        500_000,
        1,
    )
    assert phrase.notes == (Note(0, 69, 96),)


def test_notes_of_all_tracks_and_channels_are_one_phrase() -> None:
    other = NOTE.replace(b"\x90\x45", b"\x93\x40").replace(b"\x80\x45", b"\x83\x40")
    data = header(1, 2) + chunk(NOTE + END) + chunk(other + END)
    assert [note.pitch for note in read_phrase(data).notes] == [64, 69]


@pytest.mark.parametrize(
    ("body", "notes"),
    [
        (b"\x00\x90\x45\x50\x60\x45\x00", [(0, 96)]),  # running status, velocity 0
        (
            b"\x00\x90\x45\x50\x30\x90\x45\x50\x30\x80\x45\x00\x30\x80\x45\x00",
            [(0, 96), (48, 96)],
        ),  # first out
        (b"\x00\x90\x45\x50\x60\x90\x4a\x50\x60\x80\x4a\x00", [(0, 192), (96, 96)]),  # never ended
        (
            b"\x00\x90\x45\x50\x00\x80\x45\x00\x60\x90\x4a\x50\x60\x80\x4a\x00",
            [(0, 1), (96, 96)],
        ),  # no length
        (b"\x00\x80\x45\x00" + NOTE, [(0, 96)]),  # a note-off that ends nothing
    ],
)
def test_pairing(body: bytes, notes: list[tuple[int, int]]) -> None:
    phrase = read_phrase(one_track(body + END))
    assert [(note.onset_ticks, note.duration_ticks) for note in phrase.notes] == notes


def test_pairs_name_what_is_stray_and_what_hangs() -> None:
    pairs = pair_notes(
        parse(one_track(b"\x00\x80\x45\x00" + NOTE + b"\x00\x90\x46\x50\x60\xff\x2f\x00")).tracks
    )
    assert [event.data for event in pairs.stray] == [b"\x45\x00"]
    assert [(note.pitch, note.off is None, note.end_ticks) for note in pairs.notes] == [
        (69, False, 96),
        (70, True, 192),
    ]


def test_velocity_is_the_commonest() -> None:
    body = NOTE.replace(b"\x50", b"\x40") + NOTE + NOTE
    assert read_phrase(one_track(body + END)).velocity == 0x50


@pytest.mark.parametrize(("end", "bars"), [(383, 1), (384, 1), (386, 1), (387, 2), (0, 1), (768, 2)])
def test_a_barline_is_passed_by_more_than_a_48th(end: int, bars: int) -> None:
    assert bars_within(end, 384, 96) == bars


def test_an_overhang_of_a_tick_is_cut_at_the_barline() -> None:
    phrase = read_phrase(header(division=480) + chunk(b"\x00\x90\x45\x50\x8f\x01\x80\x45\x00" + END))
    assert (phrase.bars, phrase.notes[0].duration_ticks) == (1, 1920)


def test_silent_bars_count_up_to_an_end_on_a_barline() -> None:
    on_barline = one_track(NOTE + b"\x85\x20\xff\x2f\x00")  # 96 + 672 ticks: two bars
    assert read_phrase(on_barline).bars == 2
    assert read_phrase(one_track(NOTE + b"\x85\x21\xff\x2f\x00")).bars == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"no music\n", "text"),
        (one_track(NOTE + END)[:-6], "claims"),
        (one_track(END), "no notes"),
        (one_track(NOTE + b"\x00\xff\x58\x04\x03\x02\x18\x08" + NOTE + END), "meter changes from 4/4 to 3/4"),
        (header() + chunk(NOTE + b"\x00\xff\x58\x04\x03\x02\x18\x08" + NOTE + END), "from 4/4 to 3/4"),
        (one_track(b"\x00\xff\x51\x02\x07\xa1" + NOTE + END), "tempo"),
        (one_track(b"\x00\xff\x59\x02\x09\x00" + NOTE + END), "key signature"),
        (header(division=0xE728) + chunk(NOTE + END), "SMPTE"),
        (header(division=1) + chunk(b"\x00\xff\x58\x04\x05\x04\x18\x08" + NOTE + END), "5/16"),
    ],
)
def test_what_cannot_be_read_gives_one_line(data: bytes, words: str) -> None:
    with pytest.raises(MidiError) as refusal:
        read_phrase(data, "a.mid")
    assert str(refusal.value).startswith("a.mid: ")
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_meter_after_a_pickup_of_rest_is_the_meter() -> None:
    data = header() + chunk(b"\x60\xff\x58\x04\x03\x02\x18\x08" + NOTE + END)
    assert read_phrase(data).meter == Meter(3, 4)


def test_files_are_read_and_written_atomically(tmp_path: Path) -> None:
    phrase = Phrase((Note(0, 69, 48),), 1)
    path = tmp_path / "a.mid"
    save_phrase(phrase, path)
    assert read_phrase(path) == phrase
    assert [file.name for file in tmp_path.iterdir()] == ["a.mid"]
    with pytest.raises(MidiError, match="cannot be read"):
        read_phrase(tmp_path / "missing.mid")
    with pytest.raises(OutputError, match="is not a folder"):
        save_phrase(phrase, path / "a.mid")


@pytest.mark.parametrize(
    "phrase",
    [
        Phrase((Note(0, 69, 1),), 1, ticks_per_beat=40_000),
        Phrase((), 1, Meter(256, 4)),
        Phrase((), 1, Meter(1, 256), ticks_per_beat=64),
        Phrase((), 100_000, ticks_per_beat=32_767),
    ],
)
def test_what_a_file_cannot_represent_is_refused(phrase: Phrase) -> None:
    with pytest.raises(MidiError):
        phrase_bytes(phrase)


def test_variable_length_quantities_of_the_standard() -> None:
    values = {0: "00", 0x7F: "7f", 0x80: "8100", 0x3FFF: "ff7f", 0x1FFFFF: "ffff7f", 0x0FFFFFFF: "ffffff7f"}
    assert {value: variable_length(value).hex() for value in values} == values
    with pytest.raises(MidiError):
        variable_length(-1)


def test_the_official_samples(official_samples: Path) -> None:
    given_pair = read_phrase(official_samples / "generator_input" / "phrase_001.mid")
    assert (given_pair.bars, given_pair.velocity, given_pair.ticks_per_beat) == (2, 80, 480)
    assert given_pair.notes[0] == Note(0, 76, 239)
    answer = read_phrase(official_samples / "generator_output" / "phrase_001.mid")
    assert (answer.bars, answer.key, answer.ticks_per_beat) == (8, None, 220)  # its last note-off is late


def test_the_file_inside_a_riff_wrapper_is_read_as_a_phrase_and_as_a_pair() -> None:
    wrapped = (Path(__file__).resolve().parents[1] / "cases" / "midi" / "M01.mid").read_bytes()
    start = wrapped.index(b"MThd")
    inner = wrapped[start : start + int.from_bytes(wrapped[start - 4 : start], "little")]
    assert start + len(inner) < len(wrapped)  # a RIFF chunk follows
    assert read_phrase(wrapped, "a") == read_phrase(inner, "a")
    assert read_pair(wrapped, "a") == read_pair(inner, "a")
