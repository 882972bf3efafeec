"""Which payloads of meta events are legal, to the edge on either side."""

from __future__ import annotations

import pytest

from violin.midi import phrase_bytes
from violin.music import Note, Phrase
from violin.smf import parse

HEADER = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60"


def defects(meta_type: int, payload: bytes) -> list[str]:
    """The codes of what is wrong with a file that holds this meta event alone."""
    body = bytes((0, 0xFF, meta_type, len(payload))) + payload + b"\x00\xff\x2f\x00"
    return [found.code for found in parse(HEADER + b"MTrk" + len(body).to_bytes(4, "big") + body).defects]


@pytest.mark.parametrize(
    ("meta_type", "length"),
    [(0x20, 1), (0x21, 1), (0x51, 3), (0x54, 5), (0x58, 4), (0x59, 2)],
    ids=["channel prefix", "port", "tempo", "SMPTE offset", "time signature", "key signature"],
)
def test_the_length_of_a_meta_event(meta_type: int, length: int) -> None:
    assert defects(meta_type, b"\x01" * length) == []
    for other in {length - 1, length + 1} - {0}:
        assert defects(meta_type, b"\x01" * other) == ["S012"]


@pytest.mark.parametrize("fifths", range(-10, 11))
def test_keys_have_up_to_seven_sharps_or_flats(fifths: int) -> None:
    assert defects(0x59, bytes((fifths & 0xFF, 0))) == ([] if -7 <= fifths <= 7 else ["S012"])


def test_the_mode_of_a_key_is_major_or_minor() -> None:
    assert [defects(0x59, bytes((0, mode))) for mode in (0, 1, 2)] == [[], [], ["S012"]]


def test_time_signatures_have_denominators_of_1_to_128() -> None:
    assert [defects(0x58, bytes((3, power, 24, 8))) for power in (0, 7, 8)] == [[], [], ["S012"]]
    assert defects(0x58, bytes((0, 2, 24, 8))) == ["S012"]


def test_a_tempo_of_zero_is_illegal() -> None:
    assert defects(0x51, b"\0\0\0") == ["S012"]
    assert defects(0x51, b"\0\0\1") == []


def test_a_written_phrase_has_no_defect() -> None:
    assert parse(phrase_bytes(Phrase((Note(0, 69, 48),), 8))).defects == ()
