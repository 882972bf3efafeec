"""What helps to choose between answers: the measures that choose among candidates, what an answer copies, and
how hard it is to play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.composing.task import Composed
from models.novelty import CopiedRun, shipped_index
from models.reranking.mixture import Mixture
from violin.instrument import Tier, tier
from violin.music import sounding_sets


@dataclass(frozen=True, slots=True)
class Reasons:
    """scores      the measures of `models.reranking.mixture` and their weighted mean, "mixture", 0 to 1
    copied      the longest run that the new bars share with one training work; None: none of nine notes
    hardest     the hardest tier of what sounds together in the new bars
    notes       number of new notes
    lowest, highest   the lowest and the highest new pitch; None without notes
    """

    scores: Mapping[str, float]
    copied: CopiedRun | None
    hardest: Tier
    notes: int
    lowest: int | None
    highest: int | None


def reasons_of(composed: Composed) -> Reasons:
    """The reasons of one answer. Reads judge, critic and copy index the first time; WeightsError if one of
    them is missing."""
    grid = composed.answer.phrase.on_grid()
    scores = composed.scores
    if not scores:
        scores = Mixture.shipped(1).appraise(composed.request, [composed.answer])[0]
    index = shipped_index()
    runs = [index.longest_run(grid, first, end) for first, end in _stretches(composed.new_bars)]
    new = [note for note in grid.notes if note.onset_ticks // grid.bar_ticks in composed.new_bars]
    pitches = [note.pitch for note in new]
    return Reasons(
        scores,
        max((run for run in runs if run), key=lambda run: run.notes, default=None),
        max((tier(pitches) for _, pitches in sounding_sets(new)), default=Tier.EASY),
        len(new),
        min(pitches, default=None),
        max(pitches, default=None),
    )


def _stretches(bars: tuple[int, ...]) -> list[tuple[int, int]]:
    """(first, end) of the stretches of adjacent bars."""
    first = [bar for bar in bars if bar - 1 not in bars]
    last = [bar for bar in bars if bar + 1 not in bars]
    return [(begin, end + 1) for begin, end in zip(first, last, strict=True)]
