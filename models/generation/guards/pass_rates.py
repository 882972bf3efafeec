"""How many human phrases the guards let pass: the measurement behind their limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from constraints.language.tokenizer import encode
from constraints.language.vocabulary import VOCABULARY
from models.generation.density import density_of_given
from models.generation.guards.density_guard import DensityGuard, suggested_band
from models.generation.guards.repetition_guard import LIMITS, RepetitionGuard
from models.generation.guards.sparse_bar_guard import SparseBarGuard, bar_limit
from models.generation.request import Request
from models.generation.sampling import Guard
from violin.music import Phrase
from violin.pair import outer_pair

_NO_LIMIT = 10_000  # onsets
_MIDDLE = 3  # the part of an encoded phrase that is composed


def pass_rates(phrases: Sequence[Phrase], given_bars: int = 1) -> dict[str, float]:
    """The share of human phrases on the 48-tick grid in whose middle no token is excluded, for each
    guard and for all together. `given_bars` are given on each side."""
    requests = [Request(outer_pair(phrase, given_bars, given_bars), None, phrase.bars) for phrase in phrases]
    tokens = [_middle_tokens(phrase, given_bars) for phrase in phrases]
    passed = {name: _passes(guard(requests), tokens) for name, guard in _GUARDS.items()}
    together = np.all(list(passed.values()), axis=0)
    return {**{name: float(np.mean(each)) for name, each in passed.items()}, "all": float(together.mean())}


def _one_period(period: int) -> Callable[[Sequence[Request]], Guard]:
    limits = [limit if index == period else _NO_LIMIT for index, limit in enumerate(LIMITS, start=1)]
    return lambda requests: RepetitionGuard(
        [request.pair.beginning_on_grid() for request in requests], limits
    )


_GUARDS: Mapping[str, Callable[[Sequence[Request]], Guard]] = {
    f"one note more than {LIMITS[0]} times": _one_period(1),
    f"two notes alternating more than {LIMITS[1]} times": _one_period(2),
    f"three notes in turn more than {LIMITS[2]} times": _one_period(3),
    "bars with one onset or none": lambda requests: SparseBarGuard(
        [bar_limit(request.pair) for request in requests],
        [request.pair.meter.bar_ticks() for request in requests],
    ),
    "density far from the given bars": lambda requests: DensityGuard(
        [suggested_band(density_of_given(request.pair)) for request in requests],
        [request.pair.meter.bar_ticks() for request in requests],
    ),
}


def _middle_tokens(phrase: Phrase, given_bars: int) -> np.ndarray:
    encoded = encode(phrase, None, given_bars, given_bars)
    return encoded.tokens[encoded.part == _MIDDLE].astype(np.int64)[1:]  # without MID


def _passes(guard: Guard, rows: Sequence[np.ndarray]) -> np.ndarray:
    """bool[rows]: whether the guard allows every token of the row."""
    passes = np.ones(len(rows), dtype=bool)
    for step in range(max(map(len, rows))):
        tokens = np.array([row[step] if step < len(row) else VOCABULARY.PAD for row in rows])
        mask = np.ones((len(rows), len(VOCABULARY)), dtype=bool)
        guard.restrict(mask)
        passes &= mask[np.arange(len(rows)), tokens]
        guard.advance(tokens)
    return passes
