"""The composer's report: fit, style tokens, form of the answers beside human phrases and opponents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data_prep.store import PhraseStore, StoredPhrase
from models.evaluation import (
    ComposerFit,
    composer_fits,
    fitted_ngram,
    model_bits,
    ngram_bits,
    pooled,
    tasks_of,
)
from models.form import FIGURES, seam_leaps
from models.infill import ComposerModel, InfillRequest, infill
from models.sampling import LanguageModel, SamplingOptions
from violin.music import Note, Phrase, pitch_name
from violin.pair import Pair, answer

GIVEN_BARS = 1
_BAND = (10, 90)  # percentiles of human phrases


@dataclass(frozen=True, slots=True)
class Comparison:
    """Human phrases and, for each writer, the answers to their outer bars, in the same order."""

    human: list[StoredPhrase]
    answers: Mapping[str, list[Phrase]]


def chosen_phrases(store: PhraseStore, split: str, per_composer: int, seed: int = 0) -> list[StoredPhrase]:
    """At most `per_composer` phrases of each composer of a split, drawn by a seed."""
    random = np.random.default_rng(seed)
    names = sorted({stored.composer for stored in store.select(split)})
    chosen = []
    for name in names:
        mine = store.select(split, name)
        chosen += [mine[index] for index in sorted(random.permutation(len(mine))[:per_composer])]
    return chosen


def given_pair(phrase: Phrase) -> Pair:
    """The first and the last bar of a phrase as a given pair; what sounds into the gap is held."""
    last = (phrase.bars - GIVEN_BARS) * phrase.bar_ticks
    return Pair(
        beginning=tuple(
            Note(note.onset_ticks, note.pitch, min(note.end_ticks, last) - note.onset_ticks)
            for note in phrase.notes
            if note.onset_ticks < GIVEN_BARS * phrase.bar_ticks
        ),
        beginning_bars=GIVEN_BARS,
        ending=tuple(note.shifted(-last) for note in phrase.notes if note.onset_ticks >= last),
        ending_bars=GIVEN_BARS,
        bars=phrase.bars,
        meter=phrase.meter,
        key=phrase.key,
        tempo_us_per_beat=phrase.tempo_us_per_beat,
        velocity=phrase.velocity,
        ticks_per_beat=phrase.ticks_per_beat,
    )


def compare(
    phrases: Sequence[StoredPhrase],
    writers: Mapping[str, LanguageModel],
    options: SamplingOptions,
    on_done: Callable[[], None] = lambda: None,
) -> Comparison:
    """Answers of each writer, and of the one that copies the beginning over and over."""
    pairs = [given_pair(stored.phrase) for stored in phrases]
    requests = [
        InfillRequest(pair, stored.composer, stored.phrase.bars, (index,))
        for index, (pair, stored) in enumerate(zip(pairs, phrases, strict=True))
    ]
    answers = {
        name: infill(model, requests, options, lambda index, phrase: on_done())
        for name, model in writers.items()
    }
    answers["copy of the beginning"] = [
        answer(pair, stored.phrase.bars, _copied(pair, stored.phrase.bars))
        for pair, stored in zip(pairs, phrases, strict=True)
    ]
    return Comparison(list(phrases), answers)


def report(
    store: PhraseStore,
    model: ComposerModel,
    *,
    split: str = "validation",
    per_composer: int = 100,
    answers_per_composer: int = 20,
    options: SamplingOptions | None = None,
    on_done: Callable[[], None] = lambda: None,
) -> str:
    """The report as markdown."""
    options = options or SamplingOptions()
    ngram = fitted_ngram(store)
    phrases = chosen_phrases(store, split, per_composer)
    fits = composer_fits(tasks_of(phrases), model_bits(model), ngram_bits(ngram))
    some = chosen_phrases(store, split, answers_per_composer, seed=1)
    comparison = compare(some, {"transformer": model, "n-gram": ngram}, options, on_done)
    facts = ", ".join(
        f"{name.replace('_', ' ')} {value}"
        for name, value in model.weights.facts.items()
        if not isinstance(value, dict)
    )
    return "\n\n".join(
        [
            "# The composer on unseen works",
            f"Weights: {facts}. Split: {split}; {len(phrases)} phrases, one bar given on each side, "
            "key and composer as in the source. Opponent: interpolated Kneser-Ney, order "
            f"{ngram.order}, over the same tokens, fitted on the training phrases in every key.",
            "## Bits per note of the middle bars",
            fit_table(fits),
            "`gain` is how far the model lies below the n-gram. A token that tells a style makes "
            "`own` smaller than `null`, and `wrong` (the mean over the other composers) larger.",
            "## Form of the answers",
            f"{len(some)} phrases. Medians; in brackets the share of phrases inside the human "
            f"{_BAND[0]}-{_BAND[1]} % band of the same phrases.",
            form_table(comparison),
            "## Answers as text",
            "\n\n".join(_text(stored, found) for stored, found in _shown(comparison)),
        ]
    )


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
    names = list(comparison.answers)
    lines = [
        f"| figure | human | {' | '.join(names)} |",
        f"| --- | ---: | {' | '.join('---:' for _ in names)} |",
    ]
    human_phrases = [stored.phrase for stored in comparison.human]
    measures: dict[str, Callable[[Phrase], float]] = dict(FIGURES)
    measures["leap into the middle"] = lambda phrase: float(seam_leaps(phrase, GIVEN_BARS, GIVEN_BARS)[0])
    measures["leap into the ending"] = lambda phrase: float(seam_leaps(phrase, GIVEN_BARS, GIVEN_BARS)[1])
    for name, figure in measures.items():
        human = np.array([figure(phrase) for phrase in human_phrases])
        low, high = np.percentile(human, _BAND)
        cells = [f"{np.median(human):.3g} ({low:.3g}-{high:.3g})"]
        for writer in names:
            found = np.array([figure(phrase) for phrase in comparison.answers[writer]])
            inside = ((found >= low) & (found <= high)).mean()
            cells.append(f"{np.median(found):.3g} ({inside:.0%})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _copied(pair: Pair, bars: int) -> tuple[Note, ...]:
    """The beginning's bars again and again, cut at the ending; grid ticks from the middle's start."""
    bar_ticks = pair.meter.bar_ticks()
    middle_ticks = (bars - pair.beginning_bars - pair.ending_bars) * bar_ticks
    period = pair.beginning_bars * bar_ticks
    notes = []
    for start in range(0, middle_ticks, period):
        for note in pair.beginning:
            onset = start + note.onset_ticks
            duration = min(note.end_ticks, period) - note.onset_ticks
            if onset < middle_ticks:
                notes.append(Note(onset, note.pitch, min(duration, middle_ticks - onset)))
    held = pair.held_at_middle
    return tuple(note for note in notes if not held or note.onset_ticks >= bar_ticks)


def _shown(comparison: Comparison, most: int = 20) -> list[tuple[StoredPhrase, Phrase]]:
    found = list(zip(comparison.human, comparison.answers["transformer"], strict=True))
    step = max(1, len(found) // most)
    return found[::step][:most]


def _text(stored: StoredPhrase, phrase: Phrase) -> str:
    """One phrase as text: a line a bar, each onset as its beat and notes."""
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
