"""The middle bars of given pairs: prompts in, whole phrases out.

`infill` is the one door: it cuts the requests into batches of like length, writes each batch
under the constraint decoder and puts the given notes back exactly. A request's answer depends on
the weights, the options and the request alone, not on what else is asked beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.spec import decode_spec
from constraints.language.tokenizer import Encoded, Facts, encode_prompt, middle_of
from models.generation.sampling import Drawn, Guard, LanguageModel, SamplingOptions, row_key, write
from violin.music import Phrase
from violin.pair import Pair, answer


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
    facts = Facts(options.texture) if model.language > 1 else None
    prompts = [
        encode_prompt(request.pair, request.composer, request.bars, options.density, facts)
        for request in requests
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
