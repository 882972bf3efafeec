"""What tests share: patience; where the real scores and the organisers' samples are, if they are there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# That a busy machine is slow is no fault of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

sys.path.insert(0, str(Path(__file__).parent / "fakes"))

SHARED = Path(__file__).resolve().parents[2] / "shared"


def _folder(path: Path) -> Path:
    if not path.is_dir():
        pytest.skip(f"no folder {path.name} beside the repository: nothing to test against")
    return path


@pytest.fixture(scope="session")
def corpus_dir() -> Path:
    """The folder of real scores with its manifest.csv; skips where it is absent."""
    return _folder(SHARED / "corpus")


@pytest.fixture(scope="session")
def official_samples() -> Path:
    """The organisers' sample inputs and outputs; skips where they are absent."""
    return _folder(SHARED / "challenge" / "official_samples")
