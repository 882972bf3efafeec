"""SARIF 2.1.0 (OASIS), the format of code scanning services and editors."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from constraints.linter.baseline import fingerprint
from constraints.linter.finding import Finding, Profile, Severity
from constraints.linter.manual import anchor, explanation
from constraints.linter.reports.as_json import JsonWriter
from constraints.linter.rule import Rule
from constraints.linter.selection import all_rules
from violin import __version__

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"  # the name that code scanning services use for the folder of the run


class SarifReport(JsonWriter):
    """Every rule in the driver; results with byte regions, the bar and beat as logical location,
    fingerprints and fixes.

    All rules are listed, found or not, so that a service closes an alert when its rule passes. Relative
    paths are relative to the folder where the linter ran. A rule has a `helpUri` if the settings have
    the address of the rules' manual.
    """

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        seen: Counter[str] = Counter()
        for finding in findings:
            if self.is_first():
                self._open()
            else:
                self.write(",\n")
            name = fingerprint(finding)
            seen[name] += 1
            self.put(self._result(finding, name, seen[name]))

    def _open(self) -> None:
        rules = all_rules()
        self._indices = {rule.code: index for index, rule in enumerate(rules)}
        driver = {
            "name": "violin lint",
            "version": __version__,
            "rules": [self._rule(rule) for rule in rules],
        }
        self.write(f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{{"tool": ')
        self.put({"driver": driver})
        self.write(', "originalUriBaseIds": ')
        self.put({_ROOT: {"uri": f"{Path.cwd().as_uri()}/"}})
        self.write(', "results": [\n')

    def _rule(self, rule: Rule) -> dict[str, Any]:
        documentation = rule.documentation()
        described: dict[str, Any] = {
            "id": rule.code,
            "name": "".join(word.title() for word in rule.name.split("-")),
            "shortDescription": {"text": " ".join(documentation.what.split())},
            "fullDescription": {"text": " ".join(documentation.why.split())},
            "help": {"text": f"violin explain {rule.code}", "markdown": explanation(rule)},
            "defaultConfiguration": {"level": _LEVELS.get(rule.severity(Profile.SUBMISSION), "none")},
        }
        if self.rules_url:
            described["helpUri"] = f"{self.rules_url}#{anchor(rule)}"
        return described

    def _result(self, finding: Finding, name: str, count: int) -> dict[str, Any]:
        artifact = _artifact(finding.file)
        physical: dict[str, Any] = {"artifactLocation": artifact}
        if finding.byte_offset is not None:
            physical["region"] = {"byteOffset": finding.byte_offset, "byteLength": finding.byte_length or 0}
        location: dict[str, Any] = {"physicalLocation": physical}
        if finding.place:
            location["logicalLocations"] = [{"fullyQualifiedName": finding.place, "kind": "bar"}]
        result: dict[str, Any] = {
            "ruleId": finding.code,
            "ruleIndex": self._indices[finding.code],
            "level": _LEVELS[finding.severity],
            "message": {"text": finding.message},
            "locations": [location],
            # The first name is the one that GitHub compares.
            "partialFingerprints": {"primaryLocationLineHash": f"{name}:{count}", "violinLint/v1": name},
        }
        if finding.replacement is not None:
            from base64 import b64encode  # the other reports start sooner without it

            offset, length, data = finding.replacement
            replacement = {
                "deletedRegion": {"byteOffset": offset, "byteLength": length},
                "insertedContent": {"binary": b64encode(data).decode("ascii")},
            }
            text = f"The {finding.fix_kind.value} fix of {finding.code} for the whole file."
            change = {"artifactLocation": artifact, "replacements": [replacement]}
            result["fixes"] = [{"description": {"text": text}, "artifactChanges": [change]}]
        return result

    def finish(self) -> None:
        if self.is_first():
            self._open()
        self.write("\n]}]}\n")


def _artifact(file: str) -> dict[str, str]:
    """Where a file is: below the folder of the run, or elsewhere."""
    from urllib.parse import quote

    path = quote(file.replace(os.sep, "/").encode("utf-8", "surrogateescape"))
    if Path(file).is_absolute():
        return {"uri": f"file://{path}" if path.startswith("/") else f"file:///{path}"}
    return {"uri": path, "uriBaseId": _ROOT}
