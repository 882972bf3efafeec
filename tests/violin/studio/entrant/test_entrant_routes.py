"""The challenge view over HTTP: a whole dataset composed, an answer redone, the command line's bytes."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from click.testing import CliRunner
from studio_fakes import faked, served
from submission_fakes import write_dataset

from submission.archive import archive_bytes
from violin.cli import cli


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with faked(monkeypatch), served(tmp_path / "studio") as found:
        yield found


def sent(url: str, data: bytes | None = None) -> Any:
    """The JSON answer to a GET, or to a POST with a body."""
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=30) as answer:
        return json.loads(answer.read())


def refused(url: str, data: bytes | None = None) -> tuple[int, str]:
    with pytest.raises(HTTPError) as raised:
        urllib.request.urlopen(urllib.request.Request(url, data), timeout=30)
    with raised.value as answer:
        return answer.code, json.loads(answer.read())["error"]


def test_a_dataset_is_composed_to_the_bytes_of_the_command_line(address: str, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "dataset", per_composer=1)
    data = archive_bytes({str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.mid")})
    (tmp_path / "pairs.zip").write_bytes(data)
    out = tmp_path / "out.zip"
    command = ["submit", "generator", str(tmp_path / "pairs.zip"), "--out", str(out), "--workers", "1"]
    done = CliRunner().invoke(cli, [*command, "--seed", "7"])
    assert done.exit_code == 0, done.output

    entrant = sent(f"{address}api/entrants?kind=dataset&name=pairs.zip&seed=7", data)
    here = f"{address}api/entrants/{entrant['id']}"
    code, error = refused(f"{here}/archive.zip")
    assert (code, error) == (400, "8 files are not composed yet, the first is composer1/001.mid")
    assert sent(f"{here}/work", b'{"kind": "compose"}') == {"files": 8}
    rows = finished(here)
    assert {row["state"] for row in rows} == {"composed"}
    assert all(row["own"] == [] and 0 < row["judge"] < 1 for row in rows)
    with urllib.request.urlopen(f"{here}/archive.zip") as answer:
        assert answer.read() == out.read_bytes()

    redone = "composer3/001.mid"
    sent(f"{here}/work", json.dumps({"kind": "compose", "name": redone}).encode())
    deadline = time.monotonic() + 30
    while sent(f"{here}/files/{redone}")["versions"] < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with urllib.request.urlopen(f"{here}/archive.zip") as answer:
        assert answer.read() != out.read_bytes()
    sent(f"{here}/files/{redone}/version", b'{"version": 0}')
    with urllib.request.urlopen(f"{here}/archive.zip") as answer:
        assert answer.read() == out.read_bytes()


def finished(here: str) -> list[dict[str, Any]]:
    """The rows, once none waits to be composed."""
    deadline = time.monotonic() + 60
    while True:
        rows: list[dict[str, Any]] = sent(here)["rows"]
        if all(row["state"] != "to compose" for row in rows):
            return rows
        assert time.monotonic() < deadline, "the answers do not come"
        time.sleep(0.05)


def test_errors_are_one_sentence(address: str) -> None:
    assert refused(f"{address}api/entrants?kind=archive&name=bad.zip", b"no zip")[0] == 400
    assert refused(f"{address}api/entrants?kind=pairs", b"x") == (
        400,
        "kind: 'pairs'; legal: dataset, archive",
    )
    assert refused(f"{address}api/entrants/0123456789ab")[0] == 404
    assert "candidates: 0; legal: 1 to 64" in refused(f"{address}api/entrants?candidates=0", b"x")[1]
