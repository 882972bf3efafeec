"""Plans of training phrases: computed from their notes, moved with their transposition, told in part.

A user may give a part of a plan only, and a network must compose without one. So a training task
tells no plan, or one from which whole fields and whole bars are missing (`TrainingConfig`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from constraints.language.plan_channels import (
    BACK,
    DENSITY,
    FIRST,
    REGISTER,
    RELATION,
    SECOND,
    STEPS,
    PlanCodes,
    codes_of,
)
from data_prep.plans.harmony import chords_of
from data_prep.plans.planning import cadence_into, plan_of, register_class
from data_prep.plans.relations import bar_shapes
from models.composer.config import TrainingConfig
from violin.music import Phrase
from violin.plan import Cadence, Plan

_FIELDS = ((FIRST, SECOND), (RELATION, BACK, STEPS), (DENSITY,), (REGISTER,))


def plan_codes(phrase: Phrase, beginning_bars: int, ending_bars: int, semitones: int = 0) -> PlanCodes:
    """The codes of a phrase's own plan, given its first and last bars, after a transposition by
    `semitones`.

    The rows of the given bars tell what is known before the middle is composed: their chords are
    those of the given bars alone, and the ending has no relations. The cadence is the one into
    the ending; without an ending there is none.
    """
    plan, means = _analysed(phrase)
    chords = [chord for bar in plan.bars for chord in bar.chords]
    first_given = phrase.bars - ending_bars
    for first, last in ((0, beginning_bars), (first_given, phrase.bars)):
        if last > first:
            chords[2 * first : 2 * last] = chords_of(phrase.slice_bars(first, last), plan.key)
    bars = tuple(
        replace(bar, chords=(chords[2 * index], chords[2 * index + 1])) for index, bar in enumerate(plan.bars)
    )
    cadence = cadence_into(chords, first_given) if ending_bars else Cadence.NONE
    codes = codes_of(replace(plan, bars=bars, cadence=cadence))
    codes.bars[first_given:, [RELATION, BACK, STEPS]] = 0
    for bar, mean in enumerate(means):
        if mean is not None:
            codes.bars[bar, REGISTER] = 1 + register_class(mean + semitones)
    return replace(codes, tonic=(codes.tonic + semitones) % 12)


def told_in_part(codes: PlanCodes, training: TrainingConfig, random: np.random.Generator) -> PlanCodes | None:
    """What a training task tells of a plan: None, or the plan without some fields and bars."""
    whole, cadence, *fields = random.random(2 + len(_FIELDS))
    dropped_bars = random.random(len(codes.bars)) < training.plan_bar_dropout
    if whole < training.plan_dropout:
        return None
    bars = np.where(dropped_bars[:, None], 0, codes.bars).astype(np.int16)
    for columns, chance in zip(_FIELDS, fields, strict=True):
        if chance < training.plan_field_dropout:
            bars[:, list(columns)] = 0
    return replace(codes, bars=bars, cadence=0 if cadence < training.plan_field_dropout else codes.cadence)


@cache
def _analysed(phrase: Phrase) -> tuple[Plan, tuple[float | None, ...]]:
    """The plan of a phrase and the mean top pitch of each bar, None without notes."""
    tops = [shape.pitches for shape in bar_shapes(phrase.on_grid())]
    return plan_of(phrase), tuple(sum(top) / len(top) if top else None for top in tops)
