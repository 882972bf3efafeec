"""Trains a judge from human phrases.

The steps in order: language models and histograms from all human music of the training split;
examples, cross-fitted by work; the ensemble; Platt scaling on validation works *and* on families
that were left out of the scaled model; the anomaly test from human lines only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np

from data_prep.corpus.store import PhraseStore
from models.judge.classifier.anomaly import AnomalyTest
from models.judge.classifier.ensemble import Ensemble
from models.judge.explain import human_quantiles
from models.judge.features.canonical import Line
from models.judge.features.examples import Examples
from models.judge.score import OPEN, SELF_NEGATIVES
from models.judge.training.cache import FeatureCache
from models.judge.training.composed import CLUSTER
from models.judge.training.cross_fitting import CrossFitting
from models.judge.training.examples import Human, measured_machine, sides
from models.judge.training.generators.generator import cluster_of
from models.judge.training.leave_out import calibrated, leave_out, parts_of_three
from models.judge.training.negatives import FAMILIES
from models.judge.training.negatives.family import Family
from models.judge.weights import Parts
from violin.errors import CorpusError

STEPS = 22  # about how often `on_step` is called by `prepare` and `fit`, for a progress bar
LONG_BARS, SHORT_BARS = 12, 8  # lines of 12 to 16 bars are also judged by their first eight
CALIBRATION_SHARE, CALIBRATION_LEAST = 1 / 3, 4000
"""The share of the training lines that the models for calibration learn from, which takes a third of the
time. Their scores separate slightly less well than those of the shipped model, so its probabilities are
slightly cautious."""
LEAST_PHRASES = {"train": 20, "validation": 10}


@dataclass(frozen=True)
class Plan:
    """The sizes of a training run: human lines for training and calibration, machine lines per
    family, trees of the shipped forest and of the calibration forests, and the seed."""

    humans: int = 6000
    calibration_humans: int = 1600
    per_family: int = 600
    calibration_per_family: int = 100
    trees: int = 60
    calibration_trees: int = 24
    test_humans: int = 1600
    test_per_family: int = 120
    seed: int = 0

    @classmethod
    def of(cls, humans: int, per_family: int, trees: int, calibration_trees: int, seed: int) -> Plan:
        """A plan of these sizes, with validation and test splits in the default proportion."""
        return cls(
            humans=humans,
            calibration_humans=humans * 4 // 15,
            per_family=per_family,
            calibration_per_family=per_family // 6,
            trees=trees,
            calibration_trees=calibration_trees,
            test_humans=humans * 4 // 15,
            test_per_family=per_family // 5,
            seed=seed,
        )


ARCHITECTURES = {
    "corruption": "edits",
    "bars": "edits",
    "repetition": "repetition",
    "template": "n-gram",
    "lm": "n-gram",
    "markov": "n-gram",
    "infill": "n-gram",
    "plan": "n-gram",
    "form": "repetition",
    "rule": "rules",
    CLUSTER: "transformer",
    "gru": "recurrent",
    "diffusion": "diffusion",
    "coconet": "convolutional",
    "oracle": "recombination",
}
"""The architecture of each cluster; a cluster that is not listed is a separate architecture."""


class Kind(NamedTuple):
    """A kind of machine line: a family of negatives, or a generator with one sampling setting.
    Kinds with the same `unit` are left out together: a family alone, a generator with all its
    settings. With `further`, only the open mode is trained on it."""

    name: str
    cluster: str
    words: str
    unit: str
    further: bool = False

    @property
    def architecture(self) -> str:
        return ARCHITECTURES.get(self.cluster, self.cluster)


@dataclass(frozen=True, eq=False)
class Prepared:
    """The data that training and evaluation share: the lines by split, the examples by split (of
    the families and our own composer, and of further generators), and all kinds of machine lines.
    `short` are the long lines of the test split, cut."""

    cross_fitting: CrossFitting
    examples: Mapping[str, Examples]
    further: Mapping[str, Examples]
    kinds: tuple[Kind, ...]
    store_sha256: str = ""
    short: Examples | None = None

    def side(self, name: str, mode: str = SELF_NEGATIVES) -> Examples:
        """The examples of a split for a mode."""
        parts = [self.examples[name]]
        if mode == OPEN and name in self.further:
            parts.append(self.further[name])
        return Examples.joined(parts)

    def kinds_of(self, mode: str) -> list[Kind]:
        """The kinds that a mode is trained on."""
        return [one for one in self.kinds if mode == OPEN or not one.further]


@dataclass(frozen=True, eq=False)
class Foreign:
    """Machine phrases of a named system, for the open mode: canonical lines with the attributed
    slug of each. All phrases of a system are one group."""

    system: str
    lines: Sequence[Line]
    composers: Sequence[str]


def prepare(
    store: PhraseStore,
    plan: Plan,
    families: Sequence[Family] = FAMILIES,
    composed: PhraseStore | None = None,
    further: PhraseStore | None = None,
    *,
    test: bool = False,
    cache: FeatureCache | None = None,
    workers: int = 1,
    on_step: Callable[[], None] = lambda: None,
) -> Prepared:
    """Measure all training examples and, with `test`, the test examples. `composed` is a store of
    our composer's phrases, `further` one of other generators'. Raises CorpusError if a split has
    too few phrases."""
    humans = sides(store, plan.seed)
    for side, least in LEAST_PHRASES.items():
        if len(humans[side]) < least:
            raise CorpusError(
                f"{len(humans[side])} usable {side} phrases; a judge needs {least} or more: phrases in 3/4 "
                "or 4/4 of 6 bars and 16 notes or more, from more files"
            )
    digest = str(store.manifest.get("sha256", ""))
    kept = (
        (cache or FeatureCache()) if digest else FeatureCache()
    )  # without a hash two stores cannot be distinguished
    cross_fitting = CrossFitting(humans, families, plan.seed, kept, digest, workers, on_step)
    requests = [
        cross_fitting.request("train", plan.humans, plan.per_family),
        cross_fitting.request("validation", plan.calibration_humans, plan.calibration_per_family),
    ]
    if test:
        requests.append(cross_fitting.request("test", plan.test_humans, plan.test_per_family))
    examples = {request.side: cross_fitting.examples(request) for request in requests}
    short = cross_fitting.shortened(requests[-1], LONG_BARS, SHORT_BARS) if test else None
    kinds = [Kind(one.name, one.cluster, one.words, one.name) for one in families]
    others: dict[str, Examples] = {}
    for made, is_further in ((composed, False), (further, True)):
        if made is None:
            continue
        lines = sides(made, plan.seed)
        name = str(made.manifest.get("sha256", ""))
        for side in examples:
            found = cross_fitting.composed(side, lines[side], name)
            if is_further:
                others[side] = found
            else:
                examples[side] = Examples.joined([examples[side], found])
        kinds += _kinds_of(lines, is_further)
    return Prepared(cross_fitting, examples, others, tuple(kinds), digest, short)


def _kinds_of(lines: Mapping[str, Sequence[Human]], further: bool) -> list[Kind]:
    from models.judge.training.generators.generator import recipes

    words = {one.cluster: one.words for one in recipes()} if further else {}
    found = []
    for source in sorted({one.source for side in lines.values() for one in side}):
        cluster = cluster_of(source) if further else CLUSTER
        said = words.get(cluster, "our composer between true outer bars")
        found.append(Kind(source, cluster, said, cluster, further))
    return found


def for_calibration(train: Examples, seed: int) -> Examples:
    """The training lines from which the calibrated models learn: a random third, or as many as
    CALIBRATION_LEAST."""
    share = max(CALIBRATION_SHARE, CALIBRATION_LEAST / max(1, len(train)))
    return train.where(np.random.default_rng([seed, 31]).random(len(train)) < share)


def fit(
    prepared: Prepared,
    plan: Plan,
    foreign: Sequence[Foreign] = (),
    *,
    cache: FeatureCache | None = None,
    workers: int = 1,
    on_step: Callable[[], None] = lambda: None,
) -> Parts:
    """Fit the judge of the self-negatives mode and, if there are further generators' lines or
    `foreign` systems, that of the open mode."""
    ensembles, scales = {}, {}
    more = [
        measured_machine(one.system, one.lines, one.composers, prepared.cross_fitting.knowledge)
        for one in foreign
    ]
    for mode in (SELF_NEGATIVES, OPEN) if foreign or prepared.further else (SELF_NEGATIVES,):
        train, validation = prepared.side("train", mode), prepared.side("validation", mode)
        if mode == OPEN:
            train = Examples.joined([train, *more])
        parts = parts_of_three(prepared.kinds_of(mode))
        some = for_calibration(train, plan.seed)
        (unseen,) = leave_out(
            some, [validation], parts, plan.calibration_trees, plan.seed + 1, workers, on_step, cache
        )
        scales[mode] = calibrated(unseen)
        ensembles[mode] = Ensemble.fit(train, plan.trees, plan.seed)
        on_step()
    own = [prepared.examples[side] for side in ("train", "validation")]
    human_rows = np.concatenate([side.values[side.human] for side in own])
    human_groups = np.concatenate([side.group[side.human] for side in own])
    about = {
        "plan": asdict(plan),
        "store": prepared.store_sha256,
        "families": [one.name for one in prepared.kinds if not one.further],
        "further": [one.name for one in prepared.kinds if one.further],
        "foreign": sorted(one.system for one in foreign),
        "human_phrases": {side: len(lines) for side, lines in prepared.cross_fitting.humans.items()},
        "human_learnt": int(own[0].human.sum()),
        "machine_learnt": int((~own[0].human).sum()),
        "features": int(own[0].values.shape[1]),
    }
    anomaly_test = AnomalyTest.fit(human_rows, human_groups)
    return Parts(
        prepared.cross_fitting.knowledge, anomaly_test, ensembles, scales, human_quantiles(human_rows), about
    )
