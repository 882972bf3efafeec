"""A random forest as plain arrays: prediction, explanation and storage without pickle.

Trees are grown by scikit-learn's ExtraTrees (Geurts, Ernst & Wehenkel, Machine Learning 63, 2006)
and copied into arrays. So the judge needs only numpy, loads in milliseconds and cannot run code from
a weight file. Nodes are in depth-first order: the left child is the next node.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_LEAF = -1
_ROWS_AT_ONCE = 256
_MOST_DEPTH = 256


@dataclass(frozen=True, eq=False)
class Forest:
    """Arrays over all nodes of all trees: `feature` int16 (-1 for a leaf), `threshold` float32
    (left if value <= threshold), `right` int32 (node number of the right child), `human` float32
    (share of human weight in the node); `root` int32: one per tree; `depth`: of the deepest tree."""

    feature: Array
    threshold: Array
    right: Array
    human: Array
    root: Array
    depth: int

    @classmethod
    def grow(cls, values: Array, human: Array, weight: Array, trees: int, seed: int) -> Forest:
        """Fit on float rows [n, features], labels bool[n] and weights [n]."""
        from sklearn.ensemble import ExtraTreesClassifier  # slow to import (seconds), needed only here

        grown = ExtraTreesClassifier(
            n_estimators=trees,
            max_features=0.1,
            min_samples_leaf=4,
            max_depth=24,
            random_state=seed,
            n_jobs=1,
        )
        grown.fit(values.astype(np.float32), human, sample_weight=weight)
        return cls.from_trees([one.tree_ for one in grown.estimators_])

    @classmethod
    def from_trees(cls, trees: list[Any]) -> Forest:
        """From scikit-learn's trees of a two-class forest; class 1 is human."""
        counts = [tree.node_count for tree in trees]
        root = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int32)
        feature = np.concatenate([np.where(tree.children_left < 0, _LEAF, tree.feature) for tree in trees])
        right = [
            np.where(tree.children_left < 0, 0, tree.children_right + base)
            for tree, base in zip(trees, root, strict=True)
        ]
        classes = [tree.value[:, 0, :] for tree in trees]
        human = np.concatenate([value[:, 1] / value.sum(axis=1) for value in classes])
        # Rounded down: a float32 value equal to the threshold stays on the same side.
        exact = np.concatenate([tree.threshold for tree in trees])
        threshold = exact.astype(np.float32)
        threshold = np.where(threshold > exact, np.nextafter(threshold, np.float32(-np.inf)), threshold)
        return cls(
            feature.astype(np.int16),
            threshold.astype(np.float32),
            np.concatenate(right).astype(np.int32),
            human.astype(np.float16).astype(np.float32),
            root,
            max(int(tree.max_depth) for tree in trees),
        )

    def predict(self, values: Array) -> Array:
        """The mean human share of the leaves: float64[n] for rows [n, features]."""
        result = np.empty(len(values))
        for start in range(0, len(values), _ROWS_AT_ONCE):
            rows = values[start : start + _ROWS_AT_ONCE].astype(np.float32)
            node = np.broadcast_to(self.root, (len(rows), len(self.root))).copy()
            index = np.arange(len(rows))[:, None]
            for _ in range(self.depth):
                node = self._next(rows, index, node)
            result[start : start + len(rows)] = self.human[node].mean(axis=1, dtype=np.float64)
        return result

    def contributions(self, values: Array) -> tuple[float, Array]:
        """The human share at the roots, and each feature's contribution: [n, features].

        The change of the human share along the path is attributed to the feature of each split
        (Saabas 2014; Palczewska et al., 2013); root + row sum = `predict`.
        """
        rows = values.astype(np.float32)
        moved = np.zeros(values.shape)
        node = np.broadcast_to(self.root, (len(rows), len(self.root))).copy()
        index = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            following = self._next(rows, index, node)
            asked = np.maximum(self.feature[node], 0)
            np.add.at(moved, (index, asked), (self.human[following] - self.human[node]) / len(self.root))
            node = following
        return float(self.human[self.root].mean()), moved

    def _next(self, rows: Array, index: Array, node: Array) -> Array:
        feature = self.feature[node]
        goes_left = rows[index, np.maximum(feature, 0)] <= self.threshold[node]
        return np.where(feature < 0, node, np.where(goes_left, node + 1, self.right[node]))

    def arrays(self) -> dict[str, Array]:
        """The arrays for the weight file."""
        return {
            "feature": self.feature,
            "threshold": self.threshold,
            "right": self.right,
            "human": self.human.astype(np.float16),
            "root": self.root,
            "depth": np.array([self.depth], np.int32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Forest:
        """Restore from arrays; ValueError if an index of a damaged file is out of range."""
        nodes = len(arrays["feature"])
        right, root = arrays["right"], arrays["root"]
        same = all(len(arrays[name]) == nodes for name in ("threshold", "right", "human"))
        inside = same and nodes > 0 and right.min() >= 0 and right.max() < nodes
        if not inside or root.min() < 0 or root.max() >= nodes or arrays["feature"][-1] != _LEAF:
            raise ValueError("a tree of the forest points outside its nodes")
        if any(arrays[name].dtype.kind not in "iu" for name in ("feature", "right", "root", "depth")):
            raise ValueError("a tree of the forest has nodes that are not whole numbers")
        if not 0 <= int(arrays["depth"][0]) <= _MOST_DEPTH:
            raise ValueError(f"a forest of depth {arrays['depth'][0]}; legal: up to {_MOST_DEPTH}")
        return cls(
            arrays["feature"],
            arrays["threshold"],
            right,
            arrays["human"].astype(np.float32),
            root,
            int(arrays["depth"][0]),
        )
