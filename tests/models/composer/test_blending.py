"""Blends of composers in weights."""

from __future__ import annotations

import torch

from constraints.language.vocabulary import VOCABULARY
from models.composer.blend import Blend
from models.composer.blending import blended_rows, blended_weights
from models.composer.checkpoint import Weights

BLEND = Blend.parse("25bach+75paganini")


def test_the_row_of_the_main_composer_is_the_weighted_mean() -> None:
    table = torch.tensor([[0.0, 8.0], [4.0, 4.0], [1.0, 1.0]])
    mixed = blended_rows(table, BLEND, ("bach", "paganini", "other").index)
    assert mixed.tolist() == [[0.0, 8.0], [3.0, 5.0], [1.0, 1.0]]
    assert table[1].tolist() == [4.0, 4.0]


def test_only_one_row_of_the_weights_changes(untrained_weights: Weights) -> None:
    mixed = blended_weights(untrained_weights, BLEND)
    changed = [
        name for name, tensor in mixed.tensors.items() if tensor is not untrained_weights.tensors[name]
    ]
    assert changed == ["token_embedding"]
    rows = (mixed.tensors["token_embedding"] != untrained_weights.tensors["token_embedding"]).any(1)
    assert rows.nonzero().flatten().tolist() == [VOCABULARY.composer("paganini")]
