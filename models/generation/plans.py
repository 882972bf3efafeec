"""The plans that answers follow: the requested plans, completed by the plan writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import cast

import numpy as np
import torch

from constraints.language.plan_codes import DENSITY, FIRST, SECOND, PlanCodes, chord_code, codes_of
from constraints.language.vocabulary import COMPOSER_NAMES
from models.composer.blend import Blend
from models.composer.blending import blended_rows
from models.generation.request import Request
from models.generation.sampling import LanguageModel, SamplingOptions, row_key
from models.planning.codes import pair_codes
from models.planning.network import PlanTask
from models.planning.writer import PlanWriter
from violin.errors import PlanError, WeightsError
from violin.pair import Pair
from violin.plan import Chord, Plan, Quality


def plans_of(
    model: LanguageModel, requests: Sequence[Request], options: SamplingOptions
) -> list[PlanCodes | None]:
    """A plan for each request, or None for each if the model follows no plans.

    A plan depends only on its own request and the seed. Raises WeightsError if a plan is requested from a
    model that follows none, and PlanError for a plan of another length.
    """
    if not model.follows_plans:
        if any(request.plan is not None for request in requests):
            raise WeightsError("these weights follow no plan; legal: weights of the config 'planned'")
        return [None] * len(requests)
    found: dict[int, PlanCodes] = {}
    for blend in dict.fromkeys(request.blend for request in requests):
        rows = [row for row, request in enumerate(requests) if request.blend == blend]
        tasks = [_task(requests[row], options) for row in rows]
        # Negative: different from the keys of the request's other random numbers.
        keys = [row_key(options.seed, (*requests[row].key, -2)) for row in rows]
        found.update(zip(rows, _writer(blend).complete_all(tasks, keys), strict=True))
    return [found[row] for row in range(len(requests))]


def _task(request: Request, options: SamplingOptions) -> PlanTask:
    """The task of the plan writer for a request."""
    pair, wanted = request.pair, request.plan
    codes = pair_codes(pair, request.bars, wanted.key if wanted else None)
    middle = slice(pair.beginning_bars, request.bars - pair.ending_bars)
    if wanted is not None:
        codes = _with_requested(codes, wanted, middle, pair.name)
    _frame(codes, pair)
    if isinstance(options.density, int):
        density = codes.bars[middle, DENSITY]
        codes.bars[middle, DENSITY] = np.where(density, density, options.density + 1)
    return PlanTask(codes, pair.beginning_bars, pair.ending_bars, pair.meter, request.composer)


def _with_requested(codes: PlanCodes, wanted: Plan, middle: slice, name: str) -> PlanCodes:
    """The codes with the middle bars of the requested plan. Those of the given bars do not change."""
    if len(wanted.bars) != len(codes.bars):
        raise PlanError(f"{name}: a plan of {len(wanted.bars)} bars; legal: {len(codes.bars)}")
    for index, bar in enumerate(wanted.bars[middle], start=middle.start):
        if bar.other is not None and index < bar.other < middle.stop:
            raise PlanError(
                f"{name}: in the plan, bar {index + 1} relates to bar {bar.other + 1}; legal: an earlier bar"
                + (
                    f" or one of the ending (from {middle.stop + 1})"
                    if middle.stop < len(wanted.bars)
                    else ""
                )
            )
    asked = codes_of(wanted)
    codes.bars[middle] = asked.bars[middle]
    return replace(codes, cadence=asked.cadence)


def _frame(codes: PlanCodes, pair: Pair) -> None:
    """Set the tonic chord, in place, at each end of the phrase that has no given bars and no requested
    chord."""
    tonic = chord_code(Chord(0, Quality.MINOR if codes.minor else Quality.MAJOR))
    for bars, row, column in ((pair.beginning_bars, 0, FIRST), (pair.ending_bars, -1, SECOND)):
        if not bars and not codes.bars[row, column]:
            codes.bars[row, column] = tonic


@lru_cache(maxsize=4)
def _writer(blend: Blend | None) -> PlanWriter:
    """The plan writer. With a blend, the blend replaces the embedding of its main composer."""
    writer = PlanWriter.load()
    if blend is not None:
        composers = cast(torch.nn.Embedding, writer.network.context[0])
        with torch.no_grad():
            composers.weight.copy_(blended_rows(composers.weight, blend, COMPOSER_NAMES.index))
    return writer
