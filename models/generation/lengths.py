"""The length of a phrase if none is requested: drawn from the lengths of the training phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.generation.sampling import row_key, uniforms
from violin.challenge import DEFAULT_BARS, MAX_BARS, MIN_BARS


def drawn_bars(facts: Mapping[str, Any], seed: int, key: Sequence[int]) -> int:
    """Draw a length of 8 to 16 bars with the frequencies of the training phrases (in the `facts` of
    the weight file). `DEFAULT_BARS` if the file does not contain them."""
    counts = facts.get("data", {}).get("phrases_of_each_length", {})
    shares = np.array([float(counts.get(str(bars), 0)) for bars in range(MIN_BARS, MAX_BARS + 1)])
    if not shares.any():
        return DEFAULT_BARS
    cumulative = shares.cumsum()
    chance = uniforms(np.array([row_key(seed, (*key, -1))], np.uint64), 0)[0]
    return MIN_BARS + int(np.argmax(cumulative > chance * cumulative[-1]))
