"""What is composed at a tier can be fingered at that tier, by the hand model itself and not by its table."""

from __future__ import annotations

from functools import cache
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.bench.random_phrases import CleanPhrases, clean_pair, random_tokens
from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.spec import decode_spec
from constraints.language.tokenizer import encode_prompt, middle_of
from violin.hand import TIER_LIMITS, Tier, fingerings, nut_mm, placements
from violin.music import sounding_sets
from violin.pair import answer


@cache
def is_held_within(pitches: tuple[int, ...], hardest: Tier) -> bool:
    """Whether four fingers hold the pitches within a tier's span and below its highest fret."""
    widest_mm, highest_fret = TIER_LIMITS[hardest]
    for placed in placements(pitches):
        stopped = [fret for _, fret in placed if fret]
        if not stopped or (
            max(stopped) <= highest_fret
            and nut_mm(max(stopped)) - nut_mm(min(stopped)) <= widest_mm
            and next(fingerings(placed), None)
        ):
            return True
    return False


@pytest.mark.parametrize("readable", [False, True])
@pytest.mark.parametrize("hardest", [Tier.EASY, Tier.WIDE])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=4, deadline=None)
def test_every_stop_that_is_composed_lies_within_the_tier(hardest: Tier, readable: bool, seed: int) -> None:
    clean = CleanPhrases(seed, hardest, readable)
    pairs = [clean_pair(clean) for _ in range(3)]
    prompts = [encode_prompt(pair, None, 8) for pair in pairs]
    decoder = ConstraintDecoder([decode_spec(pair, 8) for pair in pairs], hardest=hardest, readable=readable)
    for pair, prompt, row in zip(
        pairs, prompts, random_tokens(decoder, len(pairs), clean.generator), strict=True
    ):
        notes = answer(pair, 8, middle_of(np.concatenate([prompt.tokens, row]))).notes
        struck = [tuple(n.pitch for n in chord) for _, chord in groupby(notes, key=lambda n: n.onset_ticks)]
        sounding = [pitches for _, pitches in sounding_sets(notes) if pitches]
        assert all(is_held_within(pitches, hardest) for pitches in struck + sounding)
        assert any(len(pitches) > 1 for pitches in sounding)
