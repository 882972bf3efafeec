"""The instrument: the table is the model, refusals have a reason, random sets are refused."""

from __future__ import annotations

import random
from itertools import combinations
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from violin.hand import (
    CAPS,
    HAND_MM,
    REACH_MM,
    Fingering,
    easiest_fingering,
    fingerings,
    nut_mm,
    placements,
    span_mm,
    tier_of_height,
    tier_of_span,
)
from violin.instrument import (
    OPEN_STRINGS,
    Conflict,
    Obstacle,
    Tier,
    is_playable,
    is_readable,
    playable_sets,
    stretch,
    tier,
    witness,
)
from violin.instrument.table import is_readable_by_rule, table_key

pitch_sets = st.sets(st.integers(50, 110), min_size=1, max_size=5).map(lambda pitches: tuple(sorted(pitches)))


def counts(hardest: Tier) -> list[int]:
    return [sum(len(p) == n and level <= hardest for p, level in playable_sets()) for n in (1, 2, 3, 4)]


def test_table_sizes() -> None:
    assert counts(Tier.VIRTUOSO) == [52, 790, 5_646, 19_744]
    assert counts(Tier.WIDE) == [39, 452, 3_983, 16_524]
    assert counts(Tier.EASY) == [33, 298, 1_959, 8_893]


def test_table_sizes_by_the_span_only() -> None:
    sets = [pitches for pitches, _ in playable_sets()]
    by_span = [[sum(len(p) == n and stretch(p) <= t for p in sets) for n in (1, 2, 3, 4)] for t in (1, 2, 3)]
    assert by_span == [[52, 686, 4_271, 13_609], [52, 736, 4_988, 17_037], [52, 790, 5_646, 19_744]]


def test_four_notes_end_where_the_cap_of_the_e_string_says() -> None:
    assert max(p[-1] for p, _ in playable_sets() if len(p) == 4) == OPEN_STRINGS[3] + CAPS[4][3] == 95


@pytest.mark.parametrize(("count", "expected"), [(1, 39), (2, 616)])
def test_readable_sets_of_the_organisers(count: int, expected: int) -> None:
    assert sum(is_readable(some) for some in combinations(range(55, 109), count)) == expected


def test_readable_table_follows_its_rule() -> None:
    chance = random.Random(3)
    for _ in range(1_500):
        some = tuple(sorted(chance.sample(range(55, 96), chance.randint(1, 4))))
        assert is_readable(some) == is_readable_by_rule(some), some


def model_tiers(pitches: tuple[int, ...]) -> tuple[Tier, Tier]:
    """Tier and stretch from the definition: every placement that four fingers can hold."""
    held = [
        (span_mm(placed), max(fret for _, fret in placed))
        for placed in placements(pitches)
        if span_mm(placed) <= HAND_MM and next(fingerings(placed), None)
    ]
    levels = [max(tier_of_span(span), tier_of_height(fret)) for span, fret in held]
    spans = [tier_of_span(span) for span, _ in held]
    return min(levels, default=Tier.IMPOSSIBLE), min(spans, default=Tier.IMPOSSIBLE)


def test_table_equals_the_model() -> None:
    chance = random.Random(7)
    seen = set()
    some = [tuple(sorted(chance.sample(range(53, 109), chance.randint(1, 5)))) for _ in range(800)]
    for pitches in some + [p for p, _ in chance.sample(playable_sets(), 400)]:
        assert (tier(pitches), stretch(pitches)) == model_tiers(pitches), pitches
        found = easiest_fingering(pitches)
        assert tier(pitches) == (found.tier if found else Tier.IMPOSSIBLE), pitches
        seen.add(tier(pitches))
    assert seen == set(Tier)


@pytest.mark.parametrize(
    ("pitches", "level", "by_span"),
    [
        ((69, 106), Tier.VIRTUOSO, Tier.EASY),  # the open A string under the last fret of the E string
        ((62, 93), Tier.VIRTUOSO, Tier.EASY),  # D4 and A6: fret 24 of the A string
        ((74, 91), Tier.VIRTUOSO, Tier.EASY),  # a stopped eleventh: D12 and A22
        ((76, 88), Tier.WIDE, Tier.EASY),  # E5 and E6: an octave in fourth position
        ((70, 82), Tier.EASY, Tier.EASY),  # A#4 and A#5: an octave in first position
        ((75, 87), Tier.EASY, Tier.EASY),  # D#5 and D#6: frets 6 and 11
        ((87,), Tier.EASY, Tier.EASY),
        ((88,), Tier.WIDE, Tier.EASY),
        ((93,), Tier.WIDE, Tier.EASY),
        ((94,), Tier.VIRTUOSO, Tier.EASY),
        ((106,), Tier.VIRTUOSO, Tier.EASY),
        ((107,), Tier.IMPOSSIBLE, Tier.IMPOSSIBLE),
    ],
)
def test_tiers_depend_on_the_height(pitches: tuple[int, ...], level: Tier, by_span: Tier) -> None:
    assert (tier(pitches), stretch(pitches)) == (level, by_span)


def test_nothing_easy_lies_above_third_position_and_no_stopped_eleventh_is_easy() -> None:
    for pitches, level in playable_sets()[::7]:
        found = easiest_fingering(pitches)
        assert found is not None
        highest = max(stop.fret for stop in found.stops)
        assert highest <= {Tier.EASY: 11, Tier.WIDE: 17, Tier.VIRTUOSO: 30}[level]
        if len(pitches) == 2 and level is Tier.EASY and all(stop.fret for stop in found.stops):
            assert pitches[1] - pitches[0] <= 14, found


@given(pitch_sets)
@settings(max_examples=200)
def test_every_set_has_a_fingering_or_a_conflict(pitches: tuple[int, ...]) -> None:
    found = witness(pitches)
    assert isinstance(found, Fingering) == is_playable(pitches)
    if isinstance(found, Conflict):
        assert set(found.pitches) <= set(pitches)
        assert found.reason
    else:
        assert sorted(stop.pitch for stop in found.stops) == list(pitches)
        stopped = [stop for stop in found.stops if stop.finger]
        for low, high in combinations(sorted(stopped, key=lambda stop: (stop.fret, stop.finger)), 2):
            gap = nut_mm(high.fret) - nut_mm(low.fret)
            assert low.finger <= high.finger
            assert gap == 0 if low.finger == high.finger else gap <= REACH_MM[low.finger, high.finger]
        strings = [stop.string for stop in found.stops]
        assert strings == list(range(strings[0], strings[0] + len(strings)))
        assert found.span_mm <= HAND_MM


def test_two_notes_below_the_d_string_are_always_refused() -> None:
    for some in combinations(range(55, 62), 2):
        assert not is_playable(some)
        conflict = witness(some)
        assert isinstance(conflict, Conflict)
        assert conflict.obstacle is Obstacle.STRINGS


def test_no_note_and_one_note() -> None:
    assert tier(()) is Tier.EASY
    assert tier((55,)) is Tier.EASY
    assert [p for p in range(128) if is_playable((p,))] == list(range(55, 107))


def test_a_fifth_note_above_a_playable_chord_is_refused() -> None:
    assert tier((55, 62, 69, 76)) < Tier.IMPOSSIBLE
    assert tier((55, 62, 69, 76, 79)) is Tier.IMPOSSIBLE
    assert table_key((55, 62, 69, 76, 79)) is None


def test_a_pitch_given_twice_counts_once() -> None:
    assert tier((69, 69)) == tier((69,))
    assert tier([76, 55, 69, 62]) is Tier.EASY


@pytest.mark.parametrize(
    ("pitches", "level", "text"),
    [
        ((57, 73), Tier.VIRTUOSO, "A3=G2/1 C#5=D11/4, span 118.5 mm"),
        ((64, 67, 71), Tier.WIDE, "E4=G9/4 G4=D5/2 B4=A2/1, span 97.2 mm"),
        ((57, 69, 72, 77), Tier.WIDE, "A3=G2/2 A4=D7/4 C5=A3/3 F5=E1/1, span 90.7 mm"),
        ((55, 62, 69, 76), Tier.EASY, "G3=G0 open D4=D0 open A4=A0 open E5=E0 open, span 0.0 mm"),
        ((56, 72), Tier.IMPOSSIBLE, "G#3=G1 C5=D10 span 125.5 mm: the hand spans at most 120"),
        ((67, 88), Tier.IMPOSSIBLE, "G4 and E6 leave a string between them unused: the bow cannot skip it"),
        ((56, 76), Tier.IMPOSSIBLE, "G#3 and E5 leave a string between them unused: the bow cannot skip it"),
        ((57, 59), Tier.IMPOSSIBLE, "A3 and B3 both need the G string"),
        ((62, 64, 66), Tier.IMPOSSIBLE, "D4, E4 and F#4 need 3 strings and only G and D have them"),
        (
            (58, 70, 82),
            Tier.IMPOSSIBLE,
            "A#3, A#4 and A#5 leave a string between them unused: the bow cannot skip it",
        ),
        ((57, 74, 90), Tier.IMPOSSIBLE, "A3=G2 F#6=E14 span 146.1 mm: the hand spans at most 120"),
        ((100, 103), Tier.IMPOSSIBLE, "E7 and G7 both need the E string"),
        ((97, 99), Tier.IMPOSSIBLE, "C#7 and D#7: C#7=A28 lies above A25, the limit in chords of 2"),
        ((54, 62), Tier.IMPOSSIBLE, "F#3 is below G3, the open G string"),
        ((107,), Tier.IMPOSSIBLE, "B7 is above A#7, the end of the fingerboard"),
        ((55, 62, 69, 76, 83), Tier.IMPOSSIBLE, "5 notes for 4 strings"),
    ],
)
def test_witness_text(pitches: tuple[int, ...], level: Tier, text: str) -> None:
    assert tier(pitches) is level
    assert str(witness(pitches)) == text


@pytest.mark.parametrize(
    ("highest", "count", "least_refused"),
    [
        # the share of all sets 55..93 and 55..105 that each span refuses: virtuoso, wide, easy
        (93, 2, (0.259, 0.298, 0.337)),
        (93, 3, (0.484, 0.538, 0.598)),
        (93, 4, (0.769, 0.799, 0.837)),
        (105, 2, (0.392, 0.433, 0.471)),
        (105, 3, (0.728, 0.760, 0.794)),
        (105, 4, (0.920, 0.931, 0.945)),
    ],
)
def test_share_of_all_sets_that_is_refused(
    highest: int, count: int, least_refused: tuple[float, float, float]
) -> None:
    total = comb(highest - 54, count)
    levels = [stretch(p) for p, _ in playable_sets() if len(p) == count and p[-1] <= highest]
    for hardest, least in zip((Tier.VIRTUOSO, Tier.WIDE, Tier.EASY), least_refused, strict=True):
        assert 1 - sum(level <= hardest for level in levels) / total >= least
