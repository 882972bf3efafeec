"""Weight, index and store files that are damaged or malicious: a WeightsError or CorpusError."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from data_prep.corpus.array_file import read_arrays
from data_prep.corpus.store import PhraseStore
from models.composer import checkpoint
from models.composer.checkpoint import Weights
from models.generation.model import ComposerModel
from models.judge import weights
from models.judge.weights import _digest
from models.novelty import SHIPPED_INDEX, RunIndex
from models.reranking.critic import SHIPPED_CRITIC, Critic
from violin.errors import CorpusError, ViolinError, WeightsError

Arrays = dict[str, NDArray[Any]]


def packed(arrays: Arrays) -> bytes:
    data = io.BytesIO()
    np.savez(data, **arrays)  # type: ignore[arg-type]
    return data.getvalue()


def judge_bytes(arrays: Arrays) -> bytes:
    """A judge's file with a new, correct hash."""
    header = json.loads(arrays.pop("header").tobytes())
    header["sha256"] = _digest(arrays)
    words = np.frombuffer(json.dumps(header).encode(), np.uint8)
    return packed({"header": words, **arrays})


@pytest.fixture(scope="module")
def store_file(tmp_path_factory: pytest.TempPathFactory, small_store: PhraseStore) -> Path:
    folder = tmp_path_factory.mktemp("store")
    small_store.save(folder)
    return folder / "phrases.npz"


Loader = Callable[[Path], object]
LOADERS: dict[str, tuple[Path | None, Loader, Callable[[Arrays], bytes]]] = {
    "judge": (weights.SHIPPED, weights.load, judge_bytes),
    "critic": (SHIPPED_CRITIC, Critic.load, packed),
    "index": (SHIPPED_INDEX, RunIndex.load, packed),
    "store": (None, PhraseStore.load, packed),
}


def deep_header(arrays: Arrays) -> None:
    for name in ("header", "about"):
        if name in arrays:
            arrays[name] = np.frombuffer(b"[" * 200_000, np.uint8)


def not_finite(arrays: Arrays) -> None:
    for name, array in arrays.items():
        if array.dtype.kind == "f":
            arrays[name] = np.full(array.shape, np.nan, array.dtype)


def flattened(arrays: Arrays) -> None:
    for name, array in arrays.items():
        if array.ndim > 1:
            arrays[name] = array.ravel()


def shortened(arrays: Arrays) -> None:
    for name in list(arrays):
        if name not in ("header", "about", "format"):
            arrays[name] = arrays[name][: len(arrays[name]) // 2]
            return


def emptied(arrays: Arrays) -> None:
    for name, array in arrays.items():
        if name not in ("header", "about", "format"):
            arrays[name] = array[:0]
            return


def one_missing(arrays: Arrays) -> None:
    del arrays[next(name for name in arrays if name not in ("header", "about", "format"))]


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("change", [deep_header, not_finite, flattened, shortened, emptied, one_missing])
def test_changed_arrays_are_refused(
    tmp_path: Path, store_file: Path, kind: str, change: Callable[[Arrays], None]
) -> None:
    source, load, pack = LOADERS[kind]
    arrays = read_arrays((source or store_file).read_bytes())
    before = {name: array.tobytes() for name, array in arrays.items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    change(arrays)
    if {name: array.tobytes() for name, array in arrays.items()} == before and shapes == {
        name: array.shape for name, array in arrays.items()
    }:
        pytest.skip("this kind of file has nothing of the sort")
    data = packed(arrays) if change is deep_header else pack(arrays)
    path = tmp_path / "changed.npz"
    path.write_bytes(data)
    with pytest.raises((WeightsError, CorpusError), match=r"changed\.npz: ") as caught:
        load(path)
    assert "\n" not in str(caught.value)


def claimed(shape: str) -> bytes:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()


MEMBERS: dict[str, tuple[str, bytes]] = {
    "text": ("readme.txt", b"hello"),
    "text by an array's name": ("header.npy", b"hello"),
    "a shape of terabytes": ("header.npy", claimed("(1000000000000,)")),
    "a deep shape": ("header.npy", claimed("(" * 60 + ")" * 60)),
    "objects": ("header.npy", claimed("(1,)").replace(b"'<f8'", b"'|O' ") + b"cos\nsystem\n"),
    "nothing": ("header.npy", b""),
}


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("member", MEMBERS)
def test_members_that_are_not_arrays_are_refused(tmp_path: Path, kind: str, member: str) -> None:
    path = tmp_path / "made.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(*MEMBERS[member])
    with pytest.raises((WeightsError, CorpusError), match=r"made\.npz: "):
        LOADERS[kind][1](path)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.npy", bytes(1 << 20))
    with pytest.raises(ValueError, match="unpacks to more than 0 MiB"):
        read_arrays(data.getvalue(), most_bytes=1_000)


def test_a_forest_of_enormous_depth_is_refused(tmp_path: Path) -> None:
    arrays = read_arrays(weights.SHIPPED.read_bytes())
    arrays["mode.open.forest.depth"] = np.array([2**31 - 1], np.int32)
    path = tmp_path / "judge.npz"
    path.write_bytes(judge_bytes(arrays))
    with pytest.raises(WeightsError, match="a forest of depth 2147483647"):
        weights.load(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_of_the_composer_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    shipped = checkpoint.load_weights()
    name = next(iter(shipped.tensors))
    tensors = {**shipped.tensors, name: torch.full_like(shipped.tensors[name], value)}
    path = tmp_path / "composer.safetensors"
    checkpoint.save_weights(path, replace(shipped, tensors=tensors))
    with pytest.raises(WeightsError, match="holds a number that is not finite"):
        checkpoint.load_weights(path)


@pytest.mark.parametrize("metadata", ["[" * 100_000, "[]", "3", "{"])
def test_metadata_of_the_composer_that_are_not_an_object_are_refused(tmp_path: Path, metadata: str) -> None:
    path = tmp_path / "composer.safetensors"
    save_file({"head": torch.zeros(2)}, path, {"violin": metadata})
    with pytest.raises(ViolinError, match=r"composer\.safetensors: not a"):
        checkpoint.load_weights(path)


def without_a_tensor(weights: Weights) -> Weights:
    return replace(weights, tensors={n: t for n, t in weights.tensors.items() if n != "layer.0.query"})


def reshaped(weights: Weights) -> Weights:
    return replace(weights, tensors={**weights.tensors, "head": weights.tensors["head"].flatten()[:-1]})


def with_another_embedding_size(weights: Weights) -> Weights:
    embedding = weights.tensors["token_embedding"][:, :-1]
    return replace(weights, tensors={**weights.tensors, "token_embedding": embedding.contiguous()})


def with_fewer_tokens(weights: Weights) -> Weights:
    return replace(weights, tensors={**weights.tensors, "head": weights.tensors["head"][:-1]})


def with_another_dim_in_the_config(weights: Weights) -> Weights:
    return replace(weights, config=replace(weights.config, dim=weights.config.dim // 2))


def with_layers_that_the_config_lacks(weights: Weights) -> Weights:
    return replace(weights, config=replace(weights.config, depth=weights.config.depth - 1))


def with_no_layer(weights: Weights) -> Weights:
    return replace(weights, config=replace(weights.config, depth=0))


def with_smaller_side_channels(weights: Weights) -> Weights:
    tensors = {**weights.tensors, "channel_embedding.0": weights.tensors["channel_embedding.0"][:8]}
    return replace(weights, tensors=tensors, channel_sizes=(8, *weights.channel_sizes[1:]))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without_a_tensor, "no tensor 'layer.0.query'"),
        (reshaped, "the tensor 'head' has the shape"),
        (with_another_embedding_size, "the tensor 'token_embedding' has the shape"),
        (with_fewer_tokens, "the tensor 'head' has the shape"),
        (with_another_dim_in_the_config, "the tensor 'token_embedding' has the shape"),
        (with_layers_that_the_config_lacks, "is not part of such a model"),
        (with_no_layer, "depth is 0; legal: 1 to 256"),
        (with_smaller_side_channels, "legal: the first of"),
    ],
)
def test_tensors_of_the_composer_that_do_not_fit_its_config_are_refused_on_loading(
    tmp_path: Path, untrained_weights: Weights, change: Callable[[Weights], Weights], reason: str
) -> None:
    path = tmp_path / "composer.safetensors"
    checkpoint.save_weights(path, change(untrained_weights))
    with pytest.raises(WeightsError, match=r"composer\.safetensors: its tensors do not fit") as caught:
        ComposerModel.load(path)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
