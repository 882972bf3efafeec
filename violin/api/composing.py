"""Compose phrases: the generation room's `compose` for one pair, phrase or nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from violin.api.reading import Source, read_pair
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, Key, Meter, Phrase
from violin.pair import Pair, free_pair


@dataclass(frozen=True)
class Answer:
    """A composed phrase; `bits_per_note` is how surprising its middle was to the model (None: unknown),
    `given_bars` the bars of beginning and ending that were given and come back unchanged."""

    phrase: Phrase
    composer: str
    variation: int
    bits_per_note: float | None
    given_bars: tuple[int, int]

    def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write the phrase by the path's suffix, with the given bars shaded in pictures."""
        return self.phrase.save(path, **{"given_bars": self.shaded_bars, **options})

    @property
    def shaded_bars(self) -> tuple[int, ...]:
        """The given bars, counted from 0."""
        first, last = self.given_bars
        return (*range(first), *range(self.phrase.bars - last, self.phrase.bars))

    def _repr_html_(self) -> str:
        from violin.api.notebook import phrase_html

        return phrase_html(self.phrase, self.shaded_bars)


def compose(
    pair: Pair | Phrase | Source | None = None,
    *,
    composer: str = "bach",
    bars: int | Literal["auto"] | None = None,
    n: int = 1,
    candidates: int = 1,
    seed: int = 1,
    meter: Meter | None = None,
    key: Key | None = None,
    tempo_bpm: float | None = None,
    **settings: Any,
) -> list[Answer]:
    """`n` answers to a given pair, or whole phrases where `pair` is None.

    `pair` is a Pair, a phrase or a file with a beginning and an ending; `composer` a slug;
    `bars` the length of the whole phrase (8 to 16; None: the pair's own, else 8). Each answer is the best
    of `candidates`.
    `meter`, `key` and `tempo_bpm` are for phrases without a pair. Further settings are those of
    `models.compose.ComposeSettings`: density, lowest, highest, hardest, temperature, guidance,
    rhythm, weights, device, int8. The same arguments give the same phrases. PairError, SettingsError or
    WeightsError (all ViolinError) where it cannot be done.
    """
    from models.compose import ComposeSettings
    from models.compose import compose as compose_pairs

    if pair is None:
        tempo = round(60e6 / tempo_bpm) if tempo_bpm else DEFAULT_TEMPO_US_PER_BEAT
        name, given = "phrase", free_pair(meter or Meter(), key or Key(), tempo)
    else:
        if meter or key or tempo_bpm:
            raise TypeError("meter, key and tempo_bpm are for phrases without a pair; a pair has its own")
        given = pair if isinstance(pair, Pair) else read_pair(pair)
        name = Path(given.name).stem
    chosen = ComposeSettings(
        composers=(composer,), bars=bars, variations=n, candidates=candidates, seed=seed, **settings
    )
    return [
        Answer(
            one.answer.phrase,
            composer,
            one.variation,
            one.answer.bits_per_note,
            (given.beginning_bars, given.ending_bars),
        )
        for one in compose_pairs([(name, given)], chosen)
    ]
