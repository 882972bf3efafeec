"""Given pairs: each layout, each oddity, exact return of what was given, and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.bench.malformed_midi import chunk, header
from violin.errors import PairError, ViolinError
from violin.midi import phrase_bytes, read_phrase
from violin.music import Key, Meter, Note, Phrase
from violin.pair import (
    Pair,
    answer,
    free_pair,
    pair_of,
    read_pair,
)

BAR = 192
COMMON = Meter(4, 4)
END = b"\x00\xff\x2f\x00"


def phrase_with(bars_with_notes: list[int], bars: int, *extra: Note, meter: Meter = COMMON) -> Phrase:
    """A phrase with one whole note in each of these bars (from 0), and more."""
    ticks = meter.bar_ticks()
    notes = [Note(bar * ticks, 69 + bar, ticks) for bar in bars_with_notes]
    return Phrase((*notes, *extra), bars, meter)


@pytest.mark.parametrize(
    ("bars", "sides"), [(2, (1, 1)), (3, (2, 1)), (4, (2, 2)), (5, (3, 2)), (15, (8, 7))]
)
def test_side_by_side_is_split_in_half(bars: int, sides: tuple[int, int]) -> None:
    pair = pair_of(phrase_with(list(range(bars)), bars))
    assert (pair.beginning_bars, pair.ending_bars, pair.bars) == (*sides, None)
    assert [note.onset_ticks for note in pair.ending] == [bar * BAR for bar in range(sides[1])]


@pytest.mark.parametrize(
    ("with_notes", "bars", "sides", "length"),
    [
        ([0, 7], 8, (1, 1), 8),
        ([0, 1, 10, 11], 12, (2, 2), 12),
        ([0, 15], 16, (1, 1), 16),
        ([0, 1, 2, 6, 7], 8, (3, 2), 8),
        ([0, 2], 3, (1, 1), None),  # shorter than a phrase: the gap is the seam, no more
        ([0, 1, 2, 4], 5, (3, 1), None),
        ([0, 2, 7], 8, (3, 1), 8),  # the longest gap; the other is a bar of rest that is given
        ([0, 2, 4, 5, 6, 7], 8, (1, 6), 8),  # equal gaps: the first
        ([7], 8, (1, 1), 8),  # a first bar of rest is given
    ],
)
def test_a_silent_gap(with_notes: list[int], bars: int, sides: tuple[int, int], length: int | None) -> None:
    pair = pair_of(phrase_with(with_notes, bars))
    assert (pair.beginning_bars, pair.ending_bars, pair.bars) == (*sides, length)
    assert pair.choose_bars() == length or length is None


def test_a_tie_into_the_gap_is_held_and_keeps_its_duration() -> None:
    tied = Note(BAR // 2, 76, BAR)  # to the middle of the second bar
    pair = pair_of(phrase_with([0, 7], 8, tied))
    assert (pair.beginning_bars, pair.bars) == (1, 8)
    assert tied in pair.beginning
    assert pair.held_at_middle == ((76, BAR // 2),)
    assert tied in answer(pair, 8, ()).notes


def test_a_tie_longer_than_a_bar_leaves_the_gap_a_gap() -> None:
    pair = pair_of(phrase_with([0, 7], 8, Note(BAR // 2, 76, 2 * BAR)))
    assert (pair.beginning_bars, pair.ending_bars, pair.bars) == (1, 1, 8)
    assert pair.held_at_middle == ((76, 2 * BAR - BAR // 2),)


def test_a_tie_that_fills_every_bar_between_is_no_gap() -> None:
    pair = pair_of(phrase_with([2], 3, Note(0, 76, 2 * BAR)))
    assert (pair.beginning_bars, pair.ending_bars, pair.bars) == (2, 1, None)


def test_a_tie_across_the_seam_is_held() -> None:
    pair = pair_of(phrase_with([1], 2, Note(0, 76, BAR + 48)))
    assert pair.held_at_middle == ((76, 48),)
    phrase = answer(pair, 9, ())
    assert Note(0, 76, BAR + 48) in phrase.notes
    assert Note(8 * BAR, 70, BAR) in phrase.notes


def test_a_release_a_tick_early_or_late_holds_nothing() -> None:
    for duration in (1919, 1920, 1921, 1925):
        phrase = Phrase((Note(0, 69, duration), Note(1920, 71, 1919)), 2, ticks_per_beat=480)
        assert pair_of(phrase).held_at_middle == (((69, 1),) if duration == 1925 else ())


def test_an_upbeat_and_partial_bars_stay_as_they_are() -> None:
    upbeat, last = Note(BAR - 48, 67, 48), Note(7 * BAR, 72, 24)
    phrase = Phrase((upbeat, Note(BAR, 69, BAR), last), 8)
    pair = pair_of(phrase)
    assert (pair.beginning, pair.beginning_bars) == ((upbeat, Note(BAR, 69, BAR)), 2)
    assert (pair.ending, pair.ending_bars, pair.bars) == ((Note(0, 72, 24),), 1, 8)
    assert answer(pair, 8, ()).notes == phrase.notes


def test_an_ending_of_rest_follows_from_the_end_of_track() -> None:
    pair = read_pair(phrase_bytes(Phrase((Note(0, 69, 48),), 2)))
    assert (pair.beginning_bars, pair.ending_bars, pair.ending) == (1, 1, ())
    padded = read_pair(phrase_bytes(phrase_with([0, 1], 30)))  # an exporter's long tail
    assert (padded.beginning_bars, padded.ending_bars) == (1, 1)


def test_split_says_where_the_seam_is() -> None:
    phrase = phrase_with([0, 1, 2, 3, 4], 5)
    pair = pair_of(phrase, split=(1, 4))
    assert (pair.beginning_bars, pair.ending_bars, pair.bars) == (1, 4, None)
    with_gap = pair_of(phrase_with([0, 2, 7], 8), split=(4, 2))
    assert (with_gap.beginning_bars, with_gap.ending_bars, with_gap.bars) == (4, 2, 8)
    for split in ((0, 5), (5, 0), (3, 3), (2, 2)):
        with pytest.raises(PairError, match="legal"):
            pair_of(phrase, split=split)


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        (phrase_with([0, 1], 2, meter=Meter(5, 8)), "5/8; legal: 3/4 or 4/4"),
        (phrase_with([0, 16], 17), "17 bars; legal: up to 16"),
        (phrase_with(list(range(16)), 16), "no room for a middle"),
        (phrase_with([0], 1), "one bar"),
        (Phrase((), 8), "all rest"),
    ],
)
def test_a_pair_without_an_answer_is_refused_in_one_line(phrase: Phrase, words: str) -> None:
    with pytest.raises(PairError) as refusal:
        pair_of(phrase, "a.mid")
    assert str(refusal.value).startswith("a.mid: ")
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_of_rest_and_a_file_of_two_meters() -> None:
    with pytest.raises(PairError, match="all rest"):
        read_pair(header() + chunk(b"\x86\x00\xff\x2f\x00"), "a.mid")
    meters = (
        b"\x00\xff\x58\x04\x03\x02\x18\x08\x00\x90\x45\x50\x60\x80\x45\x00\x00\xff\x58\x04\x04\x02\x18\x08"
    )
    with pytest.raises(ViolinError, match="meter changes"):
        read_pair(header() + chunk(meters + b"\x00\x90\x45\x50\x60\x80\x45\x00" + END), "a.mid")


def test_a_pair_that_breaks_rules_is_read() -> None:
    low = [Note(0, pitch, BAR) for pitch in (40, 41, 55, 62, 69, 76)]
    pair = pair_of(phrase_with([1], 2, *low))
    assert len(pair.beginning) == 6
    assert set(low) < set(answer(pair, 8, ()).notes)


def test_the_length_is_that_of_the_gap_or_the_requested_one() -> None:
    sides = pair_of(phrase_with([0, 1], 2))
    gap = pair_of(phrase_with([0, 11], 12))
    assert (sides.choose_bars(), sides.choose_bars(12), gap.choose_bars(), gap.choose_bars(9)) == (
        8,
        12,
        12,
        12,
    )
    full = pair_of(phrase_with(list(range(10)), 10))
    assert (full.fewest_bars, full.choose_bars()) == (11, 11)
    for bars in (0, 7, 17):
        with pytest.raises(PairError, match="legal: 8 to 16"):
            sides.choose_bars(bars)
    with pytest.raises(PairError, match="no room"):
        full.choose_bars(10)
    with pytest.raises(PairError, match="the 12 that the gap shows"):
        answer(gap, 8, ())


def test_what_is_stated_comes_back() -> None:
    stated = Phrase((Note(0, 69, 96), Note(144, 71, 96)), 2, Meter(3, 4), Key(0, False), 612_345, 77)
    phrase = answer(pair_of(stated), 10, (Note(0, 60, 48),))
    assert (phrase.meter, phrase.key, phrase.tempo_us_per_beat, phrase.velocity) == (
        Meter(3, 4),
        Key(0),
        612_345,
        77,
    )
    assert answer(pair_of(phrase_with([0, 1], 2)), 8, ()).key is None


@pytest.mark.parametrize(
    ("file_ticks", "resolution"), [(480, 480), (220, 2_640), (1_024, 3_072), (24, 48), (32_749, 32_749)]
)
def test_the_resolution_holds_the_file_and_the_grid(file_ticks: int, resolution: int) -> None:
    bar = 4 * file_ticks
    beginning, ending = Note(1, 69, bar - 3), Note(bar + 5, 71, bar - 7)
    pair = pair_of(Phrase((beginning, ending), 2, ticks_per_beat=file_ticks))
    phrase = answer(pair, 8, (Note(16, 60, 32),))
    scale = resolution // file_ticks
    assert phrase.ticks_per_beat == resolution
    assert phrase.notes[0] == Note(scale, 69, (bar - 3) * scale)
    assert phrase.notes[-1] == Note((7 * bar + 5) * scale, 71, (bar - 7) * scale)
    third = phrase.notes[1].onset_ticks - bar * scale
    assert abs(third / resolution - 1 / 3) < 1 / resolution


def test_a_middle_that_is_too_long_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="after the last barline"):
        answer(pair_of(phrase_with([0, 1], 2)), 8, (Note(0, 60, 6 * BAR + 1),))


def test_a_free_pair_gives_nothing() -> None:
    pair = free_pair(Meter(3, 4), Key(2), 400_000)
    assert (pair.given_bars, pair.choose_bars(), pair.held_at_middle) == (0, 8, ())
    phrase = answer(pair, 16, (Note(0, 69, 144),))
    assert (phrase.bars, phrase.notes, phrase.ticks_per_beat) == (16, (Note(0, 69, 144),), 48)


def test_the_official_samples(official_samples: Path) -> None:
    expected = {"001": (8, 4), "002": (6, 4), "003": (4, 3), "004": (8, 2)}
    for number, counts in expected.items():
        path = official_samples / "generator_input" / f"phrase_{number}.mid"
        pair = read_pair(path)
        assert (pair.beginning_bars, pair.ending_bars, pair.bars) == (1, 1, None)
        assert (len(pair.beginning), len(pair.ending), pair.held_at_middle) == (*counts, ())
        assert (pair.ticks_per_beat, pair.velocity, pair.meter) == (480, 80, Meter(4, 4))
        given_notes = read_phrase(path)
        phrase = answer(pair, 8, (Note(0, 69, 48),))
        assert read_phrase(phrase_bytes(phrase)) == phrase
        assert phrase.key == given_notes.key
        assert phrase.slice_bars(0, 1).notes == given_notes.slice_bars(0, 1).notes
        assert phrase.slice_bars(7, 1).notes == given_notes.slice_bars(1, 1).notes
        assert phrase.tempo_us_per_beat == given_notes.tempo_us_per_beat


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    meter = draw(st.sampled_from([Meter(3, 4), Meter(4, 4)]))
    resolution = draw(st.sampled_from([48, 96, 220, 480, 960]))
    first, last = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    bar = meter.bar_ticks(resolution)

    def notes(bars: int, room: int) -> tuple[Note, ...]:
        found = []
        for index in range(bars):  # a note in each bar, so that the pair reads back as it was
            onset = index * bar + draw(st.integers(0, bar - 1))
            found.append(
                Note(onset, draw(st.integers(55, 100)), draw(st.integers(1, (bars * bar - onset) + room)))
            )
        return tuple(sorted(found))

    key = draw(st.none() | st.builds(Key, st.integers(-7, 7), st.booleans()))
    return Pair(notes(first, bar), first, notes(last, 0), last, None, meter, key, 480_000, 80, resolution)


@given(pairs(), st.integers(10, 16))
@settings(max_examples=150)
def test_what_is_given_comes_back_exactly(pair: Pair, bars: int) -> None:
    phrase = answer(pair, bars, ())
    back = pair_of(phrase)
    assert back.bars == bars
    scale = phrase.ticks_per_beat // pair.ticks_per_beat
    for given_notes, returned in ((pair.beginning, back.beginning), (pair.ending, back.ending)):
        scaled = [(note.onset_ticks * scale, note.pitch, note.duration_ticks * scale) for note in given_notes]
        assert [(note.onset_ticks, note.pitch, note.duration_ticks) for note in returned] == scaled
    assert (back.beginning_bars, back.ending_bars) == (pair.beginning_bars, pair.ending_bars)
    assert (back.meter, back.key, back.tempo_us_per_beat, back.velocity) == (
        pair.meter,
        pair.key,
        pair.tempo_us_per_beat,
        pair.velocity,
    )
