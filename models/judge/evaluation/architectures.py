"""The figures of an evaluation by architecture: recurrent, transformer, n-gram, rules, edits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models.judge.evaluation.records import FamilyFigures


class ArchitectureFigures(NamedTuple):
    """The AUC over the families of an architecture: `alone`, the mean if each family is left out by
    itself; `together`, the mean if the whole architecture is left out; `worst`, the least of the latter
    with its family; `longest_run`, the mean if only the longest repeated run is used."""

    name: str
    families: int
    alone: float
    together: float
    worst: float
    worst_family: str
    longest_run: float


def by_architecture(rows: Sequence[FamilyFigures]) -> list[ArchitectureFigures]:
    """The figures of each architecture that was left out as a whole, in alphabetical order."""
    found = []
    measured = [one for one in rows if one.architecture_auc is not None]
    for name in sorted({one.architecture for one in measured}):
        mine = [one for one in measured if one.architecture == name]
        together = [one.architecture_auc for one in mine if one.architecture_auc is not None]
        least = int(np.argmin(together))
        found.append(
            ArchitectureFigures(
                name,
                len(mine),
                float(np.mean([one.auc.value for one in mine])),
                float(np.mean(together)),
                together[least],
                mine[least].name,
                float(np.mean([one.baselines["longest repeated run"] for one in mine])),
            )
        )
    return found
