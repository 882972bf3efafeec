"""Bits per note of an own style on pieces that it did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from data_prep.corpus.store import StoredPhrase
from models.composer.checkpoint import Weights
from models.composer.style import Style
from models.evaluation.bits_per_note import Fit, fit_of, model_bits, tasks_of
from models.generation.model import ComposerModel


@dataclass(frozen=True, slots=True)
class StyleFit:
    """The same tasks with the style, and with the weights as they are: with the null token and with the token
    of the nearest composer."""

    style: Fit
    null: Fit
    nearest: Fit


def style_fit(weights: Weights, style: Style, phrases: Sequence[StoredPhrase]) -> StyleFit:
    """Bits and notes of the inner bars of whole phrases, one bar given on each side."""
    whole = [stored for stored in phrases if not stored.training_only]
    tasks = tasks_of(whole, weights.config.language)
    named = [replace(task, composer=style.nearest) for task in tasks]
    plain = model_bits(ComposerModel(weights, "cpu"))
    styled = model_bits(ComposerModel(style.applied(weights), "cpu"))
    return StyleFit(
        fit_of(named, styled),
        fit_of([replace(task, composer=None) for task in tasks], plain),
        fit_of(named, plain),
    )
