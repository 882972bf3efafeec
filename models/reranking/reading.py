"""The critic's features of a reading: what the composer's own network computes when it reads an answer.

The shipped composer reads an answer from its given beginning on, without knowing the ending or a plan. An
infilling transformer has the ending in its prompt, where its notes seem likely in any case; read in this way,
bars that do not lead into the ending surprise, and so does the ending after them. The features are

surprise   figures of the information content of each choice in nats (Pearce 2005, "The construction and
           evaluation of statistical models of melodic structure"), by part and field
states     means of the last layer's states over the composed bars and over the ending, and their standard
           deviations over the composed bars
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.language.tokenizer import Encoded, Facts, encode
from models.generation.request import Request
from violin.music import Phrase

PARTS = ("composed", "ending")
FIELDS = ("place", "pitch", "length")
FIGURES: dict[str, str] = {
    "mean": "mean surprise of the part's choices of this field, in nats",
    "spread": "its standard deviation",
    "greatest": "the greatest surprise",
    "top_tenth": "the mean of the greatest tenth, one choice at least",
    "expected": "share of choices below .1 nat",
    "unexpected": "share of choices above 3 nats",
    "entropy": "mean surprise that the composer itself expects, in nats",
    "excess": "mean surprise minus that",
}
SURPRISES: tuple[str, ...] = tuple(
    f"{part}_{field}_{figure}" for part in PARTS for field in FIELDS for figure in FIGURES
)
_EXPECTED_NATS, _UNEXPECTED_NATS = 0.1, 3.0

Floats = NDArray[np.float64]


def measure(requests: Sequence[Request], phrases: Sequence[Phrase]) -> Floats:
    """float64[n, 48 + 3 x dim]: the features of answers, `SURPRISES` first, for a network of width dim;
    `phrases[i]` answers `requests[i]`. NaN where a part has none, such as the ending of a phrase without
    one."""
    from models.generation.engine import loaded_model
    from models.generation.model import one_thread
    from models.generation.transformer.nested_model import CachedNestedModel

    model = loaded_model()
    assert isinstance(model.net, CachedNestedModel)  # the shipped weights are nested
    rows = []
    with one_thread():
        for request, phrase in zip(requests, phrases, strict=True):
            # One row at a time, so that a value depends on no other row.
            reading = model.net.middle_reading(_row(request, phrase, model.language))
            composed_bars = phrase.bars - request.pair.ending_bars
            in_ending = reading.bar > composed_bars
            figures = [
                _figures(reading.nats[some], reading.entropy[some])
                for is_ending in (False, True)
                for field in range(len(FIELDS))
                for some in [(reading.field == field) & (in_ending == is_ending)]
            ]
            ending = reading.state_bar > composed_bars
            composed = reading.state_bar > request.pair.beginning_bars
            states = _mean_and_spread(reading.states[composed & ~ending])
            rows.append(np.concatenate([*figures, *states, _mean_and_spread(reading.states[ending])[0]]))
    return np.reshape(rows, (len(phrases), len(SURPRISES) + 3 * model.net.config.dim))


def _figures(nats: Floats, entropy: Floats) -> Floats:
    if not len(nats):
        return np.full(len(FIGURES), np.nan)
    top = np.sort(nats)[-max(1, len(nats) // 10) :]
    return np.array(
        [
            nats.mean(),
            nats.std(),
            nats.max(),
            top.mean(),
            (nats < _EXPECTED_NATS).mean(),
            (nats > _UNEXPECTED_NATS).mean(),
            entropy.mean(),
            nats.mean() - entropy.mean(),
        ]
    )


def _mean_and_spread(states: Floats) -> tuple[Floats, Floats]:
    if not len(states):
        missing = np.full(states.shape[1], np.nan)
        return missing, missing
    return states.mean(axis=0), states.std(axis=0)


def _row(request: Request, phrase: Phrase, language: int) -> Encoded:
    facts = Facts() if language > 1 else None
    return encode(phrase.on_grid(), request.composer, request.pair.beginning_bars, 0, facts=facts)
