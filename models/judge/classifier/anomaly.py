"""The anomaly test: how unusual a phrase is among human phrases, two-sided, without negatives.

A judge trained on negatives takes for human any music that resembles none of them: a judge trained
without over-repetition had an AUC of .17 on loops. The anomaly test uses human phrases only. For some
forty features it computes the two-sided conformal p-value against human calibration phrases (Vovk,
Gammerman & Shafer, Algorithmic Learning in a Random World, 2005; Laxhammar & Falkman 2010). The
smallest of these p-values is compared with the smallest p-values of human phrases, so that the
result is again a p-value: one human phrase in a hundred has p < .01.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.judge.features.table import NAMES

Array = NDArray[Any]
FLAG_BELOW = 0.01
_FOLDS = 40  # the most groups of collections that are left out in turn

WATCHED: tuple[str, ...] = (
    "lm_interval_nll",
    "lm_degree_nll",
    "lm_degree_surplus",
    "lm_degree_spread",
    "lm_rhythm_nll",
    "lm_rhythm_surplus",
    "lm_joint_nll",
    "lm_joint_worst",
    "lm_joint_inner",
    "run_pitch_any",
    "run_scale_any",
    "bars_again_pitch",
    "bars_again_contour",
    "compressed_all",
    "compressed_rhythm",
    "sequence_two_scale",
    "sequence_scale",
    "bars_again_scale",
    "chain1_rhythm",
    "chain1_scale",
    "run_scale_figure",
    "run_pitch_figure",
    "lm_beat_nll",
    "lm_harmony_nll",
    "lm_pattern_nll",
    "interval_mean",
    "interval_entropy",
    "interval_pair_entropy",
    "in_scale",
    "class_entropy_bar",
    "harmony_clear",
    "length_entropy",
    "beat_pattern_entropy",
    "weight_of_onset",
    "off_grid",
    "tier_mean",
)


@dataclass(frozen=True, eq=False)
class AnomalyTest:
    """`sorted_values` float32[watched, calibration phrases], ascending; `least` float32[phrases]:
    the ascending smallest p-values of the calibration phrases, each against other collections."""

    sorted_values: Array
    least: Array

    @classmethod
    def fit(cls, values: Array, groups: Array) -> AnomalyTest:
        """Fit on features of human phrases, [n, features], with the work group of each.

        The smallest p-value of each phrase is computed against all other collections (a collection is
        a group's name before the colon: a composer or a source), because a judge meets unknown
        collections. Within its own collection, a phrase looks less unusual than a phrase of an unknown
        one does: with such p-values, human music of another style was flagged ten times too often.
        """
        watched = _watched(values)
        least = np.empty(len(watched), np.float32)
        _, collection = np.unique(np.char.partition(groups.astype(str), ":")[:, 0], return_inverse=True)
        fold = collection % _FOLDS
        for one in np.unique(fold):
            inside = fold == one
            known = watched[~inside] if not inside.all() else watched
            others = cls(np.sort(known.T, axis=1), np.zeros(0, np.float32))
            least[inside] = others._least_p(watched[inside])
        return cls(np.sort(watched.T, axis=1), np.sort(least))

    def p_values(self, values: Array) -> Array:
        """The probability that a human phrase is at least as unusual: float64[n], in (0, 1]."""
        least = self._least_p(_watched(values))
        rank = np.searchsorted(self.least, least.astype(np.float32), side="right")
        return np.asarray((rank + 1) / (len(self.least) + 1))

    def oddest(self, values: Array) -> list[str]:
        """The name of the most unusual feature of each row."""
        return [WATCHED[int(column)] for column in self._two_sided(_watched(values)).argmin(axis=1)]

    def _least_p(self, watched: Array) -> Array:
        return np.asarray(self._two_sided(watched).min(axis=1))

    def _two_sided(self, watched: Array) -> Array:
        """p-values [n, watched]. Beyond the outermost calibration value they decrease further with
        the distance, measured in widths of the middle 80 %."""
        count = self.sorted_values.shape[1]
        result = np.empty(watched.shape)
        for column, known in enumerate(self.sorted_values):
            row = watched[:, column]
            below = np.searchsorted(known, row, side="right")
            above = count - np.searchsorted(known, row, side="left")
            p = np.minimum(1.0, 2 * (np.minimum(below, above) + 1) / (count + 1))
            width = max(float(known[int(0.9 * count)] - known[int(0.1 * count)]), 1e-6)
            beyond = np.maximum(np.maximum(known[0] - row, row - known[-1]), 0) / width
            result[:, column] = p * np.exp(-np.minimum(beyond, 50.0))
        return result

    def arrays(self) -> dict[str, Array]:
        """The arrays for the weight file."""
        return {"sorted_values": self.sorted_values, "least": self.least}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> AnomalyTest:
        """Restore from arrays; ValueError if their shape is wrong."""
        ordered, least = arrays["sorted_values"], arrays["least"]
        if ordered.ndim != 2 or len(ordered) != len(WATCHED) or ordered.shape[1] == 0:
            raise ValueError(f"values of shape {ordered.shape}; legal: {len(WATCHED)} rows")
        if least.ndim != 1 or len(least) == 0:
            raise ValueError(f"least p-values of shape {least.shape}; legal: one row")
        return cls(ordered, least)


_COLUMNS = np.array([NAMES.index(name) for name in WATCHED])


def _watched(values: Array) -> Array:
    return values[:, _COLUMNS].astype(np.float32)


def flagged(probability: Array, p: Array) -> Array:
    """The human probability after the anomaly test: below p = .01 it is reduced in proportion to p."""
    return np.asarray(probability * np.minimum(1.0, p / FLAG_BELOW))
