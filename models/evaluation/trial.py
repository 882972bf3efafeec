"""Evaluates the composer: its answers to the outer bars of unseen human phrases are compared with
the baselines' answers and with the human middles, under every metric of the project.

The reranked answers (best of several, `models.reranking.mixture`) are composed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from data_prep.corpus.store import PhraseStore
from models.evaluation.bits_per_note import composer_fits, model_bits, ngram_bits, tasks_of
from models.evaluation.plan_following import measured_table
from models.evaluation.report import (
    GIVEN_BARS,
    Comparison,
    Writer,
    chosen_phrases,
    compare,
    fit_table,
    form_table,
    texts,
    writer,
)
from models.evaluation.report_sections import (
    nearness_table,
    novelty_table,
    relations_table,
    style_table,
    two_sample_table,
)
from models.evaluation.style_classifier import style_hits
from models.generation.baselines import copy_of_the_beginning
from models.generation.engine import Engine, TrainedComposer
from models.generation.guards.standard import standard_guards
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from models.judge import weights as judge_weights
from models.judge.evaluation.two_sample import TwoSampleFigures, examples_of, figures, out_of_fold
from models.judge.features.examples import Examples
from models.ngram import NgramModel, fitted_ngram
from models.novelty import shipped_index
from models.reranking.mixture import Mixture
from violin.challenge import SLUGS
from violin.music import Phrase

_ALONE = "transformer"
_UNGUARDED = "without guards"


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings: the split, the number of phrases per composer for the bits per note and for the
    answers, the mixture that chooses among candidates, an earlier checkpoint to compare with, and
    the sampling options."""

    split: str = "validation"
    per_composer: int = 100
    answers_per_composer: int = 100
    mixture: Mixture | None = None
    weights: Path | None = None
    checkpoint: Path | None = None
    options: SamplingOptions = field(default_factory=SamplingOptions)


@dataclass(frozen=True)
class Report:
    """The result: Markdown text, and the data for its figure."""

    text: str
    comparison: Comparison
    two_sample: Mapping[str, TwoSampleFigures]


def trial(store: PhraseStore, terms: Terms, on_done: Callable[[str], None] = lambda name: None) -> Report:
    """Run the whole evaluation. `on_done` is called with the name of each finished step."""
    model = ComposerModel.load(terms.weights, "cpu")
    ngram = fitted_ngram(store)
    phrases = chosen_phrases(store, terms.split, terms.per_composer)
    fits = composer_fits(tasks_of(phrases, model.language), model_bits(model), ngram_bits(ngram))
    on_done("bits per note")
    own = [
        stored
        for stored in chosen_phrases(store, terms.split, terms.answers_per_composer, seed=1)
        if stored.composer in SLUGS
    ]
    comparison = compare(own, _writers(model, ngram, fitted_ngram(store, 2), terms), on_done)
    rows = judged_rows(comparison)
    two_sample = {name: figures(examples, out_of_fold(examples)) for name, examples in rows.items()}
    on_done("a two-sample test")
    shown = best_name(terms.mixture) if terms.mixture else _ALONE
    sections = [
        "# The composer on unseen works",
        f"Weights: {_facts(model)}. Split: {terms.split}. Bits per note: {len(phrases)} phrases. Answers: "
        f"the outer bars of {len(own)} phrases by the eight composers, {GIVEN_BARS} bar on each side, key "
        f"and composer as in the source. Sampling: temperature {terms.options.temperature:g}, min-p "
        f"{terms.options.min_p:g}, guidance {terms.options.guidance:g}, relation bonus "
        f"{terms.options.relation_bonus:g}, approach bonus {terms.options.approach_bonus:g}, "
        f"barline bonus {terms.options.barline_bonus:g}. "
        + (f"Choice: {terms.mixture.identity}." if terms.mixture else ""),
        "## Bits per note of the middle bars",
        fit_table(fits),
        "The n-gram is interpolated Kneser-Ney of order 5 on the same tokens, fitted on the training "
        "phrases in every key. `gain`: how many fewer bits the model needs than the n-gram. `own`: with the "
        "token of the phrase's composer; `null`: without one; `wrong`: with another composer's (mean). If "
        "the tokens carry style, `own` is the smallest and `wrong` the largest.",
        "## A classifier two-sample test",
        "For each writer a judge is trained to tell its answers from the human phrases, and measured on "
        "works left out (five folds of whole works). AUC .5 means that it finds no difference. "
        "Intervals: bootstrap over works.",
        two_sample_table(two_sample),
        "## Distance to human music",
        "Distances from answers to human phrases, compared with distances among human phrases (mgeval, "
        "Yang & Lerch 2020): the overlapping area, 1 at best, and in brackets the Kullback-Leibler "
        "divergence. First mgeval's nine basic features, then features of structure. Below them the "
        "Fréchet distance of the judge's features and the share of distinct runs of four steps. "
        "`human halves` compares one half of the human works with the other.",
        nearness_table(comparison, rows),
        "## Style of the inner bars",
        "How often a classifier of human music names the intended composer.",
        style_table(style_hits(store, comparison.human, _worth_judging(comparison), GIVEN_BARS)),
        "## Form of the answers",
        "Medians. In brackets: for the human phrases the 10th and 90th percentiles, for a writer the share "
        "of its answers between these two.",
        form_table(comparison),
        "## How the composed bars relate to the given ones",
        "Means over the answers. If a figure is 0 or 1 for each answer, its mean is the share of answers.",
        relations_table(comparison),
    ]
    if model.follows_plans:
        sections += [
            "## The plan before the notes",
            "Bits per note of the middle bars: without a plan, of the notes when the phrase's own plan is "
            "given, and of that plan. Then how often the bars of single answers follow their plan.",
            measured_table(model, own),
        ]
    sections += [
        "## Novelty",
        "Inner bars compared with the training music, in any key. SIM@90 is the share of phrases that copy "
        "more than the 90th percentile of human validation phrases.",
        novelty_table(shipped_index(), comparison),
        f"## Answers as text: {shown}",
        texts(comparison, shown),
    ]
    return Report("\n\n".join(sections), comparison, two_sample)


def judged_rows(comparison: Comparison) -> dict[str, Examples]:
    """For each writer, the human phrases and the answers as rows of judge features."""
    knowledge = judge_weights.load(judge_weights.SHIPPED).knowledge
    return {
        name: examples_of(comparison.human, answers, knowledge)
        for name, answers in comparison.answers.items()
    }


def best_name(mixture: Mixture) -> str:
    return f"best of {mixture.candidates}"


def best_of(mixture: Mixture, composer: Engine) -> Writer:
    """A writer that answers with the best of several candidates, as `violin submit --candidates` does."""

    def write(requests: Sequence[Request]) -> list[Phrase]:
        numbers = range(mixture.candidates)
        asked = [replace(request, key=(*request.key, number)) for request in requests for number in numbers]
        answers = composer.answer(asked)
        grouped = [
            answers[start : start + mixture.candidates]
            for start in range(0, len(answers), mixture.candidates)
        ]
        picks = mixture.pick(requests, grouped)
        return [group[pick.index].phrase for pick, group in zip(picks, grouped, strict=True)]

    return write


def _writers(model: ComposerModel, ngram: NgramModel, markov: NgramModel, terms: Terms) -> dict[str, Writer]:
    writers: dict[str, Writer] = {_ALONE: writer(model, terms.options, standard_guards)}
    if terms.mixture:
        composer = TrainedComposer(terms.weights, terms.options.temperature)
        writers[best_name(terms.mixture)] = best_of(terms.mixture, composer)
    writers[_UNGUARDED] = writer(model, terms.options, None)
    if terms.checkpoint:
        writers["earlier checkpoint"] = writer(
            ComposerModel.load(terms.checkpoint, "cpu"), terms.options, standard_guards
        )
    alone = replace(terms.options, guidance=1.0)
    writers["n-gram"] = writer(ngram, alone, None)
    writers["Markov"] = writer(markov, alone, None)
    writers["copy of the beginning"] = copy_of_the_beginning
    return writers


def _worth_judging(comparison: Comparison) -> Mapping[str, Sequence[Phrase]]:
    return {name: answers for name, answers in comparison.answers.items() if name != _UNGUARDED}


def _facts(model: ComposerModel) -> str:
    facts = model.weights.facts.items()
    return ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in facts if not isinstance(value, dict)
    )
