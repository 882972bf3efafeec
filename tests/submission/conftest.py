"""The two jobs of the fault matrix."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from submission_fakes import JOBS, write_dataset


@pytest.fixture(scope="session")
def long_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """96 files; both jobs cut them into 8 parts of 12."""
    return write_dataset(tmp_path_factory.mktemp("faults") / "dataset", per_composer=12)


@pytest.fixture(params=sorted(JOBS))
def job(request: pytest.FixtureRequest) -> str:
    """The name of a job; every fault is tried on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def undisturbed(long_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The bytes of an undisturbed run of each job."""
    folder = tmp_path_factory.mktemp("undisturbed")
    for name, run in JOBS.items():
        run(long_dataset, folder / name)
    return {name: (folder / name).read_bytes() for name in JOBS}
