"""Guidance moves away from the null composer: its formula, and its sign."""

from __future__ import annotations

import numpy as np
import pytest

from constraints.language.tokenizer import Encoded, encode_prompt
from models.composer.checkpoint import Weights
from models.generation.model import ComposerModel
from violin.pair import free_pair


@pytest.fixture(scope="module")
def model(untrained_weights: Weights) -> ComposerModel:
    return ComposerModel(untrained_weights, "cpu")


def prompt(composer: str | None) -> Encoded:
    return encode_prompt(free_pair(), composer, 8)


@pytest.mark.parametrize("guidance", [0.5, 2.0])
def test_guided_logits(model: ComposerModel, guidance: float) -> None:
    """null + guidance x (composer - null) (Ho & Salimans 2022, with w + 1 = guidance)."""
    bach, null = (model.session([prompt(name)], 1.0).first_logits() for name in ("bach", None))
    guided = model.session([prompt("bach")], guidance).first_logits()
    legal = np.isfinite(bach)
    assert np.array_equal(legal, np.isfinite(guided))
    bach, null, guided = bach[legal], null[legal], guided[legal]
    assert not np.allclose(bach, null)
    assert guided == pytest.approx(null + guidance * (bach - null), abs=1e-3)
