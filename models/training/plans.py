"""How much of a phrase's plan a training task contains.

A user may give only a part of a plan, and a network must compose without one. So a task contains no
plan, or one in which whole fields and whole bars are missing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constraints.language.plan_codes import (
    DENSITY,
    DISTANCE,
    FIRST,
    REGISTER,
    RELATION,
    SECOND,
    STEPS,
    PlanCodes,
)
from models.composer.config import TrainingConfig

_FIELDS = ((FIRST, SECOND), (RELATION, DISTANCE, STEPS), (DENSITY,), (REGISTER,))


def partial_plan(codes: PlanCodes, training: TrainingConfig, random: np.random.Generator) -> PlanCodes | None:
    """None, or the plan without some fields and bars, by the chances of `training`."""
    whole, cadence, *fields = random.random(2 + len(_FIELDS))
    dropped_bars = random.random(len(codes.bars)) < training.plan_bar_dropout
    if whole < training.plan_dropout:
        return None
    bars = np.where(dropped_bars[:, None], 0, codes.bars).astype(np.int16)
    for columns, chance in zip(_FIELDS, fields, strict=True):
        if chance < training.plan_field_dropout:
            bars[:, list(columns)] = 0
    return replace(codes, bars=bars, cadence=0 if cadence < training.plan_field_dropout else codes.cadence)
