from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_prep.corpus.split import Work, assign_splits


def works(sizes: list[int], stratum: str = "bach") -> list[Work]:
    return [Work(f"{stratum}:{index}", stratum, size) for index, size in enumerate(sizes)]


def test_many_works_are_dealt_near_the_quota() -> None:
    dealt = works([3 + index % 7 for index in range(200)])
    sides = assign_splits(dealt)
    shares = Counter[str]()
    for work in dealt:
        shares[sides[work.group]] += work.phrases
    total = sum(work.phrases for work in dealt)
    assert shares["test"] / total == pytest.approx(0.08, abs=0.01)
    assert shares["validation"] / total == pytest.approx(0.08, abs=0.01)


def test_the_only_large_work_goes_to_training() -> None:
    sides = assign_splits([*works([100, 4, 5]), *works([9, 1], "paganini")])
    assert sides["bach:0"] == "train"
    assert sorted(sides[f"bach:{index}"] for index in (1, 2)) == ["test", "validation"]
    assert {sides["paganini:0"], sides["paganini:1"]} == {"train"}


def test_a_work_named_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="named twice"):
        assign_splits([Work("a", "bach", 1), Work("a", "bach", 2)])


@settings(max_examples=60)
@given(st.lists(st.integers(1, 60), min_size=3, max_size=60), st.randoms(use_true_random=False))
def test_the_deal_does_not_depend_on_the_order_and_fills_all_sides(sizes: list[int], random: object) -> None:
    dealt = works(sizes)
    sides = assign_splits(dealt)
    assert set(sides.values()) == {"train", "validation", "test"}
    shuffled = list(dealt)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assign_splits(shuffled) == sides
