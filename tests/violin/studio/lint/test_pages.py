"""A piece in pages: meters, keys, held notes; every note is on a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constraints.linter.subject import Subject
from violin.errors import NotationError
from violin.midi import phrase_bytes, variable_length
from violin.music import Key, Meter, Note, Phrase
from violin.smf import parse
from violin.studio.lint.pages import BARS_A_PAGE, Page, page_at, pages_of, phrase_of

BEAT = 96


def midi(*events: tuple[int, bytes]) -> bytes:
    """A format-0 file of (tick, message) at 96 ticks a beat."""
    body, now = b"", 0
    for tick, message in events:
        body += variable_length(tick - now) + message
        now = tick
    body += b"\x00\xff\x2f\x00"
    return b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + len(body).to_bytes(4, "big") + body


def meter(numerator: int, power: int = 2) -> bytes:
    return bytes((0xFF, 0x58, 4, numerator, power, 24, 8))


def key(fifths: int, minor: int = 0) -> bytes:
    return bytes((0xFF, 0x59, 2, fifths & 0xFF, minor))


def note(bar_start: int, pitch: int = 69, beats: int = 1) -> tuple[tuple[int, bytes], tuple[int, bytes]]:
    on, off = bytes((0x90, pitch, 80)), bytes((0x80, pitch, 0))
    return (bar_start, on), (bar_start + beats * BEAT, off)


def subject(data: bytes) -> Subject:
    return Subject(parse(data), name="piece.mid")


def spans(pages: list[Page]) -> list[tuple[int, int, str, str]]:
    return [(page.first_bar, page.bars, str(page.meter), str(page.key)) for page in pages]


def test_a_page_ends_where_the_meter_or_the_key_changes() -> None:
    # 13 bars of 4/4 in D major, from bar 14 on 3/4, from bar 16 on in B minor
    change, minor = 13 * 4 * BEAT, 13 * 4 * BEAT + 2 * 3 * BEAT
    data = midi(
        (0, meter(4)), (0, key(2)), *note(0),
        (change, meter(3)), *note(change), (minor, key(2, 1)), *note(minor),
    )  # fmt: skip
    pages = pages_of(subject(data))
    assert spans(pages) == [
        (0, 12, "4/4", "D major"), (12, 1, "4/4", "D major"),
        (13, 2, "3/4", "D major"), (15, 1, "3/4", "B minor"),
    ]  # fmt: skip
    assert [page.excerpt.shows_meter for page in pages] == [True, False, True, False]
    assert [page.excerpt.shows_tempo for page in pages] == [True, False, False, False]
    assert [page.excerpt.is_last for page in pages] == [False, False, False, True]
    assert pages[2].excerpt.bar_numbers == ("14", "15")
    assert page_at(pages, 14) is pages[2]
    assert page_at(pages, 16) is None


def test_a_note_held_over_the_pages_end_is_on_both() -> None:
    data = midi(
        (0, meter(4)), *note((BARS_A_PAGE * 4 - 1) * BEAT, beats=3), *note(BARS_A_PAGE * 4 * BEAT + 4 * BEAT)
    )
    found = subject(data)
    first, second = (phrase_of(found, page) for page in pages_of(found))
    assert first.notes[-1] == Note(47 * 48, 69, 48)
    assert second.notes[0] == Note(0, 69, 96)


def test_a_meter_that_the_grid_cannot_hold_is_named() -> None:
    with pytest.raises(NotationError, match=r"bar 1: a bar of 1/128"):
        pages_of(subject(midi((0, meter(1, 7)), *note(0))))


@given(
    st.lists(st.tuples(st.integers(0, 40 * 192 - 1), st.integers(55, 90), st.integers(1, 300)), min_size=1),
    st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8)]),
)
def test_every_note_begins_on_one_page(raw: list[tuple[int, int, int]], in_meter: Meter) -> None:
    length = 60 * in_meter.bar_ticks()
    notes = tuple(
        Note(onset, pitch, min(ticks, length - onset)) for onset, pitch, ticks in raw if onset < length
    )
    phrase = Phrase(notes, 60, in_meter, Key()).on_grid()
    found = subject(phrase_bytes(phrase))
    begun = []
    for page in pages_of(found):
        music = phrase_of(found, page)
        assert music.bars == page.bars
        start = page.first_bar * in_meter.bar_ticks()
        begun += [(one.onset_ticks + start, one.pitch) for one in music.notes]
    onsets = {(one.onset_ticks, one.pitch) for one in phrase.notes}
    assert onsets <= set(begun)
    page_starts = {page.first_bar * in_meter.bar_ticks() for page in pages_of(found)}
    assert {tick for tick, pitch in set(begun) - onsets} <= page_starts  # held over from the page before
