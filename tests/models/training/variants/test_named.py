"""Variants by name: what each changes, and where none may be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import load_weights
from models.composer.config import CONFIGS, Config
from models.training.place import Budget
from models.training.train import train_composer
from models.training.variants.named import AS_IT_IS, VARIANTS, variant_named
from violin.errors import SettingsError, WeightsError


@pytest.fixture(scope="module")
def data(small_store: PhraseStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    small_store.save(folder)
    return folder


def test_shapes() -> None:
    nested = CONFIGS["nested"]
    assert AS_IT_IS.applied(nested) == nested
    shapes = {name: VARIANTS[name].applied(nested).model for name in ("192x6", "320x6", "256x9", "flat")}
    assert {name: (each.dim, each.depth, each.heads, each.nested) for name, each in shapes.items()} == {
        "192x6": (192, 6, 3, True),
        "320x6": (320, 6, 5, True),
        "256x9": (256, 9, 4, True),
        "flat": (256, 6, 4, False),
    }
    assert all(name == variant.name for name, variant in VARIANTS.items())


def test_an_unknown_variant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"unknown variant 'wide'; legal: flat, cross-attention, "):
        variant_named("wide")
    with pytest.raises(SettingsError, match=r"variant flat of config 'cpu'; legal: nested, planned"):
        variant_named("flat").applied(CONFIGS["cpu"])
    with pytest.raises(SettingsError, match=r"cross-attention from .*; legal: from random weights"):
        variant_named("cross-attention").check_start(tmp_path / "weights.safetensors")


@pytest.mark.parametrize("name", ["cross-attention", "place-length-pitch", "pitch-place-length"])
def test_weights_with_other_heads_cannot_compose(
    name: str, data: Path, tiny_nested: Config, tmp_path: Path
) -> None:
    variant = VARIANTS[name]
    best = train_composer(tiny_nested, data, tmp_path, Budget(steps=1), variant=variant)
    assert best is not None
    assert best > 0
    with pytest.raises(WeightsError, match="tensors do not fit its config"):
        load_weights(tmp_path / "best.safetensors")


def test_mixup_gives_weights_to_compose_with(data: Path, tiny_nested: Config, tmp_path: Path) -> None:
    train_composer(tiny_nested, data, tmp_path, Budget(steps=1), variant=VARIANTS["cut-mixup"])
    assert load_weights(tmp_path / "best.safetensors").config == tiny_nested.model
