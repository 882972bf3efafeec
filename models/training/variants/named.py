"""The variants by name: another shape, another network or another source of batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from constraints.language.vocabulary import VOCABULARY
from models.composer.config import Config, ModelConfig
from models.composer.network import ComposerNetwork, network
from models.training.dataset import BatchSource
from models.training.variants.cross_attention import CrossAttentionNetwork
from models.training.variants.cut_mixup import CutMixupSource
from models.training.variants.order import LengthBeforePitch, PitchBeforePlace
from violin.errors import SettingsError

Build = Callable[..., ComposerNetwork]
"""The untrained network of a `ModelConfig`, with an option `dropout`."""


@dataclass(frozen=True)
class Variant:
    """What training changes: fields of the model's config, the network, the source of batches.

    `composes` is False if the network has other heads: only this training can read its weights.
    """

    name: str = ""
    shape: Mapping[str, Any] = field(default_factory=dict)
    build: Build = network
    source: type[BatchSource] = BatchSource
    composes: bool = True

    def applied(self, config: Config) -> Config:
        """The config of the variant; SettingsError if the network of `config` is not nested."""
        if self.name and not config.model.nested:
            raise SettingsError(f"the variant {self.name} of config {config.name!r}; legal: nested, planned")
        return replace(config, model=replace(config.model, **self.shape))

    def check_start(self, start: Path | None) -> None:
        """SettingsError if the variant cannot begin with the weights `start`."""
        if start is not None and not self.composes:
            raise SettingsError(
                f"the variant {self.name} from {start}; legal: from random weights, since no weight file has "
                "its heads"
            )


def _wide(dim: int, depth: int) -> Variant:
    return Variant(f"{dim}x{depth}", {"dim": dim, "depth": depth, "heads": dim // 64})


def _built(kind: type[ComposerNetwork], config: ModelConfig, dropout: float = 0.0) -> ComposerNetwork:
    return kind(config, VOCABULARY.size_of(config.language), config.channel_sizes, dropout)


def _heads(name: str, kind: type[ComposerNetwork]) -> Variant:
    return Variant(name, build=partial(_built, kind), composes=False)


AS_IT_IS = Variant()
VARIANTS: Mapping[str, Variant] = {
    variant.name: variant
    for variant in (
        Variant("flat", {"nested": False}),
        _heads("cross-attention", CrossAttentionNetwork),
        _heads("place-length-pitch", LengthBeforePitch),
        _heads("pitch-place-length", PitchBeforePlace),
        _wide(192, 6),
        _wide(256, 4),
        _wide(256, 9),
        _wide(320, 6),
        Variant("cut-mixup", source=CutMixupSource),
    )
}


def variant_named(name: str) -> Variant:
    """The variant of that name. An unknown name raises SettingsError with the legal names."""
    if name not in VARIANTS:
        raise SettingsError(f"unknown variant {name!r}; legal: {', '.join(VARIANTS)}")
    return VARIANTS[name]
