"""Sampling of tokens for any language model and any mask, with one random number per token.

The random numbers are counter-based: the number for token t of a row is a hash of the row's key and
t (SplitMix64, Steele, Lea & Flood 2014). So a row does not depend on the other rows of the batch,
on their order, or on the process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from constraints.decoding.decoder import ConstraintDecoder
from constraints.decoding.plan_follower import PlanFollower
from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY
from models.generation.plan_bonus import PlanBonus
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH, Tier
from violin.music import pitch_name

Logits = NDArray[np.float32]

MOST_BONUS = 10.0


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """How the tokens of an answer are sampled.

    temperature   divides the logits; 0 is greedy decoding
    min_p         tokens less likely than this share of the likeliest legal token are excluded
                  (Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling")
    top_k         only the k likeliest legal tokens are drawn from (Fan, Lewis & Dauphin 2018); None is off
    top_p         only the likeliest legal tokens that together reach this probability are drawn from
                  (nucleus sampling, Holtzman et al. 2020); 1 is off. Both after temperature and min-p
    guidance      1 is off; w > 1 extrapolates from the null composer's logits by w
                  (classifier-free guidance, Ho & Salimans 2022) and doubles the cost
    relation_bonus, approach_bonus   nats added to the logits of tokens that follow the plan, see
                  `models.generation.plan_bonus`; 0 is off
    barline_bonus   factor on the bonus of intervals over barlines, see
                  `models.generation.barline_bonus`. Like the other two, it does nothing if the model reads
                  no plan
    hardest, readable, lowest, highest, pitch_classes   limits of the constraint decoder
    density       a density class 0..5 in the prompt; "given": the class that the given bars suggest
                  (`models.generation.density`); None: the null token
    texture       "solo" or "section", in the prompt of a model of language version 2; None: the null
                  token. The extent in its prompt is always a whole phrase
    seed          seed of the whole call; combined with each request's key
    rows          batch size in phrases; it does not change the answers
    """

    temperature: float = 1.0
    min_p: float = 0.03
    top_k: int | None = None
    top_p: float = 1.0
    guidance: float = 1.0
    relation_bonus: float = 4.0
    approach_bonus: float = 2.5
    barline_bonus: float = 1.0
    hardest: Tier = Tier.VIRTUOSO
    readable: bool = True
    lowest: int = LOWEST_PITCH
    highest: int = HIGHEST_PITCH
    pitch_classes: tuple[int, ...] | None = None
    density: int | Literal["given"] | None = "given"
    texture: str | None = "solo"
    seed: int = 1
    rows: int = 256

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 10:
            raise ValueError(f"temperature {self.temperature}; legal: 0 to 10")
        if not 0 <= self.min_p < 1:
            raise ValueError(f"min-p {self.min_p}; legal: 0 up to 1, 1 not included")
        if self.top_k is not None and self.top_k < 1:
            raise ValueError(f"top-k {self.top_k}; legal: 1 or more, or None")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top-p {self.top_p}; legal: above 0, up to 1; 1 is off")
        if self.guidance < 0:
            raise ValueError(f"guidance {self.guidance}; legal: 0 or more; 1 is off")
        for name in ("relation_bonus", "approach_bonus", "barline_bonus"):
            if not 0 <= getattr(self, name) <= MOST_BONUS:
                words, value = name.replace("_", " "), getattr(self, name)
                raise ValueError(f"{words} {value}; legal: 0 to {MOST_BONUS:g}; 0 is off")
        if not LOWEST_PITCH <= self.lowest < self.highest <= HIGHEST_PITCH:
            raise ValueError(
                f"range {pitch_name(self.lowest)} to {pitch_name(self.highest)}; legal: "
                f"from low to high within {pitch_name(LOWEST_PITCH)} to {pitch_name(HIGHEST_PITCH)}"
            )


class Session(Protocol):
    """The state of a language model that generates N rows in one batch, made from their prompts.

    ready  bool[N]: the rows whose next token may be sampled; the others wait for the rest of the batch
    """

    ready: NDArray[np.bool_]

    def first_logits(self) -> Logits:
        """float32[N, V]: the logits of the token after each prompt."""

    def next_logits(
        self, tokens: NDArray[np.int64], channels: NDArray[np.int16], active: NDArray[np.bool_]
    ) -> Logits:
        """float32[N, V]: the logits after one more token, with its channels, in each row that was
        ready. Rows that are not active are finished."""


class LanguageModel(Protocol):
    """A model that can compose a middle: the transformer or a baseline.

    language       the version of the token language of its prompts
    follows_plans  whether it reads the channels of `constraints.language.plan_channels`
    """

    @property
    def language(self) -> int: ...

    @property
    def follows_plans(self) -> bool: ...

    def session(self, prompts: Sequence[Encoded], guidance: float) -> Session: ...


class Guard(Protocol):
    """An additional mask over some rows, such as `models.generation.guards.copy_guard.CopyGuard`. A
    row that took no token in a step has PAD."""

    def restrict(self, mask: NDArray[np.bool_]) -> None: ...

    def advance(self, tokens: NDArray[np.int64]) -> None: ...


@dataclass
class Drawn:
    """The continuation of one prompt: tokens up to EOS, their log-probability in nats under the
    unmasked model, and the sum over the steps of the log of the probability mass on legal tokens."""

    tokens: list[int] = field(default_factory=list)
    log_probability: float = 0.0
    log_legal: float = 0.0

    def add(self, token: int, log_probability: float, log_legal: float) -> None:
        self.tokens.append(token)
        self.log_probability += log_probability
        self.log_legal += log_legal


def row_key(seed: int, key: Sequence[int]) -> int:
    """The 64-bit random key of a row."""
    text = ",".join(map(str, (seed, *key)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def uniforms(keys: NDArray[np.uint64], steps: NDArray[np.int64] | int) -> NDArray[np.float64]:
    """One number in [0, 1) per row for its step: SplitMix64 of key + (step + 1) x golden gamma."""
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
    bonus: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """(token, its log-probability, log of the probability mass on legal tokens) for each row.

    Both logs use the model's own distribution, before a bonus (float64[R, V], added to the logits),
    temperature, min-p, top-k and top-p. Every row of the mask must have a legal token.
    """
    wide = logits.astype(np.float64)
    wide -= wide.max(axis=1, keepdims=True)
    total = np.exp(wide).sum(axis=1)
    legal = np.where(mask, wide, -np.inf)
    best = legal.max(axis=1, keepdims=True)
    shares = np.exp(legal - best)
    log_legal = best[:, 0] + np.log(shares.sum(axis=1)) - np.log(total)
    if bonus is not None:
        legal += bonus
        best = legal.max(axis=1, keepdims=True)
        shares = np.exp(legal - best)
    if options.temperature == 0:
        tokens = legal.argmax(axis=1)
    else:
        if options.temperature != 1:
            shares = np.exp((legal - best) / options.temperature)
        shares[shares < options.min_p] = 0.0
        if options.top_k is not None or options.top_p < 1:
            shares[~_likeliest(shares, options.top_k, options.top_p)] = 0.0
        cumulative = shares.cumsum(axis=1)
        # Strictly greater: a token of probability 0 is never taken, not even by the random number 0.
        tokens = (cumulative > (chance * cumulative[:, -1])[:, None]).argmax(axis=1)
    return tokens, wide[np.arange(len(tokens)), tokens] - np.log(total), log_legal


def _likeliest(shares: NDArray[np.float64], top_k: int | None, top_p: float) -> NDArray[np.bool_]:
    """bool[R, V]: the `top_k` largest shares of each row, without those whose larger ones together reach
    `top_p` of the sum. Of equal shares the first counts as larger. The largest is always kept."""
    order = np.argsort(-shares, axis=1, kind="stable")
    ordered = np.take_along_axis(shares, order, axis=1)
    before = ordered.cumsum(axis=1) - ordered
    kept = before < top_p * ordered.sum(axis=1, keepdims=True)
    if top_k is not None:
        kept[:, top_k:] = False
    found = np.empty_like(kept)
    np.put_along_axis(found, order, kept, axis=1)
    return found


def write(
    model: LanguageModel,
    prompts: Sequence[Encoded],
    decoder: ConstraintDecoder,
    keys: NDArray[np.uint64],
    options: SamplingOptions,
    guard: Guard | None = None,
    on_done: Callable[[int, Drawn], None] | None = None,
    plans: PlanFollower | None = None,
) -> list[Drawn]:
    """Sample the middles of all prompts in one batch, within the decoder's mask. `plans` are followed by
    a model that reads their channels."""
    session = model.session(prompts, options.guidance)
    written = [Drawn() for _ in prompts]
    logits = session.first_logits()
    steps = np.zeros(len(prompts), np.int64)  # number of tokens sampled in each row
    bonus, of_plan = _bonus(prompts, plans, options), None
    while True:
        drawing = session.ready & ~decoder.done
        rows = np.flatnonzero(drawing)
        mask = decoder.mask()
        if guard is not None:
            mask = mask.copy()
            guard.restrict(mask)
        chance = uniforms(keys[rows], steps[rows])
        added = bonus.values(rows, of_plan) if bonus is not None and of_plan is not None else None
        drawn = draw(logits[rows], mask[rows], chance, options, added)
        tokens = np.full(len(prompts), VOCABULARY.PAD, np.int64)
        tokens[rows] = drawn[0]
        decoder.advance(tokens, drawing)
        if plans is not None:
            plans.advance(tokens, drawing)
        if bonus is not None:
            bonus.advance(tokens, drawing)
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
        channels = decoder.channels()
        if plans is not None:
            of_plan = plans.channels()
            channels = np.concatenate([channels, of_plan], axis=1)
        logits = session.next_logits(tokens, channels, active)


def _bonus(
    prompts: Sequence[Encoded], plans: PlanFollower | None, options: SamplingOptions
) -> PlanBonus | None:
    sizes = options.relation_bonus, options.approach_bonus, options.barline_bonus
    return PlanBonus(prompts, plans, *sizes) if plans is not None and any(sizes) else None
