"""The n-gram baseline: an order-5 token model with interpolated Kneser-Ney smoothing.

It uses the same token language and the same decoder, and is scored on the same tokens as the
transformer, so any difference comes from the model alone.

p_n(w | c) = max(count(c w) - D, 0) / count(c) + D kinds(c) / count(c) p_{n-1}(w | c'), where the
counts of the lower orders are the numbers of different tokens before c w (Kneser & Ney 1995;
Chen & Goodman 1999). D is n1 / (n1 + 2 n2) of each order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY
from data_prep.corpus.store import PhraseStore
from models.training.tasks import Task, allowed_transpositions
from violin.errors import CorpusError

_BITS = 10  # of a token in a packed n-gram
assert len(VOCABULARY) <= 1 << _BITS
_DISCOUNT_BOUNDS = (0.1, 0.95)

Codes = NDArray[np.uint64]


@dataclass(frozen=True)
class _Order:
    """The n-grams of one order: packed and sorted, with their counts and the sums per context."""

    grams: Codes
    counts: NDArray[np.float64]
    contexts: Codes
    totals: NDArray[np.float64]
    kinds: NDArray[np.float64]
    discount: float


class NgramModel:
    """The n-gram model; its longest n-grams have `order` tokens."""

    language = 1
    follows_plans = False

    def __init__(self, orders: Sequence[_Order]) -> None:
        self._orders = tuple(orders)

    @classmethod
    def fit(cls, sequences: Sequence[NDArray[np.int16]], order: int = 5) -> NgramModel:
        """Count the n-grams of some token sequences."""
        highest = [_packed(sequence, order) for sequence in sequences]
        grams, raw = np.unique(np.concatenate(highest), return_counts=True)
        counts = raw.astype(np.float64)
        orders = [_order(grams, counts)]
        for length in range(order - 1, 0, -1):
            # In a lower order, an n-gram's count is the number of distinct tokens before it.
            tails = grams & np.uint64((1 << _BITS * length) - 1)
            starts = [_packed(sequence[:length], length) for sequence in sequences]
            tails = np.concatenate([tails, np.unique(np.concatenate(starts))])
            grams, raw = np.unique(tails, return_counts=True)
            counts = raw.astype(np.float64)
            orders.insert(0, _order(grams, counts))
        return cls(orders)

    @property
    def order(self) -> int:
        return len(self._orders)

    def log_probabilities(self, tokens: NDArray[np.int16]) -> NDArray[np.float64]:
        """float64[L - 1]: the natural log probability of each token after the first."""
        chances = np.full(len(tokens) - 1, 1.0 / len(VOCABULARY))
        for length, order in enumerate(self._orders, start=1):
            if len(tokens) < length:
                break
            grams = _packed(tokens, length)
            grams = grams[1:] if length == 1 else grams
            contexts = grams >> np.uint64(_BITS)
            totals, kinds = _found(order.contexts, contexts, order.totals, order.kinds)
            (counts,) = _found(order.grams, grams, order.counts)
            at = slice(max(length - 2, 0), None)
            chances[at] = _mixed(counts, totals, kinds, order.discount, chances[at])
        return np.log(chances)

    def distribution(self, recent: NDArray[np.int64]) -> NDArray[np.float64]:
        """float64[V]: the probability of each next token after some recent ones."""
        chances = np.full(len(VOCABULARY), 1.0 / len(VOCABULARY))
        for length, order in enumerate(self._orders, start=1):
            if len(recent) < length - 1:
                break
            context = 0
            for token in recent[len(recent) - length + 1 :].tolist():
                context = context << _BITS | token
            totals, kinds = _found(order.contexts, np.array([context], np.uint64), order.totals, order.kinds)
            first, last = np.searchsorted(
                order.grams, np.array([context << _BITS, context + 1 << _BITS], np.uint64)
            )
            counts = np.zeros(len(VOCABULARY))
            counts[(order.grams[first:last] & np.uint64((1 << _BITS) - 1)).astype(np.int64)] = order.counts[
                first:last
            ]
            chances = _mixed(counts, totals, kinds, order.discount, chances)
        return chances

    def session(self, prompts: Sequence[Encoded], guidance: float = 1.0) -> NgramSession:
        return NgramSession(self, prompts)


class NgramSession:
    """Rows composed by the n-gram model; see `models.generation.sampling.Session`."""

    def __init__(self, model: NgramModel, prompts: Sequence[Encoded]) -> None:
        self._model = model
        self._keep = model.order - 1
        self._recent = [prompt.tokens[-self._keep :].astype(np.int64) for prompt in prompts]
        self.ready: NDArray[np.bool_] = np.ones(len(prompts), np.bool_)

    def first_logits(self) -> NDArray[np.float32]:
        return self._logits(np.ones(len(self._recent), np.bool_))

    def next_logits(
        self, tokens: NDArray[np.int64], channels: NDArray[np.int16], active: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        for row in np.flatnonzero(active):
            self._recent[row] = np.append(self._recent[row], tokens[row])[-self._keep :]
        return self._logits(active)

    def _logits(self, active: NDArray[np.bool_]) -> NDArray[np.float32]:
        logits = np.zeros((len(active), len(VOCABULARY)), np.float32)
        for row in np.flatnonzero(active):
            logits[row] = np.log(self._model.distribution(self._recent[row]))
        return logits


def _packed(tokens: NDArray[np.int16], length: int) -> Codes:
    """Every run of `length` tokens as one number, uint64[L - length + 1]."""
    wide = tokens.astype(np.uint64)
    count = len(wide) - length + 1
    packed = np.zeros(max(count, 0), np.uint64)
    for place in range(length):
        packed = packed << np.uint64(_BITS) | wide[place : place + len(packed)]
    return packed


def _order(grams: Codes, counts: NDArray[np.float64]) -> _Order:
    contexts, first = np.unique(grams >> np.uint64(_BITS), return_index=True)
    once, twice = np.count_nonzero(counts == 1), np.count_nonzero(counts == 2)
    discount = once / (once + 2 * twice) if once else 0.5
    kinds = np.diff(np.append(first, len(grams))).astype(np.float64)
    totals = np.add.reduceat(counts, first)
    return _Order(grams, counts, contexts, totals, kinds, float(np.clip(discount, *_DISCOUNT_BOUNDS)))


def _found(keys: Codes, wanted: Codes, *columns: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Each column at the wanted keys, 0 where a key is absent."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    there = keys[place] == wanted
    return [np.where(there, column[place], 0.0) for column in columns]


def _mixed(
    counts: NDArray[np.float64],
    totals: NDArray[np.float64],
    kinds: NDArray[np.float64],
    discount: float,
    lower: NDArray[np.float64],
) -> NDArray[np.float64]:
    safe = np.maximum(totals, 1.0)
    mixed: NDArray[np.float64] = (np.maximum(counts - discount, 0.0) + discount * kinds * lower) / safe
    return np.where(totals > 0, mixed, lower)


def fitted_ngram(store: PhraseStore, order: int = 5) -> NgramModel:
    """The n-gram model, fitted on the training phrases in every transposition that the composer is
    trained on.

    Each sequence has the challenge's layout: the given bars first, the middle last.
    """
    phrases = store.select("train")
    return NgramModel.fit(
        [
            Task(stored.phrase, 1, 1, stored.composer, semitones=shift).encoded().tokens
            for stored in phrases
            for shift in allowed_transpositions(stored.phrase)
        ],
        order,
    )


@lru_cache(maxsize=1)
def ngram_of_store(store: str | Path, order: int) -> NgramModel:
    """The model of a store's training phrases; it is cached for the next call."""
    store = Path(store)
    found = PhraseStore.load(store)
    if not found.select("train"):
        raise CorpusError(f"{store}: no training phrase to count n-grams of")
    return fitted_ngram(found, order)
