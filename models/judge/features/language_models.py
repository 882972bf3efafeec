"""n-gram language models of human lines, small enough to ship and fully vectorised.

A viewpoint (Conklin & Witten, JNMR 24/1, 1995; see `viewpoints`) maps a line to tokens, each with a
base context. Orders are interpolated with the method of Witten & Bell
(IEEE Trans. Information Theory 37/4, 1991):

    P_k(w | h) = (c(h, w) + T(h) · P_{k-1}(w | h')) / (c(h) + T(h))

with c the counts, T the number of different tokens seen after h, and P_{-1} uniform. Each viewpoint
has one table of contexts of all orders under 32-bit hashes. With half a million contexts, one
unseen context in ten thousand collides with another, which has no visible effect on the features.
The table stores counts under hashes, never music.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.judge.features.measures import Array
from models.judge.features.viewpoints import VIEWPOINTS, Tokens, Viewpoint

_MIX = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xBF58476D1CE4E5B9)
_TOKEN_BITS, _TOKEN_MASK = np.uint64(16), np.uint64(0xFFFF)
_ROWS_AT_ONCE = 2_048  # distributions of a few hundred numbers each


class Reading(NamedTuple):
    """A model's statistics of a sequence, in nats, float64[n] each: `nll` of each token at the full
    order, `nll_short` at order 1, `matched` the longest order (as a share) whose n-gram was seen;
    if the distribution is computed: `entropy`, `variance` of the surprise, `rank` of the token from 0."""

    nll: Array
    nll_short: Array
    matched: Array
    entropy: Array
    variance: Array
    rank: Array


@dataclass(frozen=True, eq=False)
class ViewpointModel:
    """The tokens seen after each context, contexts in ascending order of their hashes.

    `context_key` uint32[contexts]; context i was followed by `kinds[i]` different tokens. `token`
    and `count` hold them context by context, tokens ascending. `kinds`, `token` and `count` are of
    the narrowest unsigned types: in 64 bits the shipped models would take three times the memory.
    """

    viewpoint: Viewpoint
    context_key: NDArray[np.uint32]
    kinds: Array
    token: Array
    count: Array

    @classmethod
    def fit(cls, viewpoint: Viewpoint, parts: Iterable[Tokens]) -> ViewpointModel:
        """Fit a model: count the n-grams of many sequences."""
        contexts, tokens = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
        for part in parts:
            hashes = _context_hashes(part, viewpoint)
            contexts.append(hashes.ravel())
            tokens.append(np.repeat(part.tokens, viewpoint.order + 1))
        context = _short(np.concatenate(contexts)).astype(np.uint64)
        return cls._of(viewpoint, *np.unique(_gram(context, np.concatenate(tokens)), return_counts=True))

    @classmethod
    def joined(cls, models: Sequence[ViewpointModel]) -> ViewpointModel:
        """The model of the joint data of some models of one viewpoint."""
        grams, place = np.unique(np.concatenate([model._grams() for model in models]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([model.count for model in models]), len(grams))
        return cls._of(models[0].viewpoint, grams, counts.astype(np.int64))

    @classmethod
    def _of(cls, viewpoint: Viewpoint, grams: Array, count: Array) -> ViewpointModel:
        """From ascending n-grams and their counts."""
        key, kinds = np.unique((grams >> _TOKEN_BITS).astype(np.uint32), return_counts=True)
        return cls(viewpoint, key, narrow(kinds), narrow(grams & _TOKEN_MASK), narrow(count))

    @cached_property
    def _start(self) -> NDArray[np.uint32]:
        """The index in `token` where each context begins."""
        start = np.zeros(len(self.kinds), np.uint32)
        np.cumsum(self.kinds[:-1], dtype=np.uint32, out=start[1:])
        return start

    @cached_property
    def _total(self) -> NDArray[np.uint32]:
        """The count of each context: c(h)."""
        if len(self.count) == 0:
            return np.zeros(0, np.uint32)
        return np.add.reduceat(self.count, self._start, dtype=np.uint32)

    @cached_property
    def _numbers(self) -> Array:
        """The number (see `_numbered`) of each n-gram, ascending, for lookup."""
        return self._numbered(np.repeat(np.arange(len(self.kinds)), self.kinds), self.token)

    def _numbered(self, place: Array, token: Array) -> Array:
        """The context's index and the token as one number. It takes half the bytes of `_gram`."""
        number = (place * self.viewpoint.alphabet + token).astype(np.uint64)
        most = len(self.kinds) * self.viewpoint.alphabet
        return number.astype(np.uint32) if most < 1 << 32 else number

    def _grams(self) -> NDArray[np.uint64]:
        """Context and token of each n-gram packed into one number, ascending; the same in all models."""
        return _gram(np.repeat(self.context_key, self.kinds).astype(np.uint64), self.token)

    def read(self, parts: Sequence[Tokens]) -> list[Reading]:
        """The model's statistics of some sequences in one call, because the overhead of a call costs as
        much as a hundred tokens. The distribution at each place is computed if the viewpoint
        requests it."""
        both = _joined(parts)
        tokens = both.tokens
        hashes = _short(np.concatenate([_context_hashes(part, self.viewpoint) for part in parts]))
        place, known = self._places(hashes)
        total = np.where(known, self._total[place], 0) if known.any() else np.zeros(known.shape)
        kinds = np.where(known, self.kinds[place], 0) if known.any() else np.zeros(known.shape)
        seen = self._seen(both, place, known)
        chance = np.full(len(tokens), 1.0 / self.viewpoint.alphabet)
        short = chance
        for order in range(self.viewpoint.order + 1):
            chance = _interpolated(seen[:, order], total[:, order], kinds[:, order], chance)
            if order == 1:
                short = chance
        rows = np.zeros((6, len(tokens)))
        rows[0], rows[1] = -np.log(chance), -np.log(short)
        rows[2] = (seen > 0).sum(axis=1) / (self.viewpoint.order + 1)
        if self.viewpoint.whole:
            for first in range(0, len(tokens), _ROWS_AT_ONCE):
                some = slice(first, first + _ROWS_AT_ONCE)
                rows[3:, some] = _spread(self._table(place[some], known[some]), tokens[some])
        ends = np.cumsum([len(part.tokens) for part in parts])[:-1]
        return [Reading(*part) for part in np.split(rows, ends, axis=1)]

    def distribution(self, part: Tokens) -> Array:
        """P(token) at each place given the preceding tokens: float64[n, alphabet]; rows sum to 1."""
        return self._table(*self._places(_short(_context_hashes(part, self.viewpoint))))

    def _table(self, place: Array, known: Array) -> Array:
        table = np.full((len(place), self.viewpoint.alphabet), 1.0 / self.viewpoint.alphabet)
        for order in range(self.viewpoint.order + 1):
            rows = np.flatnonzero(known[:, order])
            if len(rows) == 0:
                continue
            context = place[rows, order]
            kinds = self.kinds[context].astype(np.int64)
            weight = 1.0 / (self._total[context] + kinds)
            table[rows] *= (kinds * weight)[:, None]
            # Indices in `token` of the tokens of all these contexts, concatenated.
            ends = np.cumsum(kinds)
            inside = np.arange(ends[-1]) - np.repeat(ends - kinds, kinds)
            where = np.repeat(self._start[context], kinds) + inside
            table[np.repeat(rows, kinds), self.token[where]] += self.count[where] * np.repeat(weight, kinds)
        return table

    def _places(self, key: Array) -> tuple[Array, Array]:
        """Index of each context, [n, order + 1], and whether it was ever seen."""
        if len(self.context_key) == 0:
            return np.zeros(key.shape, np.int64), np.zeros(key.shape, bool)
        place = np.minimum(np.searchsorted(self.context_key, key), len(self.context_key) - 1)
        return place, self.context_key[place] == key

    def _seen(self, part: Tokens, place: Array, known: Array) -> Array:
        """The count of each token after each of its contexts: c(h, w), [n, order + 1]."""
        if not known.any():
            return np.zeros(known.shape)
        number = self._numbered(place, part.tokens[:, None])
        where = np.minimum(np.searchsorted(self._numbers, number), len(self._numbers) - 1)
        return np.where(known & (self._numbers[where] == number), self.count[where], 0)


def narrow(counts: Array) -> Array:
    """Numbers from 0 in the narrowest unsigned type that holds them."""
    most = int(counts.max()) if len(counts) else 0
    return counts.astype(np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32)


def _spread(table: Array, tokens: Array) -> Array:
    """The entropy of each distribution, the variance of its surprise and the rank of the actual
    token: float64[3, n], from [n, alphabet] and the n tokens."""
    surprise = -np.log(table)
    entropy = (table * surprise).sum(axis=1)
    variance = np.maximum((table * surprise**2).sum(axis=1) - entropy**2, 0)
    own = table[np.arange(len(table)), tokens]
    return np.stack([entropy, variance, (table > own[:, None] * (1 + 1e-9)).sum(axis=1)])


def _joined(parts: Sequence[Tokens]) -> Tokens:
    return Tokens(*(np.concatenate(column) for column in zip(*parts, strict=True)))


LanguageModels = Mapping[str, ViewpointModel]


def fit_models(parts: Sequence[Mapping[str, Tokens]]) -> dict[str, ViewpointModel]:
    """One model per viewpoint, from the sequences of many lines."""
    return {
        view.name: ViewpointModel.fit(view, [of_line[view.name] for of_line in parts]) for view in VIEWPOINTS
    }


def _interpolated(seen: Array, total: Array, kinds: Array, shorter: Array) -> Array:
    known = total > 0
    longer = (seen + kinds * shorter) / np.where(known, total + kinds, 1.0)
    return np.where(known, longer, shorter)


def _context_hashes(part: Tokens, viewpoint: Viewpoint) -> Array:
    """uint64[n, order + 1]: the hash of the base and the k tokens before each place. Places before
    the beginning have the token `alphabet`."""
    count = len(part.tokens)
    padded = np.concatenate([np.full(viewpoint.order, viewpoint.alphabet, np.int64), part.tokens])
    hashes = np.empty((count, viewpoint.order + 1), np.uint64)
    current = _mixed(np.full(count, 17, np.uint64), part.base)
    hashes[:, 0] = current
    for back in range(1, viewpoint.order + 1):
        current = _mixed(current, padded[viewpoint.order - back : viewpoint.order - back + count])
        hashes[:, back] = current
    return hashes


def _gram(context: Array, token: Array) -> Array:
    return (context << _TOKEN_BITS) | token.astype(np.uint64)


def _mixed(state: Array, value: Array) -> Array:
    """One round of a multiply-xorshift mixer (Steele, Lea & Flood, SplitMix, OOPSLA 2014)."""
    mixed = (state ^ (value.astype(np.uint64) + np.uint64(1))) * _MIX
    mixed ^= mixed >> np.uint64(29)
    mixed *= _STIR
    mixed ^= mixed >> np.uint64(32)
    return mixed


def _short(hashes: Array) -> NDArray[np.uint32]:
    return (hashes >> np.uint64(32)).astype(np.uint32)
