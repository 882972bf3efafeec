"""The table of shapes agrees with the networks that are trained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from constraints.language.grammar import CHANNEL_SIZES
from models.composer.config import Config
from models.composer.network import network
from models.composer.shapes import check_shapes, expected_shapes


@pytest.mark.parametrize(("nested", "language"), [(False, 1), (False, 2), (True, 2)])
@pytest.mark.parametrize("channels", [0, 4, len(CHANNEL_SIZES)])
def test_the_shapes_are_those_of_the_network(
    tiny: Config, nested: bool, language: int, channels: int
) -> None:
    config = replace(tiny.model, nested=nested, language=language, heads=3, feed_forward=2)
    sizes = CHANNEL_SIZES[:channels]
    weights = network(config, sizes).plain_weights()
    assert {name: tuple(tensor.shape) for name, tensor in weights.items()} == expected_shapes(config, sizes)
    check_shapes(weights, config, sizes)
