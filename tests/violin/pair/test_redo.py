"""Bars of a whole phrase that are composed anew, and bars after it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from violin.errors import PairError
from violin.music import Key, Meter, Note, Phrase
from violin.pair import Redo, answer, continued, other_bars, parse_spans
from violin.pair.redo import cut_tails, joined, spans_text

PHRASE = Phrase(tuple(Note(480 * beat, 62 + beat % 7, 480) for beat in range(32)), 8, key=Key(2),
                tempo_us_per_beat=600_000, velocity=91, ticks_per_beat=480)  # fmt: skip
BAR = PHRASE.bar_ticks


@pytest.mark.parametrize(
    ("span", "sides"), [((1, 1), (0, 7)), ((8, 8), (7, 0)), ((1, 8), (0, 0)), ((4, 5), (3, 3))]
)
def test_the_other_bars_come_back_exactly(span: tuple[int, int], sides: tuple[int, int]) -> None:
    redo = Redo(PHRASE, (span,))
    pair = redo.pair(PHRASE, 0)
    assert (pair.sides, pair.bars) == (sides, 8)
    middle = (Note(0, 80, 48 * 4 * (span[1] - span[0] + 1)),)
    found = answer(pair, 8, middle)
    kept = [note for note in PHRASE.notes if note.onset_ticks // BAR in redo.kept_bars]
    assert [note for note in found.notes if note.pitch != 80] == kept
    facts = ("bars", "meter", "key", "tempo_us_per_beat", "velocity", "ticks_per_beat")
    assert [getattr(found, fact) for fact in facts] == [getattr(PHRASE, fact) for fact in facts]


def test_spans_are_opened_one_after_the_other() -> None:
    redo = Redo(PHRASE, ((6, 7), (3, 3)))
    assert redo.spans == ((3, 3), (6, 7))
    assert redo.new_bars == (2, 5, 6)
    assert redo.kept_bars == (0, 1, 3, 4, 7)
    after = replace(PHRASE, notes=tuple(note for note in PHRASE.notes if note.onset_ticks // BAR != 2))
    pair = redo.pair(after, 1)
    assert pair.sides == (5, 1)
    assert len(pair.beginning) == 4 * 4


def test_a_kept_note_may_sound_on_into_the_new_bars() -> None:
    whole_bar = replace(PHRASE, notes=(Note(3 * BAR - 480, 55, 480 + BAR), *PHRASE.notes))
    assert Redo(whole_bar, ((4, 4),)).pair(whole_bar, 0).held_at_middle == ((55, 192),)
    tied = replace(PHRASE, notes=(Note(3 * BAR - 480, 55, 480 + 240), *PHRASE.notes))
    assert Redo(tied, ((4, 4),)).pair(tied, 0).held_at_middle == ((55, 24),)


def test_a_kept_note_that_sounds_through_the_new_bars_is_refused() -> None:
    long = replace(PHRASE, notes=(Note(3 * BAR - 480, 55, 480 + BAR + 1), *PHRASE.notes))
    with pytest.raises(PairError) as error:
        Redo(long, ((4, 4),), "a.mid")
    assert str(error.value) == (
        "a.mid: bar 3 beat 4: G3 sounds through bar 4 into bar 5; legal: bars 3-4 or 4-5 instead"
    )
    assert Redo(long, ((3, 4),)).spans == ((3, 4),)
    assert Redo(long, ((4, 5),)).spans == ((4, 5),)


def test_the_end_of_a_new_note_in_a_kept_bar_is_reported() -> None:
    tied = replace(PHRASE, notes=(Note(3 * BAR - 480, 55, 480 + 240), *PHRASE.notes))
    [line] = cut_tails(Redo(tied, ((3, 3),)))
    assert line == "bar 3 beat 4: G3 sounds into bar 4; it is removed with the bar in which it begins"
    assert cut_tails(Redo(tied, ((3, 4),))) == []
    assert cut_tails(Redo(tied, ((1, 2), (4, 4)))) == []


@pytest.mark.parametrize(
    ("phrase", "spans", "message"),
    [
        (PHRASE, ((0, 1),), "a.mid: bars 0-1; legal: from first to last within 1 to 8"),
        (PHRASE, ((8, 9),), "a.mid: bars 8-9; legal: from first to last within 1 to 8"),
        (PHRASE, ((5, 4),), "a.mid: bars 5-4; legal: from first to last within 1 to 8"),
        (PHRASE, (), "a.mid: no bars are named; legal: at least one"),
        (replace(PHRASE, bars=17), ((1, 1),), "a.mid: 17 bars; legal: 8 to 16"),
        (Phrase((), 8, Meter(6, 8)), ((1, 1),), "a.mid: the meter is 6/8; legal: 3/4 or 4/4"),
    ],
)
def test_what_cannot_be_composed_is_refused(
    phrase: Phrase, spans: tuple[tuple[int, int], ...], message: str
) -> None:
    with pytest.raises(PairError) as error:
        Redo(phrase, spans, "a.mid")
    assert str(error.value) == message


def test_bars_are_added_after_a_phrase() -> None:
    pair = continued(PHRASE, 8)
    assert (pair.sides, pair.bars) == ((8, 0), 16)
    assert pair.beginning == PHRASE.notes
    assert answer(pair, 16, (Note(0, 80, 48),)).notes == (*PHRASE.notes, Note(8 * BAR, 80, 480))
    two = PHRASE.slice_bars(0, 2)
    assert continued(two, 6).bars == 8


@pytest.mark.parametrize(
    ("bars", "more", "message"),
    [
        (8, 9, "8 bars and 9 more are 17; legal: 1 to 8 more"),
        (2, 5, "2 bars and 5 more are 7; legal: 6 to 14 more"),
        (8, 0, "8 bars and 0 more are 8; legal: 1 to 8 more"),
        (16, 1, "16 bars; legal: up to 15 bars to continue"),
    ],
)
def test_a_continuation_stays_within_sixteen_bars(bars: int, more: int, message: str) -> None:
    with pytest.raises(PairError, match=message):
        continued(Phrase((Note(0, 69, 48),), bars), more)


@given(st.sets(st.integers(1, 12), min_size=1))
def test_spans_read_back_from_their_text_and_the_others_are_the_rest(bars: set[int]) -> None:
    spans = joined([(bar, bar) for bar in bars], 12, "a")
    assert parse_spans(spans_text(spans)) == spans
    assert {bar for first, last in spans for bar in range(first, last + 1)} == bars
    if len(bars) < 12:
        others = other_bars(spans, 12)
        assert {bar for first, last in others for bar in range(first, last + 1)} == set(range(1, 13)) - bars
        assert other_bars(others, 12) == spans
    else:
        with pytest.raises(PairError, match="all 12 bars are kept"):
            other_bars(spans, 12)


@pytest.mark.parametrize("text", ["", "a", "4-", "-4", "4,,5", "4-5-6", "4.5"])
def test_a_text_that_names_no_bars_is_refused(text: str) -> None:
    with pytest.raises(PairError, match="legal: numbers and ranges, as in 3,6-7"):
        parse_spans(text)
