"""Drawing tokens: any language model, any mask, one random number a token.

A row's randomness is counted, not streamed: the number that decides token t of a row is a hash
of the row's key and t (SplitMix64, Steele, Lea & Flood 2014). So it does not matter which other
rows are drawn beside it, in which order, or in which process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH, Tier
from violin.music import pitch_name

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """How an answer is drawn.

    temperature   divides the logits; 0 takes the likeliest token each time
    min_p         tokens less likely than this share of the likeliest legal one are left out
                  (Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling")
    guidance      1 is off; w > 1 moves the logits away from the null composer's by w
                  (classifier-free guidance, Ho & Salimans 2022) and doubles the cost
    hardest, readable, lowest, highest   what the constraint decoder allows
    density       a density class 0..5 that the prompt tells, or None
    texture       "solo" or "section", told to a model of version 2 of the language, or None
    seed          of the whole call; a request's own key comes on top
    rows          how many phrases are written side by side; it does not change what is written
    """

    temperature: float = 1.0
    min_p: float = 0.03
    guidance: float = 1.0
    hardest: Tier = Tier.VIRTUOSO
    readable: bool = True
    lowest: int = LOWEST_PITCH
    highest: int = HIGHEST_PITCH
    density: int | None = None
    texture: str | None = None
    seed: int = 1
    rows: int = 256

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 10:
            raise ValueError(f"temperature {self.temperature}; legal: 0 to 10")
        if not 0 <= self.min_p < 1:
            raise ValueError(f"min-p {self.min_p}; legal: 0 up to 1, 1 not included")
        if self.guidance < 0:
            raise ValueError(f"guidance {self.guidance}; legal: 0 or more; 1 is off")
        if not LOWEST_PITCH <= self.lowest < self.highest <= HIGHEST_PITCH:
            raise ValueError(
                f"range {pitch_name(self.lowest)} to {pitch_name(self.highest)}; legal: "
                f"from low to high within {pitch_name(LOWEST_PITCH)} to {pitch_name(HIGHEST_PITCH)}"
            )


class Session(Protocol):
    """A language model reading N rows at once, made from their prompts.

    ready  bool[N]: the rows whose next token may be drawn; the others wait for those beside them
    """

    ready: NDArray[np.bool_]

    def first_logits(self) -> Logits:
        """float32[N, V]: what may follow each prompt."""

    def next_logits(
        self, tokens: NDArray[np.int64], channels: NDArray[np.int16], active: NDArray[np.bool_]
    ) -> Logits:
        """float32[N, V] after one more token in each row that was ready, with its channels; rows
        that are not active are finished."""


class LanguageModel(Protocol):
    """What can write a middle: the transformer, or an opponent.

    language  the version of the language that its prompts are told in
    """

    @property
    def language(self) -> int: ...

    def session(self, prompts: Sequence[Encoded], guidance: float) -> Session: ...


class Guard(Protocol):
    """A further mask over some rows, such as `models.generation.guards.copy_guard.CopyGuard`. PAD is the
    token of a row that took none."""

    def restrict(self, mask: NDArray[np.bool_]) -> None: ...

    def advance(self, tokens: NDArray[np.int64]) -> None: ...


@dataclass
class Drawn:
    """What was written after one prompt: tokens up to EOS, the log-probability (nats) that the
    model itself gave them, and the sum of the logs of the legal shares of its probability."""

    tokens: list[int] = field(default_factory=list)
    log_probability: float = 0.0
    log_legal: float = 0.0

    def add(self, token: int, log_probability: float, log_legal: float) -> None:
        self.tokens.append(token)
        self.log_probability += log_probability
        self.log_legal += log_legal


def row_key(seed: int, key: Sequence[int]) -> int:
    """The 64-bit key of a row's randomness."""
    text = ",".join(map(str, (seed, *key)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def uniforms(keys: NDArray[np.uint64], steps: NDArray[np.int64] | int) -> NDArray[np.float64]:
    """One number in [0, 1) a row for each row's step: SplitMix64 of key + (step + 1) x golden gamma."""
    z = keys + (np.atleast_1d(steps) + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def draw(
    logits: Logits,
    mask: NDArray[np.bool_],
    chance: NDArray[np.float64],
    options: SamplingOptions,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """(token, its log-probability, log of the legal share) for each row.

    Both logs are of the model's own distribution, before temperature and min-p. Every row of the
    mask must hold a legal token.
    """
    wide = logits.astype(np.float64)
    wide -= wide.max(axis=1, keepdims=True)
    total = np.exp(wide).sum(axis=1)
    legal = np.where(mask, wide, -np.inf)
    best = legal.max(axis=1, keepdims=True)
    shares = np.exp(legal - best)
    log_legal = best[:, 0] + np.log(shares.sum(axis=1)) - np.log(total)
    if options.temperature == 0:
        tokens = legal.argmax(axis=1)
    else:
        if options.temperature != 1:
            shares = np.exp((legal - best) / options.temperature)
        shares[shares < options.min_p] = 0.0
        ladder = shares.cumsum(axis=1)
        # Strictly above: a token of no share is never taken, not even by the chance 0.
        tokens = (ladder > (chance * ladder[:, -1])[:, None]).argmax(axis=1)
    return tokens, wide[np.arange(len(tokens)), tokens] - np.log(total), log_legal


def write(
    model: LanguageModel,
    prompts: Sequence[Encoded],
    decoder: ConstraintDecoder,
    keys: NDArray[np.uint64],
    options: SamplingOptions,
    guard: Guard | None = None,
    on_done: Callable[[int, Drawn], None] | None = None,
) -> list[Drawn]:
    """Write the middle of each prompt, all side by side, within the decoder's mask."""
    session = model.session(prompts, options.guidance)
    written = [Drawn() for _ in prompts]
    logits = session.first_logits()
    steps = np.zeros(len(prompts), np.int64)  # tokens that each row has drawn
    while True:
        drawing = session.ready & ~decoder.done
        rows = np.flatnonzero(drawing)
        mask = decoder.mask()
        if guard is not None:
            mask = mask.copy()
            guard.restrict(mask)
        drawn = draw(logits[rows], mask[rows], uniforms(keys[rows], steps[rows]), options)
        tokens = np.full(len(prompts), VOCABULARY.PAD, np.int64)
        tokens[rows] = drawn[0]
        decoder.advance(tokens, drawing)
        steps += drawing
        if guard is not None:
            guard.advance(tokens)
        for row, token, log_probability, log_legal in zip(
            rows.tolist(), *(values.tolist() for values in drawn), strict=True
        ):
            written[row].add(token, log_probability, log_legal)
            if token == VOCABULARY.EOS and on_done is not None:
                on_done(row, written[row])
        active = ~decoder.done
        if not active.any():
            return written
        logits = session.next_logits(tokens, decoder.channels(), active)
