"""Compares the first answers of several weights to the same outer bars, on works that they were not trained
on.

Measured are bits per note, how well classifiers separate the answers from the human phrases, the metrics
of `models.bar_relations`, copies, and the difference between several answers to one pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from statistics import fmean, pstdev

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.bar_relations import mean_figures
from models.evaluation.novelty_report import report_novelty
from models.evaluation.plan_following import PlanFit, plan_fit
from models.generation.guards.standard import guard_maker
from models.generation.infill import infill
from models.generation.model import ComposerModel, one_thread
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from models.generation.variations import difference
from models.judge import weights as judge_weights
from models.judge.classifier.calibration import Interval
from models.judge.evaluation.two_sample import examples_of, figures, out_of_fold
from models.judge.training.leave_out import bootstrap_auc
from models.novelty import shipped_index
from models.planning.weights import load_planner
from models.reranking.candidates import GIVEN_BARS, composed_candidates, drawn_phrases, requests_of
from models.reranking.tuning import cross_fitted
from violin.music import Phrase

VARIED_PAIRS = 12
_FIRST, _VARIED = 7, 8  # added to the seed for the first answers and for the variations


@dataclass(frozen=True, slots=True)
class Terms:
    """The split, the number of pairs, the variations of each of the first `VARIED_PAIRS` pairs, the trees of
    the classifiers on the judge's features, and the seed."""

    split: str = "validation"
    pairs: int = 250
    variations: int = 16
    trees: int = 100
    seed: int = 0


@dataclass(frozen=True)
class Measured:
    """The figures of one model's answers, or of human phrases. Those that human phrases lack are None.

    by_judge_features, by_relations   AUC of classifiers of human against answer, fitted on other works, on
                 the judge's features and on those of `models.reranking.relations`
    relations    the means of `models.bar_relations.FIGURES`
    sim_90, half_copied   see `models.evaluation.novelty_report`
    unguarded_sim_90, unguarded_half_copied   the same of answers composed without the copy guard
    difference   mean of `models.generation.variations.difference` over two variations of one pair
    onsets_spread   standard deviation of the onsets a composed bar over the variations of one pair
    """

    relations: dict[str, float]
    sim_90: float
    half_copied: float
    fit: PlanFit | None = None
    by_judge_features: Interval | None = None
    by_relations: Interval | None = None
    difference: float | None = None
    onsets_spread: float | None = None
    unguarded_sim_90: float | None = None
    unguarded_half_copied: float | None = None


def measure_answers(
    store: PhraseStore,
    weights: Sequence[Path | None],
    terms: Terms,
    on_done: Callable[[str], None] = lambda name: None,
) -> dict[str, Measured]:
    """The figures of the human phrases and of each weight file (None: the shipped weights), by name."""
    phrases = drawn_phrases(store, terms.split, terms.pairs, terms.seed)
    human = [stored.phrase for stored in phrases]
    found = {"human": Measured(mean_figures(human), *_copies(human))}
    for path in weights:
        name = "shipped" if path is None else str(path)
        with one_thread():
            found[name] = _measured(ComposerModel.load(path, "cpu"), phrases, terms)
        on_done(name)
    return found


def _measured(model: ComposerModel, phrases: Sequence[StoredPhrase], terms: Terms) -> Measured:
    candidates = composed_candidates(phrases, model, 1, SamplingOptions(seed=terms.seed + _FIRST))
    answers = [each[0].phrase for each in candidates.answers]
    examples = examples_of(phrases, answers, judge_weights.load(judge_weights.SHIPPED).knowledge)
    scores = out_of_fold(examples, trees=terms.trees)
    human, answered = cross_fitted(*candidates.relations(), candidates.works, terms.seed)
    return Measured(
        mean_figures(answers),
        *_copies(answers),
        plan_fit(model, load_planner(), phrases) if model.follows_plans else None,
        figures(examples, scores).pooled,
        bootstrap_auc(human, candidates.works, answered[:, 0], candidates.works, terms.seed),
        *_spread(model, requests_of(phrases)[:VARIED_PAIRS], terms),
        *_copies(_unguarded(model, requests_of(phrases), terms)),
    )


def _unguarded(model: ComposerModel, requests: Sequence[Request], terms: Terms) -> list[Phrase]:
    """The first answers without the copy guard, with the same random numbers and the other guards."""
    asked = [replace(request, key=(*request.key, 0)) for request in requests]
    options = SamplingOptions(seed=terms.seed + _FIRST)
    return [found.phrase for found in infill(model, asked, options, guards=guard_maker("off"))]


def _copies(phrases: Sequence[Phrase]) -> tuple[float, float]:
    """(SIM@90, share that is half copied)."""
    named = [(str(index), phrase) for index, phrase in enumerate(phrases)]
    report = report_novelty(shipped_index(), named, GIVEN_BARS)
    return report.sim_90, report.half_copied


def _spread(model: ComposerModel, requests: Sequence[Request], terms: Terms) -> tuple[float, float]:
    """(mean difference of two variations, standard deviation of the onsets a bar), means over the pairs."""
    count = terms.variations
    asked = [replace(each, key=(*each.key, number)) for each in requests for number in range(count)]
    answers = [found.phrase for found in infill(model, asked, SamplingOptions(seed=terms.seed + _VARIED))]
    differences, spreads = [], []
    for place, request in enumerate(requests):
        varied = answers[place * count : (place + 1) * count]
        bars = range(GIVEN_BARS, request.bars - GIVEN_BARS)
        differences.append(fmean(difference(one, other, bars) for one, other in combinations(varied, 2)))
        spreads.append(pstdev(_onsets_a_bar(phrase, bars) for phrase in varied))
    return fmean(differences), fmean(spreads)


def _onsets_a_bar(phrase: Phrase, bars: range) -> float:
    onsets = {note.onset_ticks for note in phrase.notes if note.onset_ticks // phrase.bar_ticks in bars}
    return len(onsets) / len(bars)


def answers_table(measured: dict[str, Measured]) -> str:
    """The figures as a Markdown table, one column per model."""
    columns = list(measured.values())
    rows: list[tuple[str, list[str]]] = [
        ("bits per note, without a plan", [_number(one.fit.without if one.fit else None) for one in columns]),
        (
            "bits per note, given the phrase's plan",
            [_number(one.fit.given if one.fit else None) for one in columns],
        ),
        ("AUC by the judge's features", [str(one.by_judge_features or "") for one in columns]),
        ("AUC by the relations of bars", [str(one.by_relations or "") for one in columns]),
    ]
    for name in columns[0].relations:
        rows.append((name, [_number(one.relations[name]) for one in columns]))
    rows += [
        ("SIM@90", [_number(one.sim_90) for one in columns]),
        ("half copied", [_number(one.half_copied) for one in columns]),
        ("SIM@90 without the copy guard", [_number(one.unguarded_sim_90) for one in columns]),
        ("half copied without the copy guard", [_number(one.unguarded_half_copied) for one in columns]),
        ("difference of two variations", [_number(one.difference) for one in columns]),
        ("spread of onsets a bar over variations", [_number(one.onsets_spread) for one in columns]),
    ]
    lines = [f"| figure | {' | '.join(measured)} |", "| --- |" + " ---: |" * len(columns)]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
