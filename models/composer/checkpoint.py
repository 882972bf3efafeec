"""Weight files: safetensors with metadata that is checked on loading.

There are two kinds, both written to a temporary file and renamed. A *weight file* is what the
program ships and composes with: plain weights, the model's config, the hash of the training
vocabulary, the sizes of the side channels, and facts about the training. A *state file* lets a
stopped run continue: raw parameters, averages and momenta of one step. Only the same run reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from constraints.language.vocabulary import LANGUAGES, VOCABULARY
from models.composer.config import ModelConfig, model_config_from
from models.composer.shapes import check_shapes
from violin.errors import SettingsError, WeightsError
from violin.files import write_whole

SHIPPED_WEIGHTS = Path(__file__).parents[1] / "weights" / "composer.safetensors"
FORMAT = "violin composer 1"
_KEY = "violin"


@dataclass(frozen=True)
class Weights:
    """The contents of a weight file: plain float32 tensors and their metadata."""

    tensors: dict[str, Tensor]
    config: ModelConfig
    channel_sizes: tuple[int, ...]
    facts: dict[str, Any]


def save_weights(path: str | Path, weights: Weights, dtype: torch.dtype = torch.float32) -> None:
    """Write a weight file, stored as `dtype`."""
    path = Path(path)
    metadata = {
        "format": FORMAT,
        "vocabulary": VOCABULARY.hash_of(weights.config.language),
        "config": asdict(weights.config),
        "channels": weights.channel_sizes,
        "facts": weights.facts,
    }
    write_tensors(path, {name: tensor.to(dtype) for name, tensor in weights.tensors.items()}, metadata)


def load_weights(path: str | Path | None = None) -> Weights:
    """Read a weight file (None: the shipped one).

    Raises WeightsError if it is missing, damaged, of another kind, made for another vocabulary, or if its
    tensors do not fit its config.
    """
    path = Path(path) if path is not None else None
    path = SHIPPED_WEIGHTS if path is None else path
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != FORMAT:
        raise WeightsError(f"{path}: not a composer's weights (format {metadata.get('format')!r})")
    try:
        config = model_config_from(metadata["config"])
        channel_sizes = tuple(int(size) for size in metadata["channels"])
        facts = dict(metadata["facts"])
        expected = VOCABULARY.hash_of(config.language)
    except (LookupError, TypeError, ValueError, SettingsError) as error:
        raise WeightsError(f"{path}: the metadata cannot be read ({error})") from error
    if metadata.get("vocabulary") != expected:
        raise WeightsError(
            f"{path}: made for vocabulary {str(metadata.get('vocabulary'))[:12]}, this program has "
            f"{expected[:12]}; train again or take the program's own weights"
        )
    try:
        check_shapes(tensors, config, channel_sizes)
    except ValueError as error:
        raise WeightsError(f"{path}: its tensors do not fit its config: {error}") from error
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise WeightsError(f"{path}: the tensor {name!r} holds a number that is not finite")
    return Weights({name: tensor.float() for name, tensor in tensors.items()}, config, channel_sizes, facts)


def save_state(path: str | Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write a state file."""
    path = Path(path)
    write_tensors(path, tensors, {"vocabulary": VOCABULARY.hash_of(max(LANGUAGES)), "facts": dict(facts)})


def load_state(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """(tensors, facts) of a state file; WeightsError if the run cannot continue from it."""
    path = Path(path)
    tensors, metadata = read_tensors(path)
    if metadata.get("vocabulary") != VOCABULARY.hash_of(max(LANGUAGES)):
        raise WeightsError(f"{path}: the run used another vocabulary; start a new run")
    return tensors, dict(metadata["facts"])


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, Any]) -> None:
    """Write tensors and metadata (JSON values) to a safetensors file, whole or not at all."""
    ready = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    # Only one key: the library writes several keys in an order that varies between runs.
    write_whole(path, save(ready, {_KEY: json.dumps(metadata, sort_keys=True)}))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """(tensors, metadata) of a file that `write_tensors` wrote; WeightsError if it cannot be read."""
    if path.exists() and not path.is_file():
        raise WeightsError(f"{path}: not a weight file (it is a folder, a pipe or a device)")
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            metadata = json.loads((file.metadata() or {}).get(_KEY, "{}"))
            if not isinstance(metadata, dict):
                raise WeightsError(f"{path}: not a weight file (its metadata are not a JSON object)")
            return {name: file.get_tensor(name) for name in file.keys()}, metadata  # noqa: SIM118
    except FileNotFoundError:
        raise WeightsError(f"{path}: no such weight file") from None
    except (OSError, ValueError, RecursionError, SafetensorError) as error:
        raise WeightsError(f"{path}: not a weight file ({error})") from error
