"""The composer's report: fit, style tokens, and the form of answers compared with humans and
baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.evaluation.bits_per_note import ComposerFit, pooled
from models.form import FIGURES, seam_leaps
from models.generation.guards.standard import GuardMaker
from models.generation.infill import infill
from models.generation.request import Request
from models.generation.sampling import LanguageModel, SamplingOptions
from violin.music import Note, Phrase, pitch_name
from violin.pair import outer_pair

GIVEN_BARS = 1
_BAND = (10, 90)  # percentiles of human phrases

_MEASURES: Mapping[str, Callable[[Phrase], float]] = {
    **FIGURES,
    "leap into the middle": lambda phrase: float(seam_leaps(phrase, GIVEN_BARS, GIVEN_BARS)[0]),
    "leap into the ending": lambda phrase: float(seam_leaps(phrase, GIVEN_BARS, GIVEN_BARS)[1]),
}

Writer = Callable[[Sequence[Request]], list[Phrase]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Human phrases and, for each writer, the answers to their outer bars, in the same order."""

    human: list[StoredPhrase]
    answers: Mapping[str, list[Phrase]]


def chosen_phrases(store: PhraseStore, split: str, per_composer: int, seed: int = 0) -> list[StoredPhrase]:
    """At most `per_composer` phrases of each composer of a split, drawn with a seed."""
    random = np.random.default_rng(seed)
    names = sorted({stored.composer for stored in store.select(split)})
    chosen = []
    for name in names:
        mine = store.select(split, name)
        chosen += [mine[index] for index in sorted(random.permutation(len(mine))[:per_composer])]
    return chosen


def writer(
    model: LanguageModel,
    options: SamplingOptions,
    guards: GuardMaker | None,
) -> Writer:
    """A writer that answers with a single unranked sample of a model."""

    def write(requests: Sequence[Request]) -> list[Phrase]:
        return [found.phrase for found in infill(model, requests, options, guards=guards)]

    return write


def compare(
    phrases: Sequence[StoredPhrase],
    writers: Mapping[str, Writer],
    on_done: Callable[[str], None] = lambda name: None,
) -> Comparison:
    """Answers of each writer to the outer bars of human phrases."""
    requests = [
        Request(
            outer_pair(stored.phrase, GIVEN_BARS, GIVEN_BARS), stored.composer, stored.phrase.bars, (index,)
        )
        for index, stored in enumerate(phrases)
    ]
    answers = {}
    for name, write in writers.items():
        answers[name] = write(requests)
        on_done(name)
    return Comparison(list(phrases), answers)


def fit_table(fits: Sequence[ComposerFit]) -> str:
    lines = [
        "| composer | phrases | notes | n-gram | own token | null | wrong | gain |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for fit in (*fits, pooled(fits)):
        parts = (fit.ngram, fit.own, fit.null, fit.wrong)
        bits = " | ".join(f"{part.bits_per_note:.3f}" for part in parts)
        lines.append(f"| {fit.composer} | {fit.own.phrases} | {fit.own.notes} | {bits} | {fit.gain:.1%} |")
    return "\n".join(lines)


def form_table(comparison: Comparison) -> str:
    """The median of each metric, and the share of phrases inside its human band."""
    names = list(comparison.answers)
    lines = [
        f"| figure | human | {' | '.join(names)} |",
        f"| --- | ---: | {' | '.join('---:' for _ in names)} |",
    ]
    inside = {name: inside_shares(comparison, name) for name in names}
    for figure, measure in _MEASURES.items():
        human = np.array([measure(stored.phrase) for stored in comparison.human])
        low, high = np.percentile(human, _BAND)
        cells = [f"{np.median(human):.3g} ({low:.3g}-{high:.3g})"]
        for name in names:
            found = [measure(phrase) for phrase in comparison.answers[name]]
            cells.append(f"{np.median(found):.3g} ({inside[name][figure]:.0%})")
        lines.append(f"| {figure} | {' | '.join(cells)} |")
    return "\n".join(lines)


def inside_shares(comparison: Comparison, name: str) -> dict[str, float]:
    """For each metric of form, the share of a writer's answers inside the human band."""
    shares = {}
    for figure, measure in _MEASURES.items():
        low, high = np.percentile([measure(stored.phrase) for stored in comparison.human], _BAND)
        found = np.array([measure(phrase) for phrase in comparison.answers[name]])
        shares[figure] = float(((found >= low) & (found <= high)).mean())
    return shares


def texts(comparison: Comparison, name: str, most: int = 20) -> str:
    """Some answers of a writer as text, evenly spaced over all answers."""
    found = list(zip(comparison.human, comparison.answers[name], strict=True))
    step = max(1, len(found) // most)
    return "\n\n".join(_text(stored, phrase) for stored, phrase in found[::step][:most])


def _text(stored: StoredPhrase, phrase: Phrase) -> str:
    """One phrase as text: one line per bar, each onset as its notes and its duration in beats."""
    lines = [f"**{stored.composer}**, outer bars of {stored.work_id}, {phrase.key}, {phrase.meter}", "```"]
    by_onset: dict[int, list[Note]] = {}
    for note in phrase.notes:
        by_onset.setdefault(note.onset_ticks, []).append(note)
    for bar in range(phrase.bars):
        words = []
        for onset in sorted(by_onset):
            if onset // phrase.bar_ticks == bar:
                beats = by_onset[onset][0].duration_ticks / phrase.ticks_per_beat
                names = "+".join(pitch_name(note.pitch) for note in by_onset[onset])
                words.append(f"{names}:{beats:.3g}")
        given = bar < GIVEN_BARS or bar >= phrase.bars - GIVEN_BARS
        lines.append(f"{bar + 1:>2} {'given' if given else '     '} {' '.join(words)}")
    return "\n".join([*lines, "```"])
