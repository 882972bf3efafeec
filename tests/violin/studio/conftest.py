"""A studio with fakes for the composer and the judge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("starlette", reason="starlette is not installed")
pytest.importorskip("uvicorn", reason="uvicorn is not installed")

from studio_client import Client
from studio_fakes import faked, served


@pytest.fixture(scope="module")  # not longer: the fakes would affect other tests
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a studio that serves from a thread."""
    folder = tmp_path_factory.mktemp("studio")
    with pytest.MonkeyPatch.context() as patch, faked(patch), served(folder) as address:
        yield Client(address)
