"""Cross-fitting: measures the examples of a store split by split and fold by fold.

Folds are split by work. The lines of a fold of the training split are scored by language models
fitted on the other folds, and its negatives are sampled from counts of that fold alone. So the
models that score a line have seen neither the line nor the sampler's data, as with an unknown
generator.
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
class ExampleRequest:
    """A request for examples: human lines of a split, and the number of machine lines per family."""

    side: str
    humans: Sequence[Human]
    per_family: int


class CrossFitting:
    """Measures the lines of a store. `humans` are by split; `name` identifies the store (its hash);
    `workers` processes share the work."""

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

    def request(self, side: str, count: int, per_family: int) -> ExampleRequest:
        """A request for at most `count` human lines of a split, spread over composers as evenly as
        possible."""
        seed = self._seed + (2 if side == "test" else 0)
        return ExampleRequest(side, chosen(self.humans[side], count, seed), per_family)

    def examples(self, request: ExampleRequest) -> Examples:
        """The measured human lines of a request and their negatives."""
        pieces = []
        for fold, known in self._known(request.side):
            make = partial(_measured, self._drawer(request, fold), known, self._seed_of(request.side, fold))
            pieces.append(partial(self._cache.examples, self._depends(request, fold), make))
        return Examples.joined(self._parallel(pieces))

    def composed(self, side: str, lines: Sequence[Human], name: str) -> Examples:
        """Measured lines that generators composed between outer bars of a split's phrases. `name`
        identifies their store."""
        pieces = []
        for fold, known in self._known(side):
            inside = [one for one in lines if fold is None or fold_of(one.group) == fold]
            depends = (self._name, name, side, fold, len(lines))
            make = partial(_measured, partial(Drawn.composed, inside), known, self._seed_of(side, fold))
            pieces.append(partial(self._cache.examples, depends, make))
        return Examples.joined(self._parallel(pieces))

    def shortened(self, request: ExampleRequest, least_bars: int, bars: int) -> Examples:
        """The lines of `examples` with `least_bars` or more bars, cut to their first `bars` bars
        (validation or test split), to measure the effect of shorter phrases."""
        depends = (*self._depends(request, None), "shortened", least_bars, bars)
        return self._cache.examples(
            depends,
            lambda: measured(
                _shortened(self.lines(request), least_bars, bars),
                self.knowledge,
                self._seed_of(request.side, None),
            ),
        )

    def lines(self, request: ExampleRequest) -> Drawn:
        """The unmeasured lines of a request (validation or test split), in the order of `examples`."""
        return self._drawer(request, None)()

    def _drawer(self, request: ExampleRequest, fold: int | None) -> Callable[[], Drawn]:
        inside = [one for one in request.humans if fold is None or fold_of(one.group) == fold]
        pool = self.humans[request.side] if fold is None else self._folds[fold]
        share = -(-request.per_family * len(inside) // max(1, len(request.humans)))
        return partial(_drawn, inside, self.families, pool, share, self._seed_of(request.side, fold))

    def _depends(self, request: ExampleRequest, fold: int | None) -> tuple[object, ...]:
        names = [one.name for one in self.families]
        seed = self._seed_of(request.side, fold)
        return (self._name, request.side, fold, len(request.humans), request.per_family, names, seed)

    def _seed_of(self, side: str, fold: int | None) -> int:
        return self._seed + _SIDE_SEEDS[side] + (fold or 0)

    def _known(self, side: str) -> Iterator[tuple[int | None, Knowledge]]:
        """The folds of a split, each with the reference statistics of the other folds. A validation
        or test split is one fold, None."""
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


def _measured(draw: Callable[[], Drawn], known: Knowledge, seed: int) -> Examples:
    return measured(draw(), known, seed)


def counted(humans: Sequence[Human]) -> Counted:
    """The counts for language models and histograms of some human lines."""
    readings = [Reading.of(one.line) for one in humans]
    return Counted.on(readings, [one.composer if one.own else OTHER for one in humans])
