"""Checks the name of the compute device before anything is loaded."""

from __future__ import annotations

import re

from violin.errors import SettingsError

_NAME = re.compile(r"(cpu|cuda|mps)(?::(\d{1,3}))?")


def check_device(name: str) -> None:
    """Raise SettingsError if this machine has no such device ('cpu', 'cuda', 'cuda:1' or 'mps').

    >>> check_device("cpu")
    """
    if name == "cpu":
        return
    found = _NAME.fullmatch(name)
    if not found:
        raise SettingsError(f"device {name!r}; legal: cpu, cuda, cuda:NUMBER or mps")
    import torch  # slow to import (seconds), and not needed for the cpu

    if found[1] == "cuda":
        available = torch.cuda.device_count() if torch.cuda.is_available() else 0
    else:
        available = int(found[1] == "cpu" or torch.backends.mps.is_available())
    if int(found[2] or 0) >= available:
        devices = [f"{found[1]}:{number}" for number in range(available) if found[1] != "cpu"]
        raise SettingsError(f"device {name!r} is not available; legal here: {', '.join(['cpu', *devices])}")
