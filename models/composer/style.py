"""Own styles: changes to trained weights that were learned from a few scores, in a small file.

A style tunes the biases and the norms' gains of the network (BitFit: Ben Zaken, Goldberg & Ravfogel,
ACL 2022), the embedding of one composer's token, and one vector that is added at every place; all
matrices stay as they are. The file holds the differences. It belongs to the weights that it was learned
with, by their sha256.

The style replaces the embedding of the nearest of the eight composers, so guidance, the judge and the
critic use that composer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from constraints.language.vocabulary import VOCABULARY
from models.composer.checkpoint import Weights, read_tensors, write_tensors
from violin.challenge import SLUGS
from violin.errors import WeightsError
from violin.files import file_digest

FORMAT = "violin style 1"
TOKEN, EVERYWHERE = "token_embedding", "channel_embedding.0"


@dataclass(frozen=True)
class Style:
    """A style.

    name      the user's name for it
    nearest   the slug of the composer whose embedding it replaces
    weights   sha256 of the weight file that it belongs to
    changes   differences to plain weights: `token_embedding` [dim] of that token, `channel_embedding.0`
              [dim] of every row, every other name in its own shape
    facts     about the training: pieces, phrases, bits per note before and after
    """

    name: str
    nearest: str
    weights: str
    changes: dict[str, Tensor]
    facts: dict[str, Any] = field(default_factory=dict)

    def require_weights(self, file: str | Path) -> None:
        """WeightsError unless the style belongs to the weights in this file."""
        if file_digest(Path(file)) != self.weights:
            raise WeightsError(
                f"the style {self.name} belongs to other weights than {file}; learn it again: violin adapt"
            )

    def applied(self, weights: Weights) -> Weights:
        """The weights with this style under the token of `nearest`; WeightsError if the shapes differ."""
        tensors = dict(weights.tensors)
        if set(self.changes) != {TOKEN, EVERYWHERE, *tunable(weights)}:
            raise WeightsError(f"the style {self.name} does not fit the weights: other layers")
        for name, change in self.changes.items():
            old = tensors[name]
            if change.shape != old.shape[-1:]:
                raise WeightsError(f"the style {self.name} does not fit the weights: the shape of {name}")
            if name == TOKEN:
                table = old.clone()
                table[VOCABULARY.composer(self.nearest)] += change
                tensors[name] = table
            else:
                tensors[name] = old + change
        return replace(weights, tensors=tensors)


def tunable(weights: Weights) -> list[str]:
    """The plain names of the biases and gains, which a style changes."""
    return sorted(name for name, tensor in weights.tensors.items() if tensor.ndim == 1)


def save_style(path: str | Path, style: Style) -> None:
    """Write a style file, whole or not at all."""
    metadata = {
        "format": FORMAT,
        "name": style.name,
        "nearest": style.nearest,
        "weights": style.weights,
        "facts": style.facts,
    }
    write_tensors(Path(path), style.changes, metadata)


def load_style(path: str | Path) -> Style:
    """Read a style file; WeightsError if it is missing, damaged or of another kind."""
    path = Path(path)
    changes, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT:
        raise WeightsError(f"{path}: not a style (format {json.dumps(metadata.get('format'))})")
    try:
        style = Style(
            str(metadata["name"]),
            str(metadata["nearest"]),
            str(metadata["weights"]),
            {name: change.float() for name, change in changes.items()},
            dict(metadata["facts"]),
        )
    except (LookupError, TypeError, ValueError) as error:
        raise WeightsError(f"{path}: the metadata cannot be read ({error})") from error
    if style.nearest not in SLUGS:
        raise WeightsError(f"{path}: the nearest composer is {style.nearest!r}; legal: {', '.join(SLUGS)}")
    for name, change in style.changes.items():
        if change.ndim != 1 or not torch.isfinite(change).all():
            raise WeightsError(f"{path}: the tensor {name!r} is not a row of finite numbers")
    return style
