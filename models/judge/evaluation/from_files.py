"""`evaluate_judge`: the evaluation of stores and folders, as `violin evaluate judge` does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from data_prep.corpus.store import PhraseStore
from models.judge.evaluation.evaluate import evaluate
from models.judge.evaluation.figures import foreign_figures
from models.judge.evaluation.foreign import systems
from models.judge.evaluation.records import Evaluation, Scored
from models.judge.evaluation.validation import ValidationFigures, validate
from models.judge.features.canonical import Line
from models.judge.features.measures import Array
from models.judge.score import OPEN, SELF_NEGATIVES, Judge
from models.judge.training.cache import FeatureCache
from models.judge.training.fit import Plan, prepare
from models.judge.training.negatives import FAMILIES
from models.judge.training.negatives.family import Family
from models.judge.training.sources import own_works
from violin.challenge import SLUGS
from violin.progress import ProgressReport, Stage, no_report

_QUICK_STEPS = 15
_STEPS, _OPEN_STEPS = 60, 20  # about the number of measured folds and left-out families


@dataclass(frozen=True)
class Inputs:
    """What is evaluated.

    `data` is a phrase store of human music; `own_works_only` leaves out composers other than the eight.
    `composed` is a store of phrases by our composer, `further` one by the further generators. `foreign` is a
    folder of other systems' output (see `systems`), scored with the judge of `weights` (None: the shipped
    one).
    """

    data: Path
    own_works_only: bool = False
    composed: Path | None = None
    further: Path | None = None
    foreign: Path | None = None
    weights: Path | None = None


def evaluate_judge(
    inputs: Inputs,
    plan: Plan,
    *,
    families: Sequence[Family] = FAMILIES,
    at_once: bool = False,
    families_only: bool = False,
    cache: Path | None = None,
    workers: int = 1,
    on_progress: ProgressReport = no_report,
) -> tuple[Evaluation, Scored]:
    """All figures, and the scores that they are computed from. `families` are those made from human phrases;
    `at_once` leaves out three of them at a time; `families_only` is as in `evaluate`; `cache` is a folder for
    measured features.

    Raises CorpusError if a store cannot be read or holds too little music.
    """
    composed, further = (
        PhraseStore.load(place) if place else None for place in (inputs.composed, inputs.further)
    )
    step = Stage(on_progress, "measuring", _STEPS + _OPEN_STEPS * (further is not None))
    human = PhraseStore.load(inputs.data)
    if inputs.own_works_only:
        human = own_works(human)
    features = FeatureCache(cache)
    prepared = prepare(
        human, plan, families, composed=composed, further=further, test=True, cache=features,
        workers=workers, on_step=step,
    )  # fmt: skip
    result, scored = evaluate(
        prepared, plan, at_once=at_once, families_only=families_only, cache=features, workers=workers,
        on_step=step,
    )  # fmt: skip
    if inputs.foreign is not None:
        human_scores = np.mean(list(scored.human.values()), axis=0)
        result = replace(result, foreign=foreign_by_mode(inputs.foreign, inputs.weights, human_scores))
    return result, scored


def validate_judge(
    inputs: Inputs,
    plan: Plan,
    repetition: str,
    *,
    families: Sequence[Family] = FAMILIES,
    cache: Path | None = None,
    workers: int = 1,
    on_progress: ProgressReport = no_report,
) -> tuple[ValidationFigures, Mapping[str, Mapping[str, Mapping[str, float]]]]:
    """The quick figures of `validate`, and those of the foreign systems as in `Evaluation`. The further
    generators of the inputs are not used."""
    step = Stage(on_progress, "measuring", _QUICK_STEPS)
    human = PhraseStore.load(inputs.data)
    if inputs.own_works_only:
        human = own_works(human)
    composed = PhraseStore.load(inputs.composed) if inputs.composed else None
    features = FeatureCache(cache)
    prepared = prepare(
        human, plan, families, composed=composed, cache=features, workers=workers, on_step=step
    )
    figures = validate(prepared, plan, repetition, cache=features, workers=workers, on_step=step)
    foreign = foreign_by_mode(inputs.foreign, inputs.weights, figures.human) if inputs.foreign else {}
    return figures, foreign


def foreign_by_mode(
    folder: Path, weights: Path | None, human: Array
) -> dict[str, dict[str, dict[str, float]]]:
    """mode -> system -> figure, for the systems of a folder and the modes of the judge of a weight file.
    `human` are the scores of our human test phrases."""
    found = list(systems(folder))
    rows = {}
    for mode in (SELF_NEGATIVES, OPEN):
        try:
            judge = Judge.load(weights, mode)
        except ValueError:
            continue  # a judge without that mode
        machine = {system.name: _probabilities(judge, system.lines) for system in found}
        control = {system.name: _probabilities(judge, system.control) for system in found if system.control}
        rows[mode] = foreign_figures(machine, human, control)
    return rows


def _probabilities(judge: Judge, lines: Sequence[Line]) -> Array:
    """The probability of each line. The systems name no composer, so the eight take turns."""
    return judge.probabilities_of(lines, [SLUGS[index % len(SLUGS)] for index in range(len(lines))])
