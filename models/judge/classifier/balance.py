"""Weights of families: equal, except that our composer's families together have a fixed share.

Our composer is sampled in many ways and from many checkpoints. Each is a family, but together they are
one generator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.features.examples import Examples

Array = NDArray[Any]
COMPOSER = "composer"  # the names of our composer's families begin with it
COMPOSER_SHARE = 0.25  # chosen on the validation split: docs/judge/attempts.md


def family_weights(names: Sequence[str]) -> Array:
    """The weight of each family, float64[n] with sum 1. Our composer's families have `COMPOSER_SHARE`
    together, if there are others.

    >>> family_weights(["composer_1", "loop", "composer_0.8"]).tolist()
    [0.125, 0.75, 0.125]
    >>> family_weights(["noise", "loop"]).tolist()
    [0.5, 0.5]
    """
    ours = np.array([name.startswith(COMPOSER) for name in names], bool)
    weight = np.ones(len(names))
    if ours.any() and not ours.all():
        weight[ours] = COMPOSER_SHARE / ours.sum()
        weight[~ours] = (1 - COMPOSER_SHARE) / (~ours).sum()
    return weight / max(1e-12, weight.sum())


def balanced(examples: Examples) -> Array:
    """Weights of rows with mean 1. Human and machine rows have the same total; `family_weights` divide
    that of the machine rows among the families."""
    weight = np.zeros(len(examples))
    names = [str(name) for name in np.unique(examples.family) if name != ""]
    for name, share in zip(names, family_weights(names), strict=True):
        mine = examples.family == name
        weight[mine] = share / mine.sum()
    weight[examples.human] = 1 / max(1, examples.human.sum())
    return np.asarray(weight * len(examples) / weight.sum())
