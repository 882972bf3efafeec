from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from constraints.decoding.sounding import PITCHES, openings, pitch_index, sounding_table
from violin.instrument import Tier, is_playable, is_readable, playable_sets


@pytest.mark.parametrize("hardest", [Tier.EASY, Tier.WIDE, Tier.VIRTUOSO])
@pytest.mark.parametrize("readable", [False, True])
def test_a_set_is_settled_if_and_only_if_it_may_sound(hardest: Tier, readable: bool) -> None:
    table = sounding_table(hardest, readable)
    allowed = {
        pitches
        for pitches, tier in playable_sets()
        if tier <= hardest and (not readable or is_readable(pitches))
    }
    ids = {table.id_of(pitches) for pitches in allowed}
    assert len(ids) == len(allowed)
    assert table.settled[list(ids)].all()
    assert table.settled.sum() == len(allowed) + 1  # and silence


def test_the_order_in_which_notes_join_does_not_matter() -> None:
    table = sounding_table(Tier.VIRTUOSO, False)
    for pitches in [p for p, _ in playable_sets() if len(p) == 4][::400]:
        assert table.id_of(pitches) == table.id_of(pitches[::-1])
        for subset in combinations(pitches, 3):
            assert table.id_of(subset) != table.nowhere
            assert table.settled[table.id_of(subset)] == is_playable(subset)


def test_sets_outside_the_table_have_the_state_nowhere() -> None:
    table = sounding_table(Tier.VIRTUOSO, False)
    for pitches in ((56, 57), (54,), (55, 62, 69, 76, 81), (107,), (69, 69)):
        state = table.id_of(pitches)
        assert state == table.nowhere
        assert not table.settled[state]
    assert table.id_of((56, 57, 76)) == table.nowhere


def test_an_unplayable_part_of_a_chord_opens_only_below_what_settles_it() -> None:
    # G3 and C6 skip at least a string; with D4 and A4 between them they are a chord.
    table, opening = sounding_table(Tier.EASY, False), openings(Tier.EASY, False, 55, 108)
    held, low = table.id_of((84,)), pitch_index(55)
    assert is_playable((55, 62, 69, 84), Tier.EASY)
    assert not is_playable((55, 84))
    assert opening.begins[held, low]
    assert not opening.settles[held, low]
    # What may still be written counts: in a narrow range nothing can come between them.
    assert not openings(Tier.EASY, False, 55, 58).begins[held, low]


def test_a_chord_from_below_is_settled_all_the_way() -> None:
    """Measured on all 26,232 sets: only a held note can leave the start of a chord unplayable."""
    allowed = {pitches for pitches, _ in playable_sets()}
    assert len(allowed) == 26_232
    assert all(pitches[:-1] in allowed for pitches in allowed if len(pitches) > 1)
    table = sounding_table(Tier.VIRTUOSO, False)
    assert np.count_nonzero(~table.settled[: table.nowhere]) == 2_051


@pytest.mark.parametrize("readable", [False, True])
def test_openings_agree_with_a_search_by_hand(readable: bool) -> None:
    """An onset may begin with a note if some ascending chain from it is a playable chord that may
    sound with what is held."""
    allowed = {p for p, t in playable_sets() if t == Tier.EASY and (not readable or is_readable(p))}
    lowest, highest = 60, 80
    table, opening = sounding_table(Tier.EASY, readable), openings(Tier.EASY, readable, lowest, highest)
    by_part: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for pitches in allowed:
        for size in range(1, len(pitches) + 1):
            for part in combinations(pitches, size):
                by_part.setdefault(part, []).append(pitches)
    generator = np.random.default_rng(5)
    parts = sorted(part for part in by_part if len(part) < 4)
    for index in generator.integers(0, len(parts), 400):
        part = parts[index]
        for pitch in range(55, 109):
            after = tuple(sorted({*part, pitch}))
            expected = (
                len(after) > len(part)
                and lowest <= pitch <= highest
                and any(
                    all(pitch < more <= highest for more in set(whole) - set(after))
                    and tuple(sorted(set(whole) - set(part))) in allowed
                    for whole in by_part.get(after, [])
                )
            )
            assert opening.begins[table.id_of(part), pitch - 55] == expected, (part, pitch)


def test_a_range_without_a_playable_note_opens_nothing() -> None:
    assert not openings(Tier.VIRTUOSO, False, 107, 108).any_note.any()


def test_pitch_index_has_a_place_for_pitches_outside_the_vocabulary() -> None:
    assert (pitch_index(55), pitch_index(108)) == (0, 53)
    assert pitch_index(54) == pitch_index(109) == PITCHES
