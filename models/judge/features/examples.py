"""Phrases as a table of features with labels and groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from models.judge.features.measures import Array
from models.judge.features.table import Matrix


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows of features with their labels and groups; arrays of length n. `family` is '' for human."""

    values: Matrix
    composer: Array
    family: Array
    group: Array
    bars: Array
    own: Array

    @property
    def human(self) -> Array:
        return self.family == ""

    def __len__(self) -> int:
        return len(self.values)

    def where(self, mask: Array) -> Examples:
        """The rows selected by a mask."""
        return Examples(
            self.values[mask],
            self.composer[mask],
            self.family[mask],
            self.group[mask],
            self.bars[mask],
            self.own[mask],
        )

    @classmethod
    def joined(cls, parts: Iterable[Examples]) -> Examples:
        rows = list(parts)
        return cls(
            *(
                np.concatenate([getattr(part, name) for part in rows])
                for name in ("values", "composer", "family", "group", "bars", "own")
            )
        )
