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
    """The same tasks with the style, and with the original weights: with the null token and with the token of
    the nearest composer."""

    style: Fit
    null: Fit
    nearest: Fit


def weights_fit(weights: Weights, composer: str | None, phrases: Sequence[StoredPhrase]) -> Fit:
    """Bits and notes of the inner bars of whole phrases, one bar given on each side, with the token of a
    composer; None: the null token."""
    whole = [stored for stored in phrases if not stored.training_only]
    tasks = [replace(task, composer=composer) for task in tasks_of(whole, weights.config.language)]
    return fit_of(tasks, model_bits(ComposerModel(weights, "cpu")))


def style_fit(weights: Weights, style: Style, phrases: Sequence[StoredPhrase]) -> StyleFit:
    """The fit of a style and of the weights that it belongs to."""
    return StyleFit(
        weights_fit(style.applied(weights), style.nearest, phrases),
        weights_fit(weights, None, phrases),
        weights_fit(weights, style.nearest, phrases),
    )
