"""The byte-level reader: events and offsets, each defect, limits, and any bytes at all."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.bench.malformed_midi import EXPLICIT, chunk, good_files, header, kinds, one_track
from violin.smf import (
    CONTROLLER,
    END_OF_TRACK,
    KEY,
    MALFORMED,
    METER,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    PROGRAM,
    SYSEX,
    TEMPO,
    Event,
    Limits,
    parse,
)

END = b"\x00\xff\x2f\x00"


def events_of(body: bytes) -> list[Event]:
    smf = parse(header() + chunk(body + END))
    assert smf.defects == ()
    return list(smf.tracks[0].events[:-1])


def codes_of(data: bytes, limits: Limits | None = None) -> list[str]:
    return [defect.code for defect in (parse(data, limits) if limits else parse(data)).defects]


def test_events_carry_tick_offset_and_payload() -> None:
    notes = b"\x00\x92\x45\x50\x81\x00\x45\x00"
    body = notes + b"\x05\xff\x51\x03\x07\xa1\x20\x00\xf0\x02\x01\xf7\x0a\xc3\x28\x00\xe0\x00\x40"
    assert events_of(body) == [
        Event(0, 23, 3, NOTE_ON, 2, b"\x45\x50"),
        Event(128, 28, 2, NOTE_ON, 2, b"\x45\x00"),  # running status: its own two bytes
        Event(133, 31, 6, TEMPO, -1, b"\x07\xa1\x20"),
        Event(133, 38, 4, SYSEX, -1, b"\x01\xf7"),
        Event(143, 43, 2, PROGRAM, 3, b"\x28"),
        Event(143, 46, 3, PITCH_BEND, 0, b"\x00\x40"),
    ]


def test_the_bytes_at_an_offset_are_the_event() -> None:
    for data in good_files():
        for track in parse(data).tracks:
            for event in track.events:
                raw = data[event.offset : event.offset + event.length]
                assert raw.endswith(event.data)
                if event.kind < 0xF0:
                    assert raw in (event.data, bytes((event.kind | event.channel,)) + event.data)


@pytest.mark.parametrize(
    ("quantity", "tick"),
    [
        (b"\x00", 0),
        (b"\x7f", 127),
        (b"\x81\x00", 128),
        (b"\xff\x7f", 16_383),
        (b"\x81\x80\x00", 16_384),
        (b"\xff\xff\x7f", 2_097_151),
        (b"\x80\x80\x80\x05", 5),
        (b"\xff\xff\xff\x7f", 0x0FFFFFFF),
    ],
)
def test_delta_times_as_in_the_standard(quantity: bytes, tick: int) -> None:
    smf = parse(header(division=32_767) + chunk(quantity + b"\x90\x45\x50" + END), Limits(bars=1 << 40))
    assert smf.tracks[0].events[0].tick == tick
    assert smf.defects == ()


def test_the_header_is_read_as_it_is() -> None:
    smf = parse(header(1, 2, 480) + chunk(END) + chunk(END))
    assert (smf.format, smf.declared_tracks, smf.division, len(smf.tracks)) == (1, 2, 480, 2)
    assert [(track.offset, track.length) for track in smf.tracks] == [(14, 12), (26, 12)]
    assert smf.is_readable


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_each_malformed_kind_has_its_defect_and_place(kind: object) -> None:
    data = kind.build()  # type: ignore[attr-defined]
    smf = parse(data)
    codes = [defect.code for defect in smf.defects]
    if kind.code.startswith("S"):  # type: ignore[attr-defined]
        assert kind.code in codes  # type: ignore[attr-defined]
    else:
        assert codes == []
    assert len(codes) <= Limits().defects + 1
    for defect in smf.defects:
        assert 0 <= defect.offset <= len(data)
        assert 0 <= defect.length <= max(len(data) - defect.offset, 0)
        assert "\n" not in defect.message


def test_a_data_byte_above_127_loses_only_its_message() -> None:
    smf = parse(one_track(b"\x00\x90\xc8\x50\x10\x45\x50" + END))
    assert [event.data for event in smf.tracks[0].events if event.kind == NOTE_ON] == [b"\x45\x50"]
    assert [defect.code for defect in smf.defects] == ["S004"]
    assert "200" in smf.defects[0].message


def test_events_before_a_broken_one_are_kept() -> None:
    smf = parse(header() + chunk(EXPLICIT + b"\x00\x90\x45\x50", claimed=900))
    assert [event.kind for event in smf.tracks[0].events] == [METER, TEMPO, PROGRAM, NOTE_ON]


def test_a_malformed_meta_event_is_no_tempo() -> None:
    smf = parse(one_track(b"\x00\xff\x51\x02\x07\xa1" + END))
    assert [event.kind for event in smf.tracks[0].events if event.kind & MALFORMED] == [TEMPO + MALFORMED]
    assert smf.is_readable


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PK\x03\x04rest", "zip"),
        (b"<?xml ?>", "XML"),
        (b"hello\n", "text"),
        (b"\x00\x01\x02\x03", "00 01 02 03"),
    ],
)
def test_bytes_that_are_not_midi_are_named(data: bytes, words: str) -> None:
    (defect,) = parse(data).defects
    assert defect.code == "S001"
    assert words in defect.message


@pytest.mark.parametrize(
    ("limits", "body"),
    [
        (Limits(file_bytes=20), b""),
        (Limits(events=5), b"\x00\x90\x45\x50" * 8),
        (Limits(tracks=0), b""),
        (Limits(tick=100), b"\x65\x90\x45\x50"),
        (Limits(tick=100), b"\x82\x00\x90\x45\x50"),
        (Limits(bars=2), b"\x8c\x00\x90\x45\x50"),
        (Limits(defects=3), b"\x00\x90\xc8\x50" * 8),
    ],
)
def test_each_limit_stops_the_reading(limits: Limits, body: bytes) -> None:
    data = one_track(body + END)
    assert codes_of(data, limits)[-1] == "S005"
    assert "S005" not in codes_of(data)


def test_the_limit_of_bars_counts_the_meter() -> None:
    one_bar_of_96 = b"\x00\xff\x58\x04\x60\x02\x18\x08"  # 96/4: all of it is one bar
    body = b"\x8c\x00\x90\x45\x50" + END
    assert codes_of(one_track(body), Limits(bars=2)) == ["S005"]
    assert codes_of(one_track(one_bar_of_96 + body), Limits(bars=2)) == []


def test_claimed_lengths_allocate_nothing() -> None:
    data = [kind.build() for kind in kinds() if "4 GB" in kind.name or "256 MB" in kind.name]
    assert len(data) >= 5
    tracemalloc.start()
    for some in data:
        parse(some)
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


def test_the_official_samples_lose_nothing(official_samples: object) -> None:
    data = (official_samples / "generator_input" / "phrase_001.mid").read_bytes()  # type: ignore[operator]
    smf = parse(data)
    kinds_found = [event.kind for event in smf.tracks[0].events]
    assert (smf.format, len(smf.tracks), smf.division) == (1, 1, 480)
    assert kinds_found.count(CONTROLLER) == 16
    assert kinds_found.count(PROGRAM) == 3
    assert kinds_found.count(KEY) == 1
    assert kinds_found[-1] == END_OF_TRACK
    assert smf.defects == ()


@given(st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes_after_any_header_are_read(data: bytes) -> None:
    for start in (b"", b"MThd", header(), header() + b"MTrk\x00\x00\x00\xff"):
        smf = parse(start + data)
        for track in smf.tracks:
            ticks = [event.tick for event in track.events]
            assert ticks == sorted(ticks)
            for event in track.events:
                assert event.kind >= SYSEX or max(event.data) < 128
                assert event.kind not in (NOTE_ON, NOTE_OFF) or len(event.data) == 2


@given(st.integers(0, 4), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=12))
@settings(max_examples=150)
def test_any_changed_bytes_are_read(which: int, changes: list[tuple[int, int]]) -> None:
    data = bytearray(good_files()[which])
    for place, value in changes:
        data[place % len(data)] = value
    smf = parse(bytes(data))
    assert smf.size == len(data)
