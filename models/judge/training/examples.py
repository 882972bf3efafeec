"""Training and evaluation examples: human lines, and machine lines made from them.

`cross_fitting` chooses the lines and, for each line, the language models that measure it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data_prep.corpus.store import OTHER, PhraseStore, StoredPhrase
from models.judge.features.canonical import Line, canonical, tidied
from models.judge.features.examples import Examples
from models.judge.features.table import Knowledge, Matrix, measure
from models.judge.training.negatives.family import Family, Material, playable
from models.judge.training.negatives.sampler import EventSampler
from models.judge.training.slips import with_slip
from violin.challenge import SLUGS
from violin.errors import MidiError

FOLDS = 5
LEAST_BARS, LEAST_NOTES = 6, 16
SAMPLER_LINES = 800  # the size of a small generator's training set


@dataclass(frozen=True, eq=False)
class Human:
    """A human line. `composer` is the slug to which it is attributed: its own or, for music by
    others, a random one of the eight, because official outer bars may be by others. `own` says
    which case it is. `source` is the store's note on its origin."""

    line: Line
    composer: str
    own: bool
    group: str
    bars: int
    source: str


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
    """At most `count` lines, spread over composers as evenly as possible. All music by others counts as
    that of three composers."""
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
    """The fold of a work, from a hash of its name."""
    return zlib.crc32(group.encode()) % FOLDS


def material_of(humans: Sequence[Human]) -> Material:
    """Material for families: these lines and a sampler fitted on them."""
    lines: dict[int, list[Line]] = {}
    for one in humans:
        lines.setdefault(one.line.bar_steps, []).append(one.line)
    counted = humans[:: max(1, -(-len(humans) // SAMPLER_LINES))]
    return Material(dict(lines), EventSampler([one.line for one in counted]))


@dataclass(frozen=True, eq=False)
class Drawn:
    """Lines with the origin of each: its human source line, and its family ('' for human)."""

    lines: Sequence[Line]
    sources: Sequence[Human]
    family: Sequence[str]

    @classmethod
    def human(cls, humans: Sequence[Human]) -> Drawn:
        return cls([one.line for one in humans], humans, [""] * len(humans))

    @classmethod
    def composed(cls, composed: Sequence[Human]) -> Drawn:
        """Lines of generators from a store whose field `source` names the family."""
        return cls([one.line for one in composed], composed, [one.source for one in composed])

    @classmethod
    def joined(cls, parts: Sequence[Drawn]) -> Drawn:
        return cls(
            [line for part in parts for line in part.lines],
            [one for part in parts for one in part.sources],
            [name for part in parts for name in part.family],
        )

    @property
    def composers(self) -> list[str]:
        return [one.composer for one in self.sources]

    def __len__(self) -> int:
        return len(self.lines)


def measured(drawn: Drawn, knowledge: Knowledge, seed: int) -> Examples:
    """Drawn lines as examples. `seed` draws the slips."""
    return Examples(
        *_measured_with_slips(drawn.lines, drawn.composers, knowledge, seed),
        np.array(drawn.composers, dtype="U40"),
        np.array(drawn.family, dtype="U40"),
        np.array([one.group for one in drawn.sources], dtype="U120"),
        np.array([line.bars for line in drawn.lines], np.int32),
        np.array([one.own for one in drawn.sources], bool),
    )


def _measured_with_slips(
    lines: Sequence[Line], composers: Sequence[str], knowledge: Knowledge, seed: int
) -> tuple[Matrix, Matrix]:
    random = np.random.default_rng([seed, 17])
    slipped = [with_slip(line, random) for line in lines]
    return measure(lines, composers, knowledge), measure(slipped, composers, knowledge)


def negatives(
    humans: Sequence[Human], families: Sequence[Family], material: Material, per_family: int, seed: int
) -> Drawn:
    """Machine lines of every family, each from its own random choice of `per_family` human lines."""
    lines, sources, names = [], [], []
    for family in families:
        number = zlib.crc32(family.name.encode())
        order = np.random.default_rng([seed, number]).permutation(len(humans))[:per_family]
        for index in order.tolist():
            source = humans[index]
            made = family.make(source.line, material, np.random.default_rng([seed, number, index]))
            if made is not None and len(made) >= LEAST_NOTES // 2:
                lines.append(made)
                sources.append(source)
                names.append(family.name)
    return Drawn(lines, sources, names)


def measured_machine(
    system: str, lines: Sequence[Line], composers: Sequence[str], knowledge: Knowledge
) -> Examples:
    """Lines of a foreign system as examples; the system is their family and their group."""
    count = len(lines)
    return Examples(
        *_measured_with_slips(lines, composers, knowledge, 0),
        np.array(list(composers), dtype="U40"),
        np.full(count, system, dtype="U40"),
        np.full(count, f"machine:{system}", dtype="U120"),
        np.array([line.bars for line in lines], np.int32),
        np.zeros(count, bool),
    )


def sides(store: PhraseStore, seed: int) -> Mapping[str, list[Human]]:
    """The human lines of a store by split, without overlapping windows."""
    return {split: humans_of(store.select(split), seed) for split in ("train", "validation", "test")}
