"""A middle takes the rhythm of another phrase, as far as the rules let it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.spec import DecodeSpec
from constraints.language.vocabulary import VOCABULARY, Kind
from models.generation.guards.rhythm_guard import Pattern, RhythmGuard, pattern_of
from violin.music import Meter, Note, Phrase

FOUR_FOUR = 192


def phrase(*notes: tuple[int, int]) -> Phrase:
    """One bar after the other of (onset, duration), eight bars of 4/4 in all."""
    return Phrase(tuple(Note(onset, 69, duration) for onset, duration in notes), bars=8)


def written(pattern: Pattern, seed: int) -> list[list[tuple[int, int]]]:
    """What random logits write under the pattern: (position, duration) of each bar's onsets."""
    bars = len(pattern)
    decoder = ConstraintDecoder([DecodeSpec(bars + 2, 1, 1, Meter(4, 4))])
    guard = RhythmGuard([pattern])
    random = np.random.default_rng(seed)
    found: list[list[tuple[int, int]]] = []
    position, duration = 0, 0
    while not decoder.done[0]:
        mask = decoder.mask().copy()
        guard.restrict(mask)
        assert mask.any() and not (mask & ~decoder.mask()).any()
        token = random.choice(np.flatnonzero(mask[0]))
        decoder.advance(np.array([token]))
        guard.advance(np.array([token]))
        kind, value = VOCABULARY.kind[token], int(VOCABULARY.value[token])
        if kind == Kind.BAR:
            found.append([])
        elif kind == Kind.POSITION:
            position = value
        elif kind == Kind.PITCH:
            duration = 0
        elif kind in (Kind.DURATION, Kind.LONGER):
            duration += value
            if kind == Kind.DURATION and (not found[-1] or found[-1][-1][0] != position):
                found[-1].append((position, duration))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_random_logits_write_exactly_the_rhythm(seed: int) -> None:
    rhythm = [
        [(0, 48), (48, 24), (72, 24), (96, 96)],
        [(24, 168)],
        [],
        [(0, 192)],
        [(0, 12), (180, 12)],
        [(0, 60)],
    ]
    assert written(rhythm, seed) == rhythm


def test_a_note_longer_than_a_token_is_written_with_longer() -> None:
    rhythm = [[(0, 480)], [], [(96, 96)], [(0, 192)], [(0, 192)], [(0, 192)]]
    assert written(rhythm, 1) == rhythm


def test_the_rules_come_first_where_a_note_is_required() -> None:
    silent: Pattern = [[]] * 6
    assert sum(map(len, written(silent, 1))) >= 1


def test_the_pattern_of_a_phrase_starts_again_after_its_last_bar() -> None:
    source = phrase((0, 48), (192, 96), (192 + 96, 96))
    pattern = pattern_of(source, 7, 4)
    assert pattern == [[], [(0, 48)], [(0, 96), (96, 96)], []]


def test_an_onset_lasts_as_long_as_its_longest_note_and_stays_within() -> None:
    chord = Phrase((Note(0, 69, 48), Note(0, 76, 96), Note(FOUR_FOUR, 69, 3 * FOUR_FOUR)), bars=8)
    pattern = pattern_of(chord, 0, 2)
    assert pattern == [[(0, 96)], [(0, FOUR_FOUR)]]
    assert all(first < second for bar in pattern for (first, _), (second, _) in pairwise(bar))
