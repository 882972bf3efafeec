from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_prep.corpus.split import Work, assign_splits


def works(sizes: list[int], stratum: str = "bach") -> list[Work]:
    return [Work(f"{stratum}:{index}", stratum, size) for index, size in enumerate(sizes)]


def test_many_works_are_split_near_the_quota() -> None:
    all_works = works([3 + index % 7 for index in range(200)])
    splits = assign_splits(all_works)
    shares = Counter[str]()
    for work in all_works:
        shares[splits[work.group]] += work.phrases
    total = sum(work.phrases for work in all_works)
    assert shares["test"] / total == pytest.approx(0.08, abs=0.01)
    assert shares["validation"] / total == pytest.approx(0.08, abs=0.01)


def test_the_only_large_work_goes_to_training() -> None:
    splits = assign_splits([*works([100, 4, 5]), *works([9, 1], "paganini")])
    assert splits["bach:0"] == "train"
    assert sorted(splits[f"bach:{index}"] for index in (1, 2)) == ["test", "validation"]
    assert {splits["paganini:0"], splits["paganini:1"]} == {"train"}


def test_a_work_named_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="named twice"):
        assign_splits([Work("a", "bach", 1), Work("a", "bach", 2)])


@settings(max_examples=60)
@given(st.lists(st.integers(1, 60), min_size=3, max_size=60), st.randoms(use_true_random=False))
def test_splits_do_not_depend_on_the_order_and_none_is_empty(sizes: list[int], random: object) -> None:
    all_works = works(sizes)
    splits = assign_splits(all_works)
    assert set(splits.values()) == {"train", "validation", "test"}
    shuffled = list(all_works)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assign_splits(shuffled) == splits
