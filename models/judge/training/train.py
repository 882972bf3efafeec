"""`train_judge`: from folders of music to a judge, as `violin train judge` does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from data_prep.corpus.store import PhraseStore
from models.judge.training.cache import FeatureCache
from models.judge.training.composed import SAMPLINGS, Critic, composed_store
from models.judge.training.fit import STEPS, Plan, fit, prepare
from models.judge.training.generators.generator import recipes, written_store
from models.judge.training.negatives import FAMILIES
from models.judge.training.negatives.family import Family
from models.judge.training.sources import foreign_system, own_store, own_works
from models.judge.weights import Parts
from violin.progress import ProgressReport, Stage, no_report


@dataclass(frozen=True)
class Sources:
    """What a judge is trained on.

    `data` is a phrase store of human music, or `human` a folder of human MIDI files instead;
    `own_works_only` leaves out composers other than the eight. `machine` are folders, each with the MIDI
    phrases of one generator. `composed` is a store of phrases by our composer, `further` one by the further
    generators; a store that does not exist is made, with `phrases` training phrases for each sampling
    setting. `checkpoints` are further weights of our composer for `composed`, sampled in the plain way only;
    `critic` chooses among several of its answers.
    """

    data: Path
    human: Path | None = None
    own_works_only: bool = False
    machine: Sequence[Path] = ()
    composed: Path | None = None
    further: Path | None = None
    checkpoints: Sequence[Path] = ()
    phrases: int = 160
    critic: Critic | None = None


def train_judge(
    sources: Sources,
    plan: Plan,
    *,
    families: Sequence[Family] = FAMILIES,
    cache: Path | None = None,
    workers: int = 1,
    on_progress: ProgressReport = no_report,
    on_skip: Callable[[str], None] = lambda reason: None,
) -> Parts:
    """Train a judge. `families` are those made from human phrases; `cache` is a folder for measured
    features; `on_skip` gets the reason for each file that is not used.

    Raises CorpusError if a store or folder cannot be read or holds too little music, and WeightsError if
    a checkpoint cannot be read.
    """
    human = own_store(sources.human, on_skip) if sources.human else PhraseStore.load(sources.data)
    if sources.own_works_only:
        human = own_works(human)
    composed = _composed(sources, human, plan.seed, on_progress)
    further = _further(sources, human, plan.seed, on_progress)
    foreign = [foreign_system(folder, on_skip) for folder in sources.machine]
    step = Stage(on_progress, "judge", STEPS * (2 if further or foreign else 1))
    features = FeatureCache(cache)
    prepared = prepare(
        human,
        plan,
        families,
        composed=composed,
        further=further,
        cache=features,
        workers=workers,
        on_step=step,
    )
    return fit(prepared, plan, foreign, cache=features, workers=workers, on_step=step)


def _composed(
    sources: Sources, human: PhraseStore, seed: int, on_progress: ProgressReport
) -> PhraseStore | None:
    if sources.composed is None:
        return None
    checkpoints: dict[str, Path | None] = {"": None, **{file.stem: file for file in sources.checkpoints}}
    counts = _counts(sources.phrases)

    def make() -> PhraseStore:
        total = (len(SAMPLINGS) + len(sources.checkpoints)) * sum(counts.values())
        step = Stage(on_progress, "composing", total)
        return composed_store(human, checkpoints, counts, seed, critic=sources.critic, on_done=step)

    return PhraseStore.load_or_make(sources.composed, make)


def _further(
    sources: Sources, human: PhraseStore, seed: int, on_progress: ProgressReport
) -> PhraseStore | None:
    if sources.further is None:
        return None

    def make() -> PhraseStore:
        step = Stage(on_progress, "further generators", len(recipes()))
        return written_store(human, _counts(sources.phrases), seed, step)

    return PhraseStore.load_or_make(sources.further, make)


def _counts(train: int) -> dict[str, int]:
    """The number of phrases of each split, from that of the training split."""
    return {"train": train, "validation": train * 3 // 8, "test": train * 5 // 8}
