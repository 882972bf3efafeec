"""The forms of a report."""

from __future__ import annotations

import json

from constraints.linter.baseline import fingerprint
from constraints.linter.finding import Finding, FixKind, Severity
from constraints.linter.reports import REPORTS
from constraints.linter.selection import all_rules

ERROR = Finding(
    "b/a 1.mid", "C041", "below-violin", Severity.ERROR, "F#3; legal: 55", 3, 2.5, 40, 3, FixKind.UNSAFE
)
INFO = Finding(
    "b/a 1.mid", "C082", "missing-key", Severity.INFO, "no key: 100%,\nreally", fix_kind=FixKind.SAFE
)
LATER = Finding("c.mid", "C011", "not-format-0", Severity.ERROR, "format 1", byte_offset=8, byte_length=2)


def written(form: str, *files: tuple[str, list[Finding]]) -> str:
    parts: list[str] = []
    report = REPORTS[form](parts.append)
    for file, findings in files:
        report.add(file, findings)
    report.finish()
    return "".join(parts)


def test_text_groups_by_file_and_sums_up_in_one_line() -> None:
    text = written("text", ("b/a 1.mid", [ERROR]), ("clean.mid", []), ("c.mid", [LATER]))
    assert text.splitlines() == [
        "b/a 1.mid",
        "  error   C041 below-violin: bar 3 beat 2.5: F#3; legal: 55",
        "c.mid",
        "  error   C011 not-format-0: format 1",
        "3 files: 2 errors (1 fixable with --unsafe-fixes)",
    ]
    assert written("text", ("clean.mid", [])) == "1 file: no findings\n"


def test_json_is_one_array() -> None:
    rows = json.loads(written("json", ("b/a 1.mid", [ERROR, INFO]), ("c.mid", [LATER])))
    assert [row["code"] for row in rows] == ["C041", "C082", "C011"]
    assert rows[0] == {
        "file": "b/a 1.mid",
        "code": "C041",
        "name": "below-violin",
        "severity": "error",
        "message": "F#3; legal: 55",
        "places": 1,
        "bar": 3,
        "beat": 2.5,
        "byteOffset": 40,
        "byteLength": 3,
        "fix": "unsafe",
    }
    assert json.loads(written("json")) == []


def test_sarif_lists_every_rule_and_locates_by_bytes_and_bars() -> None:
    log = json.loads(written("sarif", ("b/a 1.mid", [ERROR, INFO]), ("c.mid", [LATER])))
    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in all_rules()]
    first, second, _ = run["results"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "C041"
    assert (first["level"], second["level"]) == ("error", "note")
    [location] = first["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "b/a%201.mid"
    assert location["physicalLocation"]["region"] == {"byteOffset": 40, "byteLength": 3}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "bar 3 beat 2.5"
    assert "logicalLocations" not in second["locations"][0]
    assert json.loads(written("sarif"))["runs"][0]["results"] == []


def test_github_writes_errors_first_and_escapes() -> None:
    lines = written("github", ("b/a 1.mid", [ERROR, INFO]), ("c,d.mid", [LATER])).splitlines()
    place = "file=b/a 1.mid,line=3,col=2"
    assert lines[0] == f"::error {place},title=C041 below-violin::bar 3 beat 2.5: F#3; legal: 55"
    assert lines[1].startswith("::error file=c.mid")
    assert lines[2] == "::notice file=b/a 1.mid,title=C082 missing-key::no key: 100%25,\\nreally"


def test_statistics_count_by_rule_the_commonest_first() -> None:
    lines = written("statistics", ("a", [ERROR, INFO]), ("b", [INFO])).splitlines()
    assert lines[0].split() == ["2", "info", "C082", "missing-key", "[--fix]"]
    assert lines[1].split() == ["1", "error", "C041", "below-violin", "[--unsafe-fixes]"]
    assert len(lines) == 3


def test_infos_alone_are_clean() -> None:
    report = REPORTS["text"](lambda text: None)
    report.add("a", [INFO])
    assert not report.has_findings
    report.add("b", [ERROR])
    assert report.has_findings


def test_a_quiet_report_has_findings_and_no_summary() -> None:
    parts: list[str] = []
    for form in ("text", "github", "statistics"):
        report = REPORTS[form](parts.append, quiet=True)
        report.add("c.mid", [LATER])
        report.finish()
    assert "".join(parts).count("C011") == 3
    assert "1 file: " not in "".join(parts)


def test_the_same_finding_twice_has_one_fingerprint_and_two_line_hashes() -> None:
    log = json.loads(written("sarif", ("c.mid", [LATER, LATER])))
    first, second = (result["partialFingerprints"] for result in log["runs"][0]["results"])
    assert first["violinLint/v1"] == second["violinLint/v1"] == fingerprint(LATER)
    assert first["primaryLocationLineHash"] == f"{fingerprint(LATER)}:1"
    assert second["primaryLocationLineHash"] == f"{fingerprint(LATER)}:2"
