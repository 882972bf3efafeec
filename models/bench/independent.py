"""How well independent features separate human phrases from first answers, and from the best of several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data_prep.corpus.store import PhraseStore
from models.generation.model import ComposerModel, one_thread
from models.generation.sampling import SamplingOptions
from models.judge.evaluation.independent import LONG_BARS, IndependentFigures, independent_figures
from models.reranking.candidates import GIVEN_BARS, composed_candidates, drawn_phrases
from models.reranking.mixture import Mixture

FIRST = "first"


@dataclass(frozen=True, slots=True)
class Terms:
    """The split, the number of human phrases, the seed."""

    split: str = "test"
    pairs: int = 700
    seed: int = 0


def independent_test(
    store: PhraseStore,
    weights: Path | None,
    mixture: Mixture,
    terms: Terms,
    on_done: Callable[[str], None] = lambda name: None,
) -> dict[str, IndependentFigures]:
    """The figures of the first answers to the outer bars of unseen phrases, and of the best of several by
    the mixture. `weights` None: the shipped ones. `on_done` gets the name of each finished step."""
    phrases = drawn_phrases(store, terms.split, terms.pairs, terms.seed)
    with one_thread():
        model = ComposerModel.load(weights, "cpu")
        candidates = composed_candidates(
            phrases, model, mixture.candidates, SamplingOptions(seed=terms.seed + 1)
        )
    on_done("answers")
    picks = mixture.pick(candidates.requests, candidates.answers)
    best = [answers[pick.index].phrase for answers, pick in zip(candidates.answers, picks, strict=True)]
    first = [answers[0].phrase for answers in candidates.answers]
    found = {}
    for name, kept in ((FIRST, first), (f"best of {mixture.candidates}", best)):
        human, works = [stored.phrase for stored in phrases], [stored.work_group for stored in phrases]
        found[name] = independent_figures(human, kept, works, GIVEN_BARS, terms.seed)
        on_done(name)
    return found


def independent_table(found: dict[str, IndependentFigures]) -> str:
    """The figures as a Markdown table."""
    any_one = next(iter(found.values()))
    short = any_one.phrases - any_one.long_phrases
    lines = [
        f"| AUC | {any_one.phrases} phrases | {short} of at most {LONG_BARS} bars | "
        f"{any_one.long_phrases} longer |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, one in found.items():
        lines.append(f"| {name} | {one.pooled} | {one.short or ''} | {one.long or ''} |")
    return "\n".join(lines)
