"""A plan comes back from its class numbers."""

from __future__ import annotations

import pytest

from constraints.language.plan_codes import (
    DISTANCE,
    DISTANCES,
    codes_of,
    distance_code,
    other_bar,
    plan_of_codes,
)
from violin.challenge import MAX_BARS
from violin.music import Key
from violin.plan import BarPlan, Plan, Relation


@pytest.mark.parametrize("other", [bar for bar in range(MAX_BARS) if bar != 7])
def test_a_related_bar_comes_back(other: int) -> None:
    code = distance_code(7, other)
    assert 0 < code < DISTANCES
    assert other_bar(7, code) == other


def test_bars_that_relate_to_earlier_ones_and_to_the_ending_come_back() -> None:
    bars = [BarPlan((None, None)) for _ in range(MAX_BARS)]
    bars[3] = BarPlan((None, None), Relation.SEQUENCE, 1, -2)
    bars[4] = BarPlan((None, None), Relation.SAME, MAX_BARS - 1)
    plan = Plan(Key(2), tuple(bars))
    codes = codes_of(plan)
    assert codes.bars[[3, 4], DISTANCE].tolist() == [2, 26]
    assert plan_of_codes(codes) == plan
