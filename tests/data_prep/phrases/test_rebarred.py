from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_prep.phrases.rebarred import RULES, Rebarred, rebarred, rebarred_cuts
from violin.challenge import METERS
from violin.music import Key, Meter, Note


@dataclass(frozen=True)
class FakePart:
    notes: tuple[Note, ...]
    barlines: tuple[int, ...]
    meters: tuple[tuple[int, Meter], ...]
    keys: tuple[tuple[int, Key], ...] = ((0, Key(0)),)
    tempos: tuple[tuple[int, int], ...] = ((0, 600_000),)
    double_bars: tuple[int, ...] = ()
    path: str = "some.mxl"


def part_of(meter: Meter, bars: int, notes: list[Note], **fields: object) -> FakePart:
    bar = meter.bar_ticks()
    return FakePart(tuple(notes), tuple(range(0, (bars + 1) * bar, bar)), ((0, meter),), **fields)  # type: ignore[arg-type]


def filled(meter: Meter, bars: int, seed: int = 0) -> FakePart:
    """One note on each written beat."""
    choice = random.Random(seed)
    beat = 4 * 48 // meter.denominator
    notes = [Note(beat * index, 60 + choice.randint(0, 12), beat) for index in range(bars * meter.numerator)]
    return part_of(meter, bars, notes)


def only(part: FakePart) -> Rebarred:
    (stretch,) = rebarred(part)
    return stretch


@pytest.mark.parametrize("written", RULES, ids=str)
def test_every_rule_fills_a_bar_of_the_challenge(written: Meter) -> None:
    rule = RULES[written]
    assert rule.meter in METERS
    assert written.bar_ticks() * rule.bars * rule.factor == rule.meter.bar_ticks()


@settings(max_examples=100, deadline=None)
@given(
    written=st.sampled_from(sorted(RULES, key=str)),
    bars=st.integers(16, 40),
    seed=st.integers(0, 1_000),
    divisions=st.sampled_from([1, 2, 4]),
)
def test_onsets_and_lengths_change_by_a_single_factor(
    written: Meter, bars: int, seed: int, divisions: int
) -> None:
    choice = random.Random(seed)
    step = Fraction(4 * 48, written.denominator * divisions)
    if (step * RULES[written].factor).denominator != 1 or step.denominator != 1:
        return
    unit = int(step)
    notes, place, end = [], 0, bars * written.bar_ticks()
    while place < end:
        length = min(unit * choice.randint(1, 6), end - place)
        notes.append(Note(place, choice.randint(55, 90), length))
        place += length
    part = part_of(written, bars, notes)
    stretch = only(part)
    factor = RULES[written].factor
    start = part.barlines[stretch.first_bar]
    back = [
        (start + Fraction(note.onset_ticks) / factor, note.pitch, Fraction(note.duration_ticks) / factor)
        for note in stretch.notes
    ]
    last = start + Fraction(stretch.barlines[-1]) / factor
    inside = [note for note in part.notes if start <= note.onset_ticks < last]
    assert back == [
        (note.onset_ticks, note.pitch, min(note.duration_ticks, last - note.onset_ticks)) for note in inside
    ]
    assert stretch.tempos[0][1] == round(600_000 / factor)  # the same length in seconds


def test_two_bars_of_two_four_are_one_of_four_four() -> None:
    stretch = only(filled(Meter(2, 4), 20))
    assert stretch.meters == ((0, Meter(4, 4)),)
    assert stretch.barlines == tuple(range(0, 10 * 192 + 1, 192))


def test_six_eight_becomes_triplets_of_four_four() -> None:
    stretch = only(filled(Meter(6, 8), 16))
    assert [note.onset_ticks for note in stretch.notes[:7]] == [0, 16, 32, 48, 64, 80, 96]
    assert stretch.barlines[-1] == 8 * 192


def test_three_eight_keeps_its_three_beats() -> None:
    stretch = only(filled(Meter(3, 8), 8))
    assert stretch.meters == ((0, Meter(3, 4)),)
    assert [note.onset_ticks for note in stretch.notes[:4]] == [0, 48, 96, 144]


def test_pairs_begin_where_the_music_does() -> None:
    """A separate opening bar, then phrases of four bars that end with a long note."""
    choice = random.Random(1)
    notes = [Note(0, 70, 96)]
    for bar in range(1, 33):
        if bar % 4 == 0:
            notes.append(Note(96 * bar, 60, 96))
        else:
            notes += [Note(96 * bar + 24 * step, 60 + choice.randint(0, 12), 24) for step in range(4)]
    stretch = only(part_of(Meter(2, 4), 33, notes))
    assert stretch.first_bar == 1
    cuts = rebarred_cuts(part_of(Meter(2, 4), 33, notes), windows=False)
    assert [(cut.start_bar, cut.end_bar) for cut in cuts] == [(1, 17), (17, 33)]
    assert [cut.cut.phrase.bars for cut in cuts] == [8, 8]


def test_a_bar_off_the_new_grid_ends_a_stretch() -> None:
    part = filled(Meter(6, 8), 40)
    odd = Note(144 * 20 + 8, 61, 8)  # a third of an eighth: no whole tick after two thirds
    notes = tuple(sorted([*part.notes, odd]))
    stretches = rebarred(FakePart(notes, part.barlines, part.meters))
    before, after = stretches
    assert (before.first_bar, len(before.barlines) - 1) == (0, 10)
    assert after.first_bar in (21, 22)
    assert len(after.barlines) - 1 == 9


def test_music_in_the_challenge_meters_and_in_odd_ones_is_left() -> None:
    for meter in (Meter(3, 4), Meter(4, 4), Meter(2, 2), Meter(5, 4), Meter(7, 8)):
        assert not rebarred(filled(meter, 40))


def test_a_short_or_incomplete_stretch_is_left() -> None:
    assert not rebarred(filled(Meter(2, 4), 15))
    part = filled(Meter(9, 8), 12)
    broken = (*part.barlines[:6], part.barlines[6] - 24, *part.barlines[7:])
    assert not rebarred(FakePart(part.notes, broken, part.meters))


def test_keys_tempos_and_double_bars_are_moved_too() -> None:
    part = part_of(
        Meter(2, 4),
        40,
        list(filled(Meter(2, 4), 40).notes),
        keys=((0, Key(1)), (96 * 20, Key(-2))),
        tempos=((0, 600_000), (96 * 10, 400_000)),
        double_bars=(96 * 20,),
    )
    stretch = only(part)
    assert stretch.keys == ((0, Key(1)), (192 * 10, Key(-2)))
    assert stretch.tempos == ((0, 600_000), (192 * 5, 400_000))
    assert stretch.double_bars == (192 * 10,)
