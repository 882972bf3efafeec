"""Clipped robust z-scores against human lines, and their sizes: what regression and network see.

Each feature enters twice: as a z-score against human lines and as that score's absolute value. So
a model can say "unlike human music, whichever way": families that repeat nothing taught it that
repetition is human, and without the second column a loop that it had not seen was the most human
of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_CLIP = 3.0  # in (robust) standard deviations: no single odd number decides


@dataclass(frozen=True, eq=False)
class Standard:
    """`centre` and `scale` float64[features] of human lines."""

    centre: Array
    scale: Array

    @classmethod
    def of(cls, human: Array) -> Standard:
        """From human rows [n, features]; rounded to what a weight file keeps, so that what is fitted on
        the scores reads the same ones afterwards."""
        low, centre, high = np.quantile(human, (0.16, 0.5, 0.84), axis=0)
        scale = np.maximum((high - low) / 2, human.std(axis=0) / 2)
        scale = np.where(scale < 1e-9, 1.0, scale)
        return cls(*(one.astype(np.float32).astype(np.float64) for one in (centre, scale)))

    def scores(self, values: Array) -> Array:
        """The z-scores, then their absolute values: float64[n, 2 · features]."""
        score = np.clip((values - self.centre) / self.scale, -_CLIP, _CLIP)
        return np.concatenate([score, np.abs(score)], axis=1)

    def folded(self, of_scores: Array) -> Array:
        """What belongs to the scores [n, 2 · features], added up to [n, features]."""
        count = len(self.centre)
        return np.asarray(of_scores[:, :count] + of_scores[:, count:])

    def arrays(self) -> dict[str, Array]:
        """What a weight file keeps."""
        return {"centre": self.centre.astype(np.float32), "scale": self.scale.astype(np.float32)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Standard:
        """Read back; ValueError where the lengths differ or a scale is not positive."""
        centre, scale = arrays["centre"], arrays["scale"]
        if centre.ndim != 1 or centre.shape != scale.shape:
            raise ValueError("centre and scale of the features differ in length")
        if (scale <= 0).any():
            raise ValueError("a scale of the features is not positive")
        return cls(arrays["centre"].astype(np.float64), arrays["scale"].astype(np.float64))
