"""Settings and fixtures of all tests: no deadlines; the real scores and the organisers' samples, if
present."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Several tests run at once: torch, numpy and the processes that a test starts use one thread each.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A slow run on a busy machine is not a failure.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [
    str(ROOT / "tests" / "fakes"),
    str(ROOT / "scripts"),
    str(ROOT / "scripts/pages"),
    str(ROOT / "scripts/formats"),
    str(ROOT / "tests/violin/notation"),
]

SHARED = ROOT.parent / "shared"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collecting imports the libraries and makes the tests: 600,000 objects that all stay. The garbage
    collector would look through them again and again, which takes a fifth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


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
