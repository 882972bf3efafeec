"""Controllability: whether answers keep the requested range, difficulty tier, number of bars,
density and the organisers' vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from constraints.language.vocabulary import DENSITY_CLASSES
from models.generation.infill import infill
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from violin.challenge import MAX_BARS, MIN_BARS, SLUGS
from violin.instrument import Tier, is_readable, tier
from violin.music import Phrase, sounding_sets
from violin.pair import Pair


@dataclass(frozen=True, slots=True)
class Obedience:
    """How many of `answers` met one request."""

    request: str
    obeyed: int
    answers: int


def obedience(
    model: ComposerModel, pairs: Sequence[Pair], lowest: int, highest: int, seed: int = 1
) -> list[Obedience]:
    """Make each request for every pair. Only the composed bars are checked, not the given ones."""
    found = []

    def ask(request: str, options: SamplingOptions, bars: int, obeys: Callable[[Phrase], bool]) -> None:
        requests = [
            Request(replace(pair, bars=None), SLUGS[index % len(SLUGS)], bars, (index,))
            for index, pair in enumerate(pairs)
        ]
        answers = infill(model, requests, options)
        middles = [_middle(one.phrase, pair) for one, pair in zip(answers, pairs, strict=True)]
        found.append(Obedience(request, sum(map(obeys, middles)), len(middles)))

    plain = SamplingOptions(seed=seed)
    ask(
        f"range {lowest} to {highest}",
        replace(plain, lowest=lowest, highest=highest),
        MIN_BARS,
        lambda middle: all(lowest <= note.pitch <= highest for note in middle.notes),
    )
    for hardest in (Tier.EASY, Tier.WIDE, Tier.VIRTUOSO):

        def easy_enough(middle: Phrase, hardest: Tier = hardest) -> bool:
            return all(tier(pitches) <= hardest for _, pitches in sounding_sets(middle.notes) if pitches)

        ask(f"at most {hardest.name.lower()}", replace(plain, hardest=hardest), MIN_BARS, easy_enough)
    ask(
        "the organisers' vocabulary",
        plain,
        MIN_BARS,
        lambda middle: all(is_readable(pitches) for _, pitches in sounding_sets(middle.notes) if pitches),
    )
    for bars in range(MIN_BARS, MAX_BARS + 1):

        def as_long(middle: Phrase, bars: int = bars) -> bool:
            return middle.bars == bars

        ask(f"{bars} bars", plain, bars, as_long)
    return found


def density_means(model: ComposerModel, pairs: Sequence[Pair], seed: int = 1) -> list[float]:
    """Mean onsets per beat of the composed bars for each density class, from few notes to many."""
    means = []
    for density in range(DENSITY_CLASSES):
        requests = [
            Request(replace(pair, bars=None), SLUGS[index % len(SLUGS)], MIN_BARS, (index,))
            for index, pair in enumerate(pairs)
        ]
        options = SamplingOptions(seed=seed, density=density)
        answers = infill(model, requests, options)
        means.append(
            float(
                np.mean([_onsets_a_beat(one.phrase, pair) for one, pair in zip(answers, pairs, strict=True)])
            )
        )
    return means


def _middle(phrase: Phrase, pair: Pair) -> Phrase:
    """The answer with only its composed notes."""
    start, end = _bounds(phrase, pair)
    notes = tuple(note for note in phrase.notes if start <= note.onset_ticks < end)
    return replace(phrase, notes=notes)


def _onsets_a_beat(phrase: Phrase, pair: Pair) -> float:
    start, end = _bounds(phrase, pair)
    onsets = {note.onset_ticks for note in _middle(phrase, pair).notes}
    return len(onsets) * phrase.ticks_per_beat / (end - start)


def _bounds(phrase: Phrase, pair: Pair) -> tuple[int, int]:
    return pair.beginning_bars * phrase.bar_ticks, (phrase.bars - pair.ending_bars) * phrase.bar_ticks
