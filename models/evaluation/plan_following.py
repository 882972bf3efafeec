"""The value of a plan: bits per note including the plan's bits, and how well answers follow the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from constraints.language.plan_codes import DENSITY, DISTANCE, FIRST, REGISTER, RELATION, SECOND, codes_of
from data_prep.corpus.store import StoredPhrase
from models.evaluation.bits_per_note import fit_of, model_bits, tasks_of
from models.generation.infill import infill
from models.generation.model import ComposerModel, one_thread
from models.generation.request import Answer, Request
from models.planning.codes import plan_codes
from models.planning.network import PlanNetwork, PlanTask, plan_batch, plan_bits
from models.planning.weights import load_planner
from violin.errors import WeightsError
from violin.pair import outer_pair

_FIELDS = {
    "chords": (FIRST, SECOND),
    "relations": (RELATION, DISTANCE),
    "density": (DENSITY,),
    "register": (REGISTER,),
}


@dataclass(frozen=True, slots=True)
class PlanFit:
    """Bits per note of the middle bars: of the notes without a plan, of the notes given the phrase's own
    plan, and of that plan. The notes determine the plan, so `whole` is an upper bound of the model's bits
    for them."""

    notes: int
    without: float
    given: float
    plan: float

    @property
    def whole(self) -> float:
        return self.given + self.plan


def plan_fit(model: ComposerModel, writer: PlanNetwork, phrases: Sequence[StoredPhrase]) -> PlanFit:
    """The figures of human phrases, one bar given on each side, with the composer's own token."""
    tasks = tasks_of(phrases, model.language)
    planned = [task.with_own_plan() for task in tasks]
    score = model_bits(model)
    without, given = fit_of(tasks, score), fit_of(planned, score)
    plans = [
        PlanTask(task.plan, task.beginning_bars, task.ending_bars, task.phrase.meter, task.composer)
        for task in planned
        if task.plan is not None
    ]
    bits = float(plan_bits(writer, plan_batch(plans)).sum())
    return PlanFit(given.notes, without.bits_per_note, given.bits_per_note, bits / max(given.notes, 1))


def followed(requests: Sequence[Request], answers: Sequence[Answer]) -> dict[str, float]:
    """The share of the composed bars (halves, for chords) whose music agrees with the answer's plan, by
    "chords", "relations", "density" and "register". Open fields of a plan are not counted."""
    hits: dict[str, list[bool]] = {name: [] for name in _FIELDS}
    for request, answer in zip(requests, answers, strict=True):
        if answer.plan is None:
            continue
        pair = request.pair
        middle = slice(pair.beginning_bars, request.bars - pair.ending_bars)
        wanted = codes_of(answer.plan).bars[middle]
        found = plan_codes(answer.phrase, pair.beginning_bars, pair.ending_bars, key=answer.plan.key)
        same = found.bars[middle] == wanted
        for name, columns in _FIELDS.items():
            is_planned = wanted[:, columns[0]] > 0
            if name == "chords":
                hits[name] += same[:, columns][wanted[:, columns] > 0].tolist()
            else:
                hits[name] += same[is_planned][:, columns].all(axis=1).tolist()
    return {name: float(np.mean(found)) if found else float("nan") for name, found in hits.items()}


def plan_table(fit: PlanFit, shares: dict[str, float]) -> str:
    """The results of `plan_fit` and `followed` as Markdown tables."""
    lines = [
        "| bits per note | without a plan | notes given the plan | the plan | both |",
        "| --- | ---: | ---: | ---: | ---: |",
        f"| {fit.notes} notes | {fit.without:.3f} | {fit.given:.3f} | {fit.plan:.3f} | {fit.whole:.3f} |",
        "",
        f"| composed bars as planned | {' | '.join(shares)} |",
        f"| --- | {' | '.join('---:' for _ in shares)} |",
        f"| share | {' | '.join(f'{share:.0%}' for share in shares.values())} |",
    ]
    return "\n".join(lines)


def measured_table(weights: Path | ComposerModel, phrases: Sequence[StoredPhrase]) -> str:
    """`plan_table` of human phrases and of one answer to the outer bars of each; WeightsError for weights
    that follow no plan."""
    model = weights if isinstance(weights, ComposerModel) else ComposerModel.load(weights, "cpu")
    if not model.follows_plans:
        raise WeightsError(f"{weights}: these weights follow no plan; legal: those of the config 'planned'")
    requests = [
        Request(outer_pair(stored.phrase), stored.composer, stored.phrase.bars, (index,))
        for index, stored in enumerate(phrases)
    ]
    with one_thread():
        fit = plan_fit(model, load_planner(), phrases)
        answers = infill(model, requests)
    return plan_table(fit, followed(requests, answers))
