"""Infilling: composes the middle bars of given pairs and returns whole phrases.

`infill` groups the requests into batches of similar length, samples each batch with the constraint
decoder and the guards, and inserts the given notes unchanged. An answer depends only on the
weights, the options and its own request, not on the other requests.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from constraints.decoding.decoder import ConstraintDecoder
from constraints.decoding.plan_follower import PlanFollower
from constraints.language.plan_channels import unplanned
from constraints.language.plan_codes import PlanCodes, plan_of_codes
from constraints.language.spec import decode_spec
from constraints.language.tokenizer import Encoded, Facts, encode_prompt, middle_of
from models.generation.density import density_of_given
from models.generation.guards.density_guard import DensityGuard, requested_band, suggested_band
from models.generation.guards.standard import GuardMaker, Guards, standard_guards
from models.generation.plans import plans_of
from models.generation.request import Answer, OnAnswer, Request
from models.generation.sampling import Drawn, Guard, LanguageModel, SamplingOptions, row_key, write
from violin.pair import answer


def infill(
    model: LanguageModel,
    requests: Sequence[Request],
    options: SamplingOptions | None = None,
    *,
    guards: GuardMaker | None = standard_guards,
    on_done: OnAnswer | None = None,
) -> list[Answer]:
    """A whole phrase for each request, in order, with the given notes unchanged.

    `guards` makes the guards of a batch. The density guard is added to them unless
    `options.density` is None. `guards` None turns all guards off, to evaluate the model alone.
    Raises WeightsError if the copy guard's index is missing, ValueError if the options leave
    no playable note, and PlanError or WeightsError if a plan cannot be followed.
    """
    options = options or SamplingOptions()
    prompts = [
        encode_prompt(
            request.pair, request.composer, request.bars, *header_facts(request, options, model.language)
        )
        for request in requests
    ]
    plans = plans_of(model, requests, options)
    if model.follows_plans:
        prompts = [unplanned(prompt) for prompt in prompts]
    found: dict[int, Answer] = {}
    order = sorted(range(len(requests)), key=lambda index: _expected_tokens(requests[index], prompts[index]))
    for first in range(0, len(order), options.rows):
        batch = order[first : first + options.rows]
        asked = [requests[index] for index in batch]

        def finish(row: int, drawn: Drawn, batch: Sequence[int] = batch) -> None:
            index = batch[row]
            found[index] = _answer(requests[index], prompts[index], drawn, plans[index])
            if on_done is not None:
                on_done(index, found[index])

        decoder = ConstraintDecoder(
            [decode_spec(request.pair, request.bars) for request in asked],
            hardest=options.hardest,
            readable=options.readable,
            lowest=options.lowest,
            highest=options.highest,
            pitch_classes=options.pitch_classes,
        )
        keys = np.array([row_key(options.seed, request.key) for request in asked], np.uint64)
        guard = _with_density(guards(asked), asked, options) if guards is not None else None
        follower = None
        if model.follows_plans:
            follower = PlanFollower([prompts[index] for index in batch], [plans[index] for index in batch])
        write(model, [prompts[index] for index in batch], decoder, keys, options, guard, finish, follower)
    return [found[index] for index in range(len(requests))]


def _with_density(guard: Guard, requests: Sequence[Request], options: SamplingOptions) -> Guard:
    if options.density is None:
        return guard
    if options.density == "given":
        bands = [suggested_band(density_of_given(request.pair)) for request in requests]
    else:
        bands = [requested_band(options.density)] * len(requests)
    bar_ticks = [request.pair.meter.bar_ticks() for request in requests]
    return Guards([guard, DensityGuard(bands, bar_ticks)])


def header_facts(
    request: Request, options: SamplingOptions, language: int
) -> tuple[int | None, Facts | None]:
    """What a prompt contains besides the request: the density class, and in language version 2 the
    texture."""
    density = density_of_given(request.pair) if options.density == "given" else options.density
    return density, Facts(options.texture) if language > 1 else None


def _answer(request: Request, prompt: Encoded, drawn: Drawn, plan: PlanCodes | None) -> Answer:
    middle = middle_of(np.concatenate([prompt.tokens.astype(np.int64), drawn.tokens]))
    bits = -drawn.log_probability / np.log(2)
    followed = plan_of_codes(plan) if plan is not None else None
    return Answer(answer(request.pair, request.bars, middle), float(bits / max(len(middle), 1)), followed)


def _expected_tokens(request: Request, prompt: Encoded) -> float:
    """The expected number of tokens of the middle, from the density of the given bars."""
    given = request.pair.beginning_bars + request.pair.ending_bars
    per_bar = len(prompt) / given if given else 30.0
    return (request.bars - given) * per_bar
