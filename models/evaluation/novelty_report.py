"""The novelty report of many phrases: how much they copy from which works, compared with humans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.novelty import HIT_NOTES, CopiedRun, HumanNorm, RunIndex
from violin.music import Phrase


@dataclass(frozen=True, slots=True)
class NoveltyReport:
    """`runs` holds the longest copied run of each phrase in order, or None.

    `sim_90` and `sim_95` are the shares of phrases above the human percentiles of the index,
    `half_copied` the share that copies half of its inner notes or more. `familiar` holds the length
    in notes of each phrase's longest stretch of known runs, which the copy guard limits.
    `hit_rates` are the mean shares of copied runs of `HIT_NOTES` notes.
    """

    names: tuple[str, ...]
    runs: tuple[CopiedRun | None, ...]
    familiar: tuple[int, ...]
    sim_90: float
    sim_95: float
    half_copied: float
    norm: HumanNorm
    hit_rates: tuple[float, ...]

    def closest(self, count: int) -> list[tuple[str, CopiedRun]]:
        """The phrases with the largest copied shares, largest first."""
        found = [(name, run) for name, run in zip(self.names, self.runs, strict=True) if run]
        return sorted(found, key=lambda item: -item[1].share)[:count]


def report_novelty(
    index: RunIndex, named: Sequence[tuple[str, Phrase]], outer_bars: int = 1
) -> NoveltyReport:
    """The report of some phrases. The `outer_bars` bars on each side are given and are skipped."""
    runs, familiar, hits = [], [], []
    for _, phrase in named:
        gridded = phrase.on_grid()
        inner = (outer_bars, gridded.bars - outer_bars)
        run, rates = index.copied(gridded, *inner)
        runs.append(run)
        familiar.append(index.longest_familiar_run(gridded, *inner))
        hits.append(rates)
    shares = np.array([run.share if run else 0.0 for run in runs])
    return NoveltyReport(
        tuple(name for name, _ in named),
        tuple(runs),
        tuple(familiar),
        float((shares > index.norm.share_90).mean()) if len(shares) else 0.0,
        float((shares > index.norm.share_95).mean()) if len(shares) else 0.0,
        float((shares >= 0.5).mean()) if len(shares) else 0.0,
        index.norm,
        tuple(float(mean) for mean in np.mean(hits, axis=0)) if hits else (0.0,) * len(HIT_NOTES),
    )
