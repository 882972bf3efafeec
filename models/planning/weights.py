"""The weight file of the plan writer: safetensors with the shape and facts about the training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from constraints.language.plan_codes import BAR_SIZES
from models.composer.checkpoint import read_tensors, write_tensors
from models.planning.network import PlanNetwork
from violin.errors import WeightsError

SHIPPED_PLANNER = Path(__file__).parents[1] / "weights" / "planner.safetensors"
_FORMAT = "violin planner 2"


def save_planner(path: Path, network: PlanNetwork, facts: dict[str, Any]) -> None:
    """Write a weight file in half precision."""
    tensors = {name: tensor.to(torch.float16) for name, tensor in network.state_dict().items()}
    width = network.gru.hidden_size
    write_tensors(path, tensors, {"format": _FORMAT, "sizes": BAR_SIZES, "width": width, "facts": facts})


def load_planner(path: Path | None = None) -> PlanNetwork:
    """The network of a weight file; None: the shipped one. WeightsError if it cannot be read."""
    path = path or SHIPPED_PLANNER
    tensors, metadata = read_tensors(path)
    if metadata.get("format") != _FORMAT or tuple(metadata.get("sizes", ())) != BAR_SIZES:
        raise WeightsError(f"{path}: not the weights of a plan writer of this version")
    try:
        network = PlanNetwork(int(metadata["width"]))
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except (LookupError, RuntimeError, ValueError, TypeError) as error:
        raise WeightsError(f"{path}: its tensors do not fit ({str(error).splitlines()[0]})") from error
    if not all(torch.isfinite(tensor).all() for tensor in tensors.values()):
        raise WeightsError(f"{path}: a tensor holds a number that is not finite")
    return network
