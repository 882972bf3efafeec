"""Whether answers of a blend lie between those of its composers, by the model's own likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constraints.language.tokenizer import Facts, encode
from models.compose import ComposeSettings, compose, composer_model
from models.generation.model import one_thread
from violin.music import Phrase
from violin.pair import Pair

_PARTS = 4
_BATCH = 32


@dataclass(frozen=True, slots=True)
class Lean:
    """How much nearer answers in one style are to the first composer than to the second.

    bits    bits per note of the composed bars under the second composer's token minus those under the
            first's: mean over the answers, and `error`, its standard error
    same    share of answers with exactly the notes of those in the first style
    """

    style: str
    bits: float
    error: float
    same: float


def blend_leans(
    pairs: Sequence[Pair], first: str, second: str, weights: Path | None = None, seed: int = 1
) -> list[Lean]:
    """The lean of answers in the first style, in three blends, and in the second style."""
    blends = [f"{_PARTS - part}{first}+{part}{second}" for part in range(1, _PARTS)]
    plain = None
    leans = []
    for style in (first, *blends, second):
        settings = ComposeSettings((style,), seed=seed, weights=weights)
        music = [(str(index), pair) for index, pair in enumerate(pairs)]
        phrases = [one.answer.phrase.on_grid() for one in compose(music, settings)]
        plain = plain or phrases
        costs = [_bits(phrases, pairs, slug, settings) for slug in (first, second)]
        lean = costs[1] - costs[0]
        same = np.mean([one.notes == other.notes for one, other in zip(phrases, plain, strict=True)])
        error = np.std(lean, ddof=1) / np.sqrt(len(lean))
        leans.append(Lean(style, float(lean.mean()), float(error), float(same)))
    return leans


def _bits(
    phrases: Sequence[Phrase], pairs: Sequence[Pair], slug: str, settings: ComposeSettings
) -> NDArray[np.float64]:
    """Bits per note of the middles under one composer's token."""
    model = composer_model(settings)
    facts = Facts("solo") if model.language > 1 else None
    rows = [
        encode(phrase, slug, pair.beginning_bars, pair.ending_bars, facts=facts)
        for phrase, pair in zip(phrases, pairs, strict=True)
    ]
    with one_thread():
        nats = np.concatenate(
            [
                model.net.middle_nats(rows[start : start + _BATCH]).cpu().numpy()
                for start in range(0, len(rows), _BATCH)
            ]
        )
    notes = [
        len(phrase.notes) - len(pair.beginning) - len(pair.ending)
        for phrase, pair in zip(phrases, pairs, strict=True)
    ]
    found: NDArray[np.float64] = nats / np.log(2) / np.maximum(notes, 1)
    return found
