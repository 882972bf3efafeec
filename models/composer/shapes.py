"""The shapes of the composer's weights, computed from its config: what a weight file must hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from torch import Tensor

from constraints.language.vocabulary import VOCABULARY
from models.composer.batch import LENGTH_TOKENS, PITCH_TOKENS, PLACE_TOKENS
from models.composer.config import ModelConfig

Shapes = dict[str, tuple[int, ...]]
_LARGEST = {
    "dim": 8192,
    "depth": 256,
    "heads": 256,
    "head_size": 512,
    "feed_forward": 64,
    "max_tokens": 1 << 20,
}


def expected_shapes(config: ModelConfig, channel_sizes: Sequence[int]) -> Shapes:
    """The shape of each plain weight of a model, as `ComposerNetwork.plain_weights` names them."""
    dim, inner = config.dim, config.dim * config.feed_forward
    shapes: Shapes = {"token_embedding": (VOCABULARY.size_of(config.language), dim), "final_norm": (dim,)}
    shapes |= {f"channel_embedding.{index}": (size, dim) for index, size in enumerate(channel_sizes)}
    for layer in range(config.depth):
        parts: Shapes = {
            "attention_norm": (dim,),
            "query": (config.heads * config.head_size, dim),
            "key": (config.head_size, dim),
            "value": (config.head_size, dim),
            "output": (dim, config.heads * config.head_size),
            "feed_norm": (dim,),
            "up": (inner, dim),
            "up_bias": (inner,),
            "down": (dim, inner),
            "down_bias": (dim,),
        }
        shapes |= {f"layer.{layer}.{name}": shape for name, shape in parts.items()}
    if not config.nested:
        return shapes | {"head": (VOCABULARY.size_of(config.language), dim)}
    shapes["place_head"] = (len(PLACE_TOKENS), dim)
    for name, choices in (("pitch", len(PITCH_TOKENS)), ("length", len(LENGTH_TOKENS))):
        parts = {
            "up": (2 * dim, 2 * dim),
            "up_bias": (2 * dim,),
            "down": (dim, 2 * dim),
            "norm": (dim,),
            "head": (choices, dim),
        }
        shapes |= {f"{name}.{part}": shape for part, shape in parts.items()}
    return shapes


def check_shapes(tensors: Mapping[str, Tensor], config: ModelConfig, channel_sizes: Sequence[int]) -> None:
    """ValueError in one line if the tensors are not those of a model of this config."""
    for name, largest in _LARGEST.items():
        if not 1 <= getattr(config, name) <= largest:
            raise ValueError(f"{name} is {getattr(config, name)}; legal: 1 to {largest}")
    if tuple(channel_sizes) != config.channel_sizes[: len(channel_sizes)]:
        raise ValueError(
            f"side channels of sizes {tuple(channel_sizes)}; legal: the first of {config.channel_sizes}"
        )
    expected = expected_shapes(config, channel_sizes)
    for name, shape in expected.items():
        found = tensors.get(name)
        if found is None:
            raise ValueError(f"no tensor {name!r}; expected: one of shape {shape}")
        if tuple(found.shape) != shape:
            raise ValueError(f"the tensor {name!r} has the shape {tuple(found.shape)}; expected: {shape}")
    if unknown := sorted(set(tensors) - set(expected)):
        raise ValueError(f"the tensor {unknown[0]!r} is not part of such a model")
