"""Examples to learn from and to be measured on: human lines, and machine lines made from them.

Everything is kept apart by work. The human lines of the training side are dealt into folds by
work; a fold's lines are scored by language models that saw the other folds only, and its
negatives are sampled by counts of that fold only. So neither a line nor a sampler was ever seen
by the models that score it, as it will be with a stranger's generator.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from data_prep.store import OTHER, PhraseStore, StoredPhrase
from models.judge.canonical import Line, canonical, tidied
from models.judge.features import Knowledge, Matrix, Reading, measure
from models.judge.measures import Array
from models.judge.negatives.family import Family, Material, playable
from models.judge.negatives.sampler import EventSampler
from violin.challenge import SLUGS
from violin.errors import MidiError

FOLDS = 5
LEAST_BARS, LEAST_NOTES = 6, 16
SAMPLER_LINES = 800  # as many as a small generator's training set


@dataclass(frozen=True, eq=False)
class Human:
    """A human line. `composer` is the slug that it is judged as: its own, or for music by others
    one of the eight at random, since official outer bars may be by others. `own` says which.
    `source` is what the store says of where it is from."""

    line: Line
    composer: str
    own: bool
    group: str
    bars: int
    source: str


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows of features with what is known of each; arrays of length n. `family` is '' for human."""

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
        """The rows of a mask."""
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


def humans_of(stored: Iterable[StoredPhrase], seed: int = 0) -> list[Human]:
    """Canonical, playable lines of stored phrases; too short or too empty ones are left out."""
    found = []
    for index, one in enumerate(stored):
        try:
            line = tidied(playable(canonical(one.phrase)))
        except MidiError:
            continue
        if line.bars < LEAST_BARS or len(line) < LEAST_NOTES:
            continue
        own = one.composer != OTHER
        stand_in = SLUGS[int(np.random.default_rng([seed, 7, index]).integers(len(SLUGS)))]
        found.append(
            Human(line, one.composer if own else stand_in, own, one.work_group, line.bars, one.source)
        )
    return found


def chosen(humans: Sequence[Human], count: int, seed: int) -> list[Human]:
    """At most `count` lines, composers as evenly as their numbers allow, others counting as one."""
    random = np.random.default_rng([seed, 11])
    pools: dict[str, list[Human]] = {}
    for index in random.permutation(len(humans)):
        one = humans[int(index)]
        pools.setdefault(one.composer if one.own else OTHER, []).append(one)
    taken: list[Human] = []
    while len(taken) < count and pools:
        for composer in sorted(pools):
            for _ in range(3 if composer == OTHER else 1):
                if pools[composer]:
                    taken.append(pools[composer].pop())
            if not pools[composer]:
                del pools[composer]
    return taken[:count]


def fold_of(group: str) -> int:
    """The fold of a work, from its name alone."""
    return zlib.crc32(group.encode()) % FOLDS


def material_of(humans: Sequence[Human]) -> Material:
    """What families may draw on: these lines and a sampler counted on them."""
    lines: dict[int, list[Line]] = {}
    for one in humans:
        lines.setdefault(one.line.bar_steps, []).append(one.line)
    counted = humans[:: max(1, -(-len(humans) // SAMPLER_LINES))]
    return Material(dict(lines), EventSampler([one.line for one in counted]))


def knowledge_of(humans: Sequence[Human]) -> Knowledge:
    """Language models and histograms of human lines."""
    readings = [Reading.of(one.line) for one in humans]
    return Knowledge.fit(readings, [one.composer if one.own else OTHER for one in humans])


def measured(humans: Sequence[Human], knowledge: Knowledge) -> Examples:
    """The human lines as examples."""
    return _examples([one.line for one in humans], humans, "", knowledge)


def measured_composed(composed: Sequence[Human], knowledge: Knowledge) -> Examples:
    """Lines of the project's own composer, read from a store in which `source` says the family."""
    found = _examples([one.line for one in composed], composed, "", knowledge)
    return replace(found, family=np.array([one.source for one in composed], dtype="U40"))


def negatives(
    humans: Sequence[Human],
    families: Sequence[Family],
    material: Material,
    knowledge: Knowledge,
    per_family: int,
    seed: int,
) -> Examples:
    """Machine lines of every family, each from `per_family` of the human lines (its own choice)."""
    parts = []
    for family in families:
        number = zlib.crc32(family.name.encode())
        order = np.random.default_rng([seed, number]).permutation(len(humans))[:per_family]
        lines, sources = [], []
        for index in order.tolist():
            source = humans[index]
            made = family.make(source.line, material, np.random.default_rng([seed, number, index]))
            if made is not None and len(made) >= LEAST_NOTES // 2:
                lines.append(made)
                sources.append(source)
        parts.append(_examples(lines, sources, family.name, knowledge))
    return Examples.joined(parts)


def cross_fitted(
    corpus: Sequence[Human],
    humans: Sequence[Human],
    families: Sequence[Family],
    per_family: int,
    seed: int,
    composed: Sequence[Human] = (),
    on_fold: Callable[[], None] | None = None,
) -> Examples:
    """Training examples: `humans`, their negatives and `composed` lines of our composer, fold by
    fold as the module says; `corpus` is all human music of the training side, for the language
    models."""
    parts = []
    for fold in range(FOLDS):
        inside = [one for one in humans if fold_of(one.group) == fold]
        if inside:
            knowledge = knowledge_of([one for one in corpus if fold_of(one.group) != fold])
            material = material_of([one for one in corpus if fold_of(one.group) == fold])
            share = -(-per_family * len(inside) // len(humans))
            parts.append(measured(inside, knowledge))
            parts.append(negatives(inside, families, material, knowledge, share, seed + fold))
            more = [one for one in composed if fold_of(one.group) == fold]
            if more:
                parts.append(measured_composed(more, knowledge))
        if on_fold:
            on_fold()
    return Examples.joined(parts)


def held_out(
    humans: Sequence[Human],
    pool: Sequence[Human],
    families: Sequence[Family],
    knowledge: Knowledge,
    per_family: int,
    seed: int,
    composed: Sequence[Human] = (),
) -> Examples:
    """Examples of a side that training never saw; samplers are counted on `pool`, of that side."""
    parts = [measured(humans, knowledge)]
    parts.append(negatives(humans, families, material_of(pool), knowledge, per_family, seed))
    if composed:
        parts.append(measured_composed(composed, knowledge))
    return Examples.joined(parts)


def measured_machine(
    system: str, lines: Sequence[Line], composers: Sequence[str], knowledge: Knowledge
) -> Examples:
    """Lines of a foreign system as examples, the system being their family and their group."""
    count = len(lines)
    return Examples(
        measure(lines, composers, knowledge),
        np.array(list(composers), dtype="U40"),
        np.full(count, system, dtype="U40"),
        np.full(count, f"machine:{system}", dtype="U120"),
        np.array([line.bars for line in lines], np.int32),
        np.zeros(count, bool),
    )


def sides(store: PhraseStore, seed: int) -> Mapping[str, list[Human]]:
    """The human lines of a store, by split, overlapping windows left out."""
    return {split: humans_of(store.select(split), seed) for split in ("train", "validation", "test")}


def _examples(lines: Sequence[Line], sources: Sequence[Human], family: str, knowledge: Knowledge) -> Examples:
    composers = [one.composer for one in sources]
    return Examples(
        measure(lines, composers, knowledge),
        np.array(composers, dtype="U40"),
        np.full(len(lines), family, dtype="U40"),
        np.array([one.group for one in sources], dtype="U120"),
        np.array([line.bars for line in lines], np.int32),
        np.array([one.own for one in sources], bool),
    )
