"""Whether answers for a composer are nearest to that composer's own music.

The same pairs are answered for every composer, so what all answers share comes from the pairs. The
distance between the answers for one composer and the music of another is the energy distance over
features of intervals, durations, scale degrees, register, density and stops
(`models.evaluation.standin_style`), minus its mean over the requested composers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_prep.corpus.stand_ins import training_phrases
from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.evaluation.standin_style import energy_distance, style_features
from models.evaluation.style_classifier import inner_bars
from models.generation.infill import infill
from models.generation.request import Request
from models.generation.sampling import LanguageModel, SamplingOptions
from models.reranking.candidates import GIVEN_BARS
from violin.challenge import SLUGS
from violin.music import Phrase
from violin.pair import outer_pair

Floats = NDArray[np.float64]
FEWEST_PHRASES = 20


@dataclass(frozen=True, slots=True)
class StyleDistances:
    """float64[C, C]: row: the requested composer; column: whose music; smaller is nearer, and
    0 is the mean over the rows of a column."""

    composers: tuple[str, ...]
    table: Floats

    def nearest(self) -> list[str]:
        """For each requested composer, whose music the answers are nearest to."""
        return [self.composers[place] for place in self.table.argmin(axis=1)]

    def own_nearest(self) -> int:
        return sum(one == two for one, two in zip(self.composers, self.nearest(), strict=True))


def style_distances(
    answers: Mapping[str, Sequence[Phrase]], music: Mapping[str, Sequence[Phrase]]
) -> StyleDistances:
    """The distances of each composer's answers to the music of all. Both hold whole phrases with
    `GIVEN_BARS` given bars on each side, of which the inner bars count; ValueError if they are not of
    the same composers."""
    if set(answers) != set(music):
        raise ValueError(f"answers of {sorted(answers)} and music of {sorted(music)}; legal: the same")
    composers = tuple(sorted(music))
    human = {name: _rows(music[name]) for name in composers}
    scale = np.concatenate(list(human.values())).std(axis=0) + 1e-6
    table = np.array([
        [energy_distance(rows, human[name], scale) for name in composers]
        for rows in (_rows(answers[name]) for name in composers)
    ])  # fmt: skip
    return StyleDistances(composers, table - table.mean(axis=0))


def music_by_composer(store: PhraseStore, most: int = 400, seed: int = 0) -> dict[str, list[Phrase]]:
    """At most `most` phrases of each of the eight composers, of all splits. A composer with fewer than
    `FEWEST_PHRASES` gets those of his stand-ins as well, and is left out if they are still too few.
    """
    random = np.random.default_rng(seed)
    found = {}
    for slug in SLUGS:
        own = store.select(None, slug)
        if len(own) < FEWEST_PHRASES:
            own = [stored for stored, _ in training_phrases(store, slug, None)]
        if len(own) >= FEWEST_PHRASES:
            places = sorted(random.permutation(len(own))[:most].tolist())
            found[slug] = [own[place].phrase for place in places]
    return found


def answers_by_composer(
    model: LanguageModel,
    phrases: Sequence[StoredPhrase],
    composers: Sequence[str],
    options: SamplingOptions,
    on_done: Callable[[], None] = lambda: None,
) -> dict[str, list[Phrase]]:
    """An answer to the outer bars of each phrase for each composer, with the same random key."""
    requests = [
        Request(outer_pair(stored.phrase, GIVEN_BARS, GIVEN_BARS), name, stored.phrase.bars, (place,))
        for name in composers
        for place, stored in enumerate(phrases)
    ]
    found = infill(model, requests, options, on_done=lambda index, answer: on_done())
    count = len(phrases)
    return {
        name: [one.phrase for one in found[start : start + count]]
        for name, start in zip(composers, range(0, len(found), count), strict=True)
    }


def distances_table(found: StyleDistances) -> str:
    """The distances as a table in Markdown, the least of each row in bold."""
    lines = [
        f"| answers for | {' | '.join(found.composers)} |",
        f"| --- |{' ---: |' * len(found.composers)}",
    ]
    for name, row in zip(found.composers, found.table, strict=True):
        cells = [f"**{value:.3f}**" if value == row.min() else f"{value:.3f}" for value in row]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", f"own music nearest: {found.own_nearest()} of {len(found.composers)}"])


def _rows(phrases: Sequence[Phrase]) -> Floats:
    """float64[N, F] of the inner bars of the phrases that have enough notes there."""
    inner = [inner_bars(phrase.on_grid(), GIVEN_BARS) for phrase in phrases]
    return np.array([style_features(one) for one in inner if one is not None])
