from __future__ import annotations

import pytest

from models.generation.device import check_device
from violin.errors import SettingsError


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "cuda:-1", "", "CPU", "cuda:0:0", "meta"])
def test_a_misspelt_device_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="legal: cpu, cuda, cuda:NUMBER or mps"):
        check_device(name)


@pytest.mark.parametrize("name", ["cuda:99", "cpu:3"])
def test_a_device_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="is not available; legal here: cpu"):
        check_device(name)


def test_the_cpu_is_always_there() -> None:
    check_device("cpu")
