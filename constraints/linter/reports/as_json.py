"""Reports in JSON: an array of findings, or an object that counts them by rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from constraints.linter.finding import Finding
from constraints.linter.reports.base import LEVELS, Report


class JsonWriter(Report):
    """A report in JSON, element by element."""

    _begun = False

    def is_first(self) -> bool:
        """True on the first call."""
        first, self._begun = not self._begun, True
        return first

    def put(self, value: Any) -> None:
        from json import dumps  # text reports, the common case, do not need it

        text = dumps(value, ensure_ascii=False)
        is_unicode = text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)
        self.write(text if is_unicode else dumps(value))


class JsonStatisticsReport(JsonWriter):
    """One object: the number of files, the findings by severity, and one row per rule as in the text."""

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        pass

    def finish(self) -> None:
        rows = [
            {"code": code, "name": name, "severity": str(level), "fix": kind.value, "findings": count}
            for (code, name, level, kind), count in self.by_frequency()
        ]
        levels = {f"{level}s": self.counts[level] for level in LEVELS}
        self.put({"files": self.files, **levels, "rules": rows})
        self.write("\n")


class JsonReport(JsonWriter):
    """One array of findings."""

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.write("[\n" if self.is_first() else ",\n")
            self.put(finding_fields(finding))

    def finish(self) -> None:
        self.write("[]\n" if self.is_first() else "\n]\n")


def finding_fields(finding: Finding) -> dict[str, Any]:
    """A finding as a JSON object."""
    return {
        "file": finding.file,
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "message": finding.message,
        "places": finding.places,
        "bar": finding.bar,
        "beat": None if finding.beat is None else round(finding.beat, 6),
        "byteOffset": finding.byte_offset,
        "byteLength": finding.byte_length,
        "fix": finding.fix_kind.value,
    }
