"""The split that a work belongs to: train, validation or test, the same in every run.

Whole works go to a split, never single phrases. The works of one composer are sorted by the SHA-256 of
their name. Each in turn goes to test if that brings the share of test phrases nearer to its quota, then to
validation by the same rule; all others go to train. A composer's largest work is always in train. A composer
with three works or more has some in each split: the smallest work if none fits the quota.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

HELD_OUT_SHARES: tuple[tuple[str, float], ...] = (("test", 0.08), ("validation", 0.08))
TRAIN = "train"
_FEWEST_WORKS = 3


@dataclass(frozen=True, slots=True)
class Work:
    """A work group: its name, the stratum (composer) within which it is split, its phrases."""

    group: str
    stratum: str
    phrases: int


def work_order(group: str) -> str:
    """A work's place in the order of splitting: a hexadecimal digest, evenly spread over names."""
    return hashlib.sha256(group.encode("utf-8")).hexdigest()


def assign_splits(works: list[Work]) -> dict[str, str]:
    """group -> split. ValueError if a group is named twice."""
    strata: dict[str, list[Work]] = defaultdict(list)
    for work in works:
        strata[work.stratum].append(work)
    if len({work.group for work in works}) < len(works):
        raise ValueError("a work group is named twice; legal: each group once")
    splits: dict[str, str] = {}
    for stratum in strata.values():
        splits.update(_split_stratum(sorted(stratum, key=lambda work: work_order(work.group))))
    return splits


def _split_stratum(works: list[Work]) -> Mapping[str, str]:
    splits = {work.group: TRAIN for work in works}
    if len(works) < _FEWEST_WORKS:
        return splits
    total = sum(work.phrases for work in works)
    greatest = max(works, key=lambda work: work.phrases)  # the first of equals; it goes to training
    left = [work for work in works if work is not greatest]
    for splits_to_come, (split, share) in zip((1, 0), HELD_OUT_SHARES, strict=True):
        quota, count = share * total, 0
        chosen: list[Work] = []
        for work in left:
            nearer = abs(count + work.phrases - quota) < abs(count - quota)
            if nearer and len(left) - len(chosen) > splits_to_come:
                chosen.append(work)
                count += work.phrases
        chosen = chosen or [min(left, key=lambda work: work.phrases)]
        splits.update((work.group, split) for work in chosen)
        left = [work for work in left if splits[work.group] == TRAIN]
    return splits
