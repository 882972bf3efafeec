"""An answer as the sequence of tokens and channels in which it was composed."""

from __future__ import annotations

from constraints.language.plan_channels import planned
from constraints.language.plan_codes import codes_of
from constraints.language.tokenizer import Encoded, encode
from models.generation.infill import header_facts
from models.generation.request import Answer, Request
from models.generation.sampling import SamplingOptions


def answer_row(request: Request, answer: Answer, options: SamplingOptions, language: int) -> Encoded:
    """The prompt of the request and the answer's middle, with the channels of the plan that the answer
    followed. `options` are those that it was composed with.

    The negative log-likelihood of the middle under the weights that composed it is the answer's
    `bits_per_note` times its number of composed notes. For a nested network it is slightly more: while
    composing, the network gives no probability to a second note at an onset that has no first one yet.
    """
    pair = request.pair
    row = encode(
        answer.phrase.on_grid(),
        request.composer,
        pair.beginning_bars,
        pair.ending_bars,
        *header_facts(request, options, language),
    )
    return row if answer.plan is None else planned(row, codes_of(answer.plan))
