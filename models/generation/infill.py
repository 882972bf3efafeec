"""The middle bars of given pairs: prompts in, whole phrases out.

`infill` is the one door: it cuts the requests into batches of like length, writes each batch
under the constraint decoder and puts the given notes back exactly. A request's answer depends on
the weights, the options and the request alone, not on what else is asked beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.spec import decode_spec
from constraints.language.tokenizer import Encoded, encode_prompt, middle_of
from constraints.language.vocabulary import VOCABULARY
from models.composer.checkpoint import SHIPPED_WEIGHTS, Weights, load_weights
from models.generation.kv_cache import ROW_MULTIPLE, Cache, CachedComposer
from models.generation.sampling import Drawn, Guard, LanguageModel, Logits, SamplingOptions, row_key, write
from violin.music import Phrase
from violin.pair import Pair, answer

__all__ = ["SHIPPED_WEIGHTS", "Answer", "ComposerModel", "InfillRequest", "infill", "infill_answers"]

_COMPOSER_PLACE = 1  # of the composer's token in the header
_ROOM = 256  # tokens that a cache is first given beyond its longest prompt
_WORTH_MOVING = 0.75  # rows that are left, when the finished ones are worth moving out


@dataclass(frozen=True, slots=True)
class InfillRequest:
    """`bars` is the length of the whole answer; `composer` a slug, "other" or None; `key`, with
    the seed of the options, decides the randomness."""

    pair: Pair
    composer: str | None
    bars: int
    key: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A phrase and what the model thought of its middle."""

    phrase: Phrase
    middle_notes: int
    log_probability: float  # nats, of the middle's tokens
    log_legal: float  # nats, the sum of the logs of the legal shares

    @property
    def bits_per_note(self) -> float:
        return -self.log_probability / np.log(2) / max(self.middle_notes, 1)


class ComposerModel:
    """The trained transformer, ready to write."""

    def __init__(self, weights: Weights, device: str | None = None, int8: bool = False) -> None:
        self.weights = weights
        device = device or ("cuda" if torch.cuda.is_available() and not int8 else "cpu")
        self.net = CachedComposer(weights.tensors, weights.config, len(CHANNEL_SIZES), device, int8)

    @classmethod
    def load(
        cls, path: Path | str | None = None, device: str | None = None, int8: bool = False
    ) -> ComposerModel:
        """Read a weight file; None: the shipped one. WeightsError where it does not fit."""
        return cls(load_weights(Path(path) if path is not None else None), device, int8)

    def session(self, prompts: Sequence[Encoded], guidance: float) -> TransformerSession:
        return TransformerSession(self.net, prompts, guidance)


class TransformerSession:
    """Rows of the transformer; with guidance every row has a second one under the null composer.

    The number of rows computed is always a multiple of `ROW_MULTIPLE`, see `models.generation.kv_cache`.
    """

    def __init__(self, net: CachedComposer, prompts: Sequence[Encoded], guidance: float) -> None:
        self._net, self._guidance = net, guidance
        self._twins = 1 if guidance == 1 else 2
        self._prompts = prompts
        self._lengths = np.array([len(prompt) for prompt in prompts], np.int64)
        # The place of each prompt's row in the cache, twins apart: rows of like length side by side.
        self._place = self._lengths.argsort(kind="stable").argsort()
        self._rows = _whole(len(prompts))
        capacity = int(self._lengths.max()) + _ROOM
        self._cache = Cache(net, self._rows * self._twins, capacity)

    def first_logits(self) -> Logits:
        first: list[NDArray[np.float32]] = []
        read: dict[bytes, int] = {}  # candidates for one answer share their prompt: it is read once
        for row, prompt in enumerate(self._prompts):
            known = read.setdefault(prompt.tokens.tobytes(), row)
            if known < row:
                for twin in range(self._twins):
                    source, place = self._place[[known, row]] + twin * self._rows
                    self._cache.copy(source, place, len(prompt))
                first.append(first[known])
                continue
            tokens = prompt.tokens.astype(np.int64)
            both = [self._read(tokens, prompt.channels, self._place[row])]
            if self._twins == 2:
                tokens[_COMPOSER_PLACE] = VOCABULARY.NULL_COMPOSER
                both.append(self._read(tokens, prompt.channels, self._rows + self._place[row]))
            first.append(np.stack(both))
        return self._guided(np.stack(first, axis=1))

    def next_logits(
        self, tokens: NDArray[np.int64], channels: NDArray[np.int16], active: NDArray[np.bool_]
    ) -> Logits:
        self._fit(active)
        wide = self._rows * self._twins
        rows = np.flatnonzero(active)
        place = np.concatenate([self._place[rows] + twin * self._rows for twin in range(self._twins)])
        shape = (wide, channels.shape[1])
        all_tokens, all_channels = np.zeros(wide, np.int64), np.zeros(shape, np.int64)
        lengths = np.zeros(wide, np.int64)
        all_tokens[place] = np.tile(tokens[rows], self._twins)
        all_channels[place] = np.tile(channels[rows], (self._twins, 1))
        lengths[place] = np.tile(self._lengths[rows], self._twins)
        device = self._net.device
        logits = self._net.step_logits(
            torch.from_numpy(all_tokens).to(device),
            torch.from_numpy(all_channels).to(device),
            torch.from_numpy(lengths).to(device),
            self._cache,
        )
        self._lengths[rows] += 1
        found = np.zeros((len(active), logits.shape[1]), np.float32)
        both = logits.cpu().numpy().reshape(self._twins, self._rows, -1)
        found[rows] = self._guided(both[:, self._place[rows]])
        return found

    def _read(self, tokens: NDArray[np.int64], channels: NDArray[np.int16], row: int) -> Logits:
        self._cache.row = row
        device = self._net.device
        logits: Logits = (
            self._net.sequence_logits(
                torch.from_numpy(tokens)[None].to(device),
                torch.from_numpy(channels.astype(np.int64))[None].to(device),
                self._cache,
            )[0, 0]
            .cpu()
            .numpy()
        )
        return logits

    def _guided(self, both: NDArray[np.float32]) -> Logits:
        """float32[twins, N, V] -> float32[N, V]."""
        if self._twins == 1:
            return both[0]
        guided: Logits = both[1] + np.float32(self._guidance) * (both[0] - both[1])
        return guided

    def _fit(self, active: NDArray[np.bool_]) -> None:
        """Move finished rows out of the cache when enough have gathered; give it room to grow."""
        rows = np.flatnonzero(active)
        longest = int(self._lengths[rows].max())
        full = longest >= self._cache.capacity
        wanted = _whole(len(rows))
        if not full and wanted > self._rows * _WORTH_MOVING:
            return
        rows = rows[self._place[rows].argsort()]  # those of like length stay side by side
        kept = self._place[rows]
        order = np.concatenate(
            [
                np.concatenate([kept + twin * self._rows, np.zeros(wanted - len(kept), np.int64)])
                for twin in range(self._twins)
            ]
        )
        capacity = longest + _ROOM if full else self._cache.capacity
        self._cache = self._cache.resized(order, wanted * self._twins, capacity, longest)
        self._rows = wanted
        self._place[rows] = np.arange(len(rows))


def infill(
    model: LanguageModel,
    requests: Sequence[InfillRequest],
    options: SamplingOptions | None = None,
    on_done: Callable[[int, Phrase], None] | None = None,
) -> list[Phrase]:
    """A whole phrase for each request, in their order, the given notes exactly as given.

    `on_done(index, phrase)` is called as each is finished, in no fixed order.
    """
    answers = infill_answers(
        model,
        requests,
        options,
        None if on_done is None else lambda index, found: on_done(index, found.phrase),
    )
    return [found.phrase for found in answers]


def infill_answers(
    model: LanguageModel,
    requests: Sequence[InfillRequest],
    options: SamplingOptions | None = None,
    on_done: Callable[[int, Answer], None] | None = None,
    guard_for: Callable[[Sequence[InfillRequest]], Guard] | None = None,
) -> list[Answer]:
    """As `infill`, with what the model thought of each answer.

    `guard_for` makes a further mask for the requests of one batch, such as the copy guard.
    """
    options = options or SamplingOptions()
    prompts = [
        encode_prompt(request.pair, request.composer, request.bars, options.density) for request in requests
    ]
    found: dict[int, Answer] = {}
    order = sorted(range(len(requests)), key=lambda index: _expected_tokens(requests[index], prompts[index]))
    for first in range(0, len(order), options.rows):
        batch = order[first : first + options.rows]
        asked = [requests[index] for index in batch]

        def finish(row: int, drawn: Drawn, batch: Sequence[int] = batch) -> None:
            index = batch[row]
            found[index] = _answer(requests[index], prompts[index], drawn)
            if on_done is not None:
                on_done(index, found[index])

        decoder = ConstraintDecoder(
            [decode_spec(request.pair, request.bars) for request in asked],
            hardest=options.hardest,
            readable=options.readable,
            lowest=options.lowest,
            highest=options.highest,
        )
        keys = np.array([row_key(options.seed, request.key) for request in asked], np.uint64)
        guard = guard_for(asked) if guard_for is not None else None
        write(model, [prompts[index] for index in batch], decoder, keys, options, guard, finish)
    return [found[index] for index in range(len(requests))]


def _answer(request: InfillRequest, prompt: Encoded, drawn: Drawn) -> Answer:
    middle = middle_of(np.concatenate([prompt.tokens.astype(np.int64), drawn.tokens]))
    phrase = answer(request.pair, request.bars, middle)
    return Answer(phrase, len(middle), drawn.log_probability, drawn.log_legal)


def _expected_tokens(request: InfillRequest, prompt: Encoded) -> float:
    """About how many tokens the middle will have, from the density of the given bars."""
    given = request.pair.beginning_bars + request.pair.ending_bars
    per_bar = len(prompt) / given if given else 30.0
    return (request.bars - given) * per_bar


def _whole(rows: int) -> int:
    return -(-rows // ROW_MULTIPLE) * ROW_MULTIPLE
