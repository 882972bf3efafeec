"""The fakes beside this file can be imported, also by worker processes; the fault matrix's two jobs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from submission_fakes import JOBS, write_dataset


@pytest.fixture(scope="session")
def long_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """96 files; both jobs cut them into 8 parts of 12."""
    return write_dataset(tmp_path_factory.mktemp("faults") / "dataset", per_composer=12)


@pytest.fixture(params=sorted(JOBS))
def job(request: pytest.FixtureRequest) -> str:
    """The name of a job: whatever happens to one must not harm the other either."""
    return str(request.param)


@pytest.fixture(scope="session")
def undisturbed(long_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The bytes of each job where nothing happened."""
    folder = tmp_path_factory.mktemp("undisturbed")
    for name, run in JOBS.items():
        run(long_dataset, folder / name)
    return {name: (folder / name).read_bytes() for name in JOBS}
