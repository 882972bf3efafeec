"""Gathering the examples of a store, side by side and fold by fold, each piece once.

Everything is kept apart by work. The human lines of the training side are dealt into folds by
work; a fold's lines are scored by language models that saw the other folds only, and its
negatives are sampled by counts of that fold only. So neither a line nor a sampler was ever seen
by the models that score it, as it will be with a stranger's generator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from data_prep.corpus.store import OTHER
from models.judge.features.canonical import Line, tidied
from models.judge.features.examples import Examples
from models.judge.features.table import Counted, Knowledge, Reading
from models.judge.training.cache import FeatureCache
from models.judge.training.examples import (
    FOLDS,
    Drawn,
    Human,
    chosen,
    fold_of,
    material_of,
    measured,
    negatives,
)
from models.judge.training.negatives.family import Family

_Piece = TypeVar("_Piece")
_SIDE_SEEDS = {"train": 0, "validation": 100, "test": 200}


@dataclass(frozen=True, eq=False)
class Wish:
    """Some human lines to learn from or be measured on, and how many machine lines a family."""

    side: str
    humans: Sequence[Human]
    per_family: int


class CrossFitting:
    """Measures the lines of a store. `humans` by side; `name` tells one store from another (its
    hash); `workers` processes share the pieces."""

    def __init__(
        self,
        humans: Mapping[str, Sequence[Human]],
        families: Sequence[Family],
        seed: int,
        cache: FeatureCache | None = None,
        name: str = "",
        workers: int = 1,
        on_piece: Callable[[], None] = lambda: None,
    ) -> None:
        self.humans, self.families = humans, families
        self._seed, self._cache, self._name = seed, cache or FeatureCache(), name
        self._workers, self._on_piece = workers, on_piece
        train = humans["train"]
        self._folds = [[one for one in train if fold_of(one.group) == fold] for fold in range(FOLDS)]
        self._counted = self._parallel([partial(counted, fold) for fold in self._folds])
        self.knowledge: Knowledge = Counted.joined(self._counted).knowledge()

    def wish(self, side: str, count: int, per_family: int) -> Wish:
        """At most `count` human lines of a side, composers as evenly as their numbers allow."""
        seed = self._seed + (2 if side == "test" else 0)
        return Wish(side, chosen(self.humans[side], count, seed), per_family)

    def gathered(self, wish: Wish) -> Examples:
        """The human lines of a wish and their negatives."""
        pieces = []
        for fold, known in self._known(wish.side):
            make = partial(_measured, self._drawer(wish, fold), known)
            pieces.append(partial(self._cache.examples, self._depends(wish, fold), make))
        return Examples.joined(self._parallel(pieces))

    def composed(self, side: str, lines: Sequence[Human], name: str) -> Examples:
        """Lines of generators between outer bars of a side's music; `name` tells their store."""
        pieces = []
        for fold, known in self._known(side):
            inside = [one for one in lines if fold is None or fold_of(one.group) == fold]
            depends = (self._name, name, side, fold, len(lines))
            make = partial(measured, Drawn.composed(inside), known)
            pieces.append(partial(self._cache.examples, depends, make))
        return Examples.joined(self._parallel(pieces))

    def shortened(self, wish: Wish, least_bars: int, bars: int) -> Examples:
        """An unseen side's lines of `least_bars` or more, as `gathered` has them, cut to their first
        `bars` bars: what a judge loses with the rest of a phrase."""
        depends = (*self._depends(wish, None), "shortened", least_bars, bars)
        return self._cache.examples(
            depends, lambda: measured(_shortened(self.lines(wish), least_bars, bars), self.knowledge)
        )

    def lines(self, wish: Wish) -> Drawn:
        """The lines of an unseen side's wish, as `gathered` measures them and in that order."""
        return self._drawer(wish, None)()

    def _drawer(self, wish: Wish, fold: int | None) -> Callable[[], Drawn]:
        inside = [one for one in wish.humans if fold is None or fold_of(one.group) == fold]
        pool = self.humans[wish.side] if fold is None else self._folds[fold]
        share = -(-wish.per_family * len(inside) // max(1, len(wish.humans)))
        return partial(_drawn, inside, self.families, pool, share, self._seed_of(wish, fold))

    def _depends(self, wish: Wish, fold: int | None) -> tuple[object, ...]:
        names = [one.name for one in self.families]
        seed = self._seed_of(wish, fold)
        return (self._name, wish.side, fold, len(wish.humans), wish.per_family, names, seed)

    def _seed_of(self, wish: Wish, fold: int | None) -> int:
        return self._seed + _SIDE_SEEDS[wish.side] + (fold or 0)

    def _known(self, side: str) -> Iterator[tuple[int | None, Knowledge]]:
        """The folds of a side with what is known without each; one fold, None, of an unseen side."""
        if side != "train":
            yield None, self.knowledge
            return
        for fold in range(FOLDS):
            rest = [one for number, one in enumerate(self._counted) if number != fold]
            yield fold, Counted.joined(rest).knowledge()

    def _parallel(self, pieces: Sequence[Callable[[], _Piece]]) -> list[_Piece]:
        from joblib import Parallel, delayed

        found: list[_Piece] = []
        for piece in Parallel(n_jobs=self._workers, return_as="generator")(delayed(one)() for one in pieces):
            found.append(piece)
            self._on_piece()
        return found


def _drawn(
    humans: Sequence[Human], families: Sequence[Family], pool: Sequence[Human], per_family: int, seed: int
) -> Drawn:
    made = negatives(humans, families, material_of(pool), per_family, seed)
    return Drawn.joined([Drawn.human(humans), made])


def _shortened(drawn: Drawn, least_bars: int, bars: int) -> Drawn:
    kept = [index for index, line in enumerate(drawn.lines) if line.bars >= least_bars]
    return Drawn(
        [_first_bars(drawn.lines[index], bars) for index in kept],
        [drawn.sources[index] for index in kept],
        [drawn.family[index] for index in kept],
    )


def _first_bars(line: Line, bars: int) -> Line:
    end = bars * line.bar_steps
    inside = line.onset_steps < end
    onset, duration, pitch = (one[inside] for one in (line.onset_steps, line.duration_steps, line.pitch))
    return tidied(replace(line, onset_steps=onset, duration_steps=duration.clip(max=end - onset), pitch=pitch,
                          bars=bars))  # fmt: skip


def _measured(draw: Callable[[], Drawn], known: Knowledge) -> Examples:
    return measured(draw(), known)


def counted(humans: Sequence[Human]) -> Counted:
    """What the language models and histograms of some human lines are counted to."""
    readings = [Reading.of(one.line) for one in humans]
    return Counted.on(readings, [one.composer if one.own else OTHER for one in humans])
