"""Step by step and for a whole sequence, the channels of a plan are the same."""

from __future__ import annotations

import numpy as np
import pytest

from constraints.bench.random_phrases import CleanPhrases
from constraints.decoding.plan_follower import PlanFollower
from constraints.language.plan_channels import PLAN_CHANNEL_SIZES, plan_channels
from constraints.language.plan_codes import BAR_SIZES, PlanCodes, distance_code
from constraints.language.tokenizer import Encoded, encode
from constraints.language.vocabulary import VOCABULARY
from violin.instrument import Tier


def random_codes(random: np.random.Generator, bars: int, ending_bars: int) -> PlanCodes:
    """Any codes; every second bar relates to an earlier one, every fourth one to a bar of the ending."""
    rows = np.stack([random.integers(0, size, bars) for size in BAR_SIZES], axis=1).astype(np.int16)
    rows[:, 3] = [0 if index % 2 else random.integers(0, index + 1) for index in range(bars)]
    if ending_bars:
        for index in range(1, bars - ending_bars, 4):
            rows[index, 3] = distance_code(index, bars - random.integers(1, ending_bars + 1))
    return PlanCodes(rows, int(random.integers(0, 6)), int(random.integers(0, 12)), bool(random.integers(2)))


def prompt_of(row: Encoded) -> Encoded:
    stop = int(np.argmax(row.tokens == VOCABULARY.MID)) + 1
    return Encoded(row.tokens[:stop], row.channels[:stop], row.part[:stop])


@pytest.mark.parametrize("seed", range(6))
def test_both_ways_give_the_same_channels(seed: int) -> None:
    random = np.random.default_rng(seed)
    source = CleanPhrases(seed, Tier.VIRTUOSO, readable=True)
    rows, plans = [], []
    for given in ((1, 1), (2, 1), (0, 2), (0, 0), (2, 2)):
        phrase = source.phrase()
        rows.append(encode(phrase, "bach", *given))
        plans.append(random_codes(random, phrase.bars, given[1]))
    prompts = [prompt_of(row) for row in rows]
    follower = PlanFollower(prompts, [*plans[:-1], None])
    expected = [
        plan_channels(row.tokens.astype(np.int64), codes)[len(prompt) :]
        for row, codes, prompt in zip(rows, plans, prompts, strict=True)
    ]
    expected[-1][:] = 0
    todo = [row.tokens[len(prompt) :].astype(np.int64) for row, prompt in zip(rows, prompts, strict=True)]
    taken = np.zeros(len(rows), int)
    while any(count < len(tokens) for count, tokens in zip(taken, todo, strict=True)):
        some = np.array([count < len(tokens) for count, tokens in zip(taken, todo, strict=True)])
        some &= random.random(len(rows)) < 0.8  # rows wait for each other, as in a nested session
        tokens = np.array(
            [
                tokens[count] if one else VOCABULARY.PAD
                for count, tokens, one in zip(taken, todo, some, strict=True)
            ]
        )
        follower.advance(tokens, some)
        channels = follower.channels()
        assert channels.shape == (len(rows), len(PLAN_CHANNEL_SIZES))
        for row in np.flatnonzero(some):
            assert (channels[row] == expected[row][taken[row]]).all()
        taken += some
