"""Training a judge from human phrases, in the order in which it must happen.

Language models and histograms from all human music of the training side; examples cross-fitted
by work; the ensemble from those; Platt's scaling on works of the validation side *and* families
that the scaled model had not seen; the gate from human lines alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np

from data_prep.store import PhraseStore
from models.judge.canonical import Line
from models.judge.ensemble import Ensemble
from models.judge.examples import (
    Examples,
    Human,
    chosen,
    cross_fitted,
    held_out,
    knowledge_of,
    measured_machine,
    sides,
)
from models.judge.explain import human_quantiles
from models.judge.features import Knowledge
from models.judge.gate import Gate
from models.judge.negatives import FAMILIES
from models.judge.negatives.family import Family
from models.judge.own_composer import CLUSTER
from models.judge.protocol import calibrated, leave_out, parts_of_three
from models.judge.score import OPEN, SELF_NEGATIVES
from models.judge.weights import Parts
from violin.errors import CorpusError

STEPS = 9  # how often `on_step` is called, for a progress bar


@dataclass(frozen=True)
class Plan:
    """How much of everything: human lines to learn from and to calibrate on, machine lines a
    family, trees of the shipped forest and of those for calibration, and the seed of it all."""

    humans: int = 3000
    calibration_humans: int = 800
    per_family: int = 450
    calibration_per_family: int = 135
    trees: int = 300
    calibration_trees: int = 100
    test_humans: int = 800
    test_per_family: int = 180
    seed: int = 0

    @classmethod
    def of(cls, humans: int, per_family: int, trees: int, calibration_trees: int, seed: int) -> Plan:
        """A plan of that size, with validation and test sides in the usual proportion to it."""
        return cls(
            humans=humans,
            calibration_humans=humans * 4 // 15,
            per_family=per_family,
            calibration_per_family=per_family * 3 // 10,
            trees=trees,
            calibration_trees=calibration_trees,
            test_humans=humans * 4 // 15,
            test_per_family=per_family * 2 // 5,
            seed=seed,
        )


class Kind(NamedTuple):
    """A kind of machine line: a family of negatives, or a temperature of our composer."""

    name: str
    cluster: str
    words: str


@dataclass(frozen=True, eq=False)
class Prepared:
    """What training and evaluation share: the lines by side (human ones, and those of our composer),
    knowledge, examples, and every kind of machine line among them."""

    humans: Mapping[str, list[Human]]
    composed: Mapping[str, list[Human]]
    knowledge: Knowledge
    train: Examples
    validation: Examples
    kinds: tuple[Kind, ...]
    store_sha256: str = ""


@dataclass(frozen=True, eq=False)
class Foreign:
    """Machine phrases of a system by its name, for the open mode: canonical lines, with the slug
    that each claims; the name of a system keeps its phrases together."""

    system: str
    lines: Sequence[Line]
    composers: Sequence[str]


def prepare(
    store: PhraseStore,
    plan: Plan,
    families: Sequence[Family] = FAMILIES,
    composed: PhraseStore | None = None,
    on_step: Callable[[], None] = lambda: None,
) -> Prepared:
    """Measure everything that a judge learns from; `composed` is a store of our composer's phrases.
    CorpusError where a side has too little."""
    humans = sides(store, plan.seed)
    machine = sides(composed or PhraseStore(), plan.seed)
    for side in ("train", "validation"):
        if len(humans[side]) < 20:
            raise CorpusError(
                f"the store holds {len(humans[side])} usable {side} phrases; a judge needs 20 or more"
            )
    learnt = chosen(humans["train"], plan.humans, plan.seed)
    train = cross_fitted(
        humans["train"], learnt, families, plan.per_family, plan.seed, machine["train"], on_step
    )
    knowledge = knowledge_of(humans["train"])
    validation = held_out(
        chosen(humans["validation"], plan.calibration_humans, plan.seed),
        humans["validation"],
        families,
        knowledge,
        plan.calibration_per_family,
        plan.seed + 100,
        machine["validation"],
    )
    on_step()
    kinds = [Kind(one.name, one.cluster, one.words) for one in families]
    sources = sorted({one.source for side in machine.values() for one in side})
    kinds += [Kind(name, CLUSTER, "our composer between true outer bars") for name in sources]
    return Prepared(
        humans, machine, knowledge, train, validation, tuple(kinds), str(store.manifest.get("sha256", ""))
    )


def fit(
    prepared: Prepared,
    plan: Plan,
    foreign: Sequence[Foreign] = (),
    on_step: Callable[[], None] = lambda: None,
) -> Parts:
    """Fit the judge of the self-negatives mode, and with `foreign` systems that of the open mode."""
    modes = {SELF_NEGATIVES: (prepared.train, prepared.validation)}
    if foreign:
        more = [measured_machine(one.system, one.lines, one.composers, prepared.knowledge) for one in foreign]
        modes[OPEN] = (Examples.joined([prepared.train, *more]), prepared.validation)
    parts = parts_of_three(prepared.kinds)
    ensembles, scales = {}, {}
    for mode, (train, validation) in modes.items():
        unseen = leave_out(train, validation, parts, plan.calibration_trees, plan.seed + 1)
        scales[mode] = calibrated(unseen)
        on_step()
        ensembles[mode] = Ensemble.fit(train, plan.trees, plan.seed)
        on_step()
    human_rows = np.concatenate([side.values[side.human] for side in (prepared.train, prepared.validation)])
    about = {
        "plan": asdict(plan),
        "store": prepared.store_sha256,
        "families": [one.name for one in prepared.kinds],
        "foreign": sorted(one.system for one in foreign),
        "human_phrases": {side: len(lines) for side, lines in prepared.humans.items()},
        "human_learnt": int(prepared.train.human.sum()),
        "machine_learnt": int((~prepared.train.human).sum()),
        "features": int(prepared.train.values.shape[1]),
    }
    gate = Gate.fit(human_rows)
    on_step()
    return Parts(prepared.knowledge, gate, ensembles, scales, human_quantiles(human_rows), about)
