"""Phrases as a table of features with labels and groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from models.judge.features.measures import Array
from models.judge.features.table import Matrix


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows of features with their labels and groups; arrays of length n. `family` is '' for human.
    `slipped` are the features of the same lines with one copyist's slip each
    (`models.judge.training.slips`)."""

    values: Matrix
    slipped: Matrix
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

    def where(self, rows: Array) -> Examples:
        """The rows of a mask, or those of the given numbers in their order."""
        return Examples(*(getattr(self, field.name)[rows] for field in fields(Examples)))

    @classmethod
    def joined(cls, parts: Iterable[Examples]) -> Examples:
        rows = list(parts)
        return cls(*(np.concatenate([getattr(part, field.name) for part in rows]) for field in fields(cls)))
