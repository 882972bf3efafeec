"""Blends of composers in weights: the embedding of a blend is the mean of its composers' embeddings.

As in speaker interpolation of speech synthesis (Jia et al., NeurIPS 2018, section 3.5), an embedding
between two learned ones gives a style between them. The mean replaces the embedding of the blend's main
composer, so guidance, judge and critic use this composer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from torch import Tensor

from constraints.language.vocabulary import VOCABULARY
from models.composer.blend import Blend
from models.composer.checkpoint import Weights
from models.composer.style import TOKEN


def blended_weights(weights: Weights, blend: Blend) -> Weights:
    """The weights with the blend under the token of its main composer."""
    table = blended_rows(weights.tensors[TOKEN], blend, VOCABULARY.composer)
    return replace(weights, tensors={**weights.tensors, TOKEN: table})


def blended_rows(table: Tensor, blend: Blend, row_of: Callable[[str], int]) -> Tensor:
    """A copy of `table` [rows, dim] in which the row of the main composer is the mean of the rows of all
    composers of the blend, weighted by their shares."""
    mixed = table.clone()
    mixed[row_of(blend.main)] = sum(share * table[row_of(slug)] for slug, share in blend.shares.items())
    return mixed
