"""Findings in several forms: text for people, json and sarif for programs, github for annotations,
and counts by rule as text or json.

A report is written file by file, so that a hundred thousand files need no more memory than one:

    report = REPORTS["text"](write)
    report.add("001.mid", findings)      # every file, also one without findings
    report.finish()

`write` takes a string. Within a file errors come first, as `constraints.linter.check` sorts them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from constraints.linter.finding import Finding, FixKind, Profile, Severity, counted
from constraints.linter.selection import all_rules
from violin import __version__
from violin.errors import printable

_LEVELS = (Severity.ERROR, Severity.WARNING, Severity.INFO)
Write = Callable[[str], object]
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class Report:
    """The base: counts, and decides what a summary says."""

    def __init__(self, write: Write) -> None:
        self.write = write
        self.files = 0
        self.counts: Counter[Severity] = Counter()
        self.codes: Counter[tuple[str, str, Severity, FixKind]] = Counter()
        self.fixable: Counter[FixKind] = Counter()

    def add(self, file: str, findings: Sequence[Finding]) -> None:
        """One file and all its findings."""
        self.files += 1
        for finding in findings:
            self.counts[finding.severity] += 1
            self.fixable[finding.fix_kind] += 1
            self.codes[finding.code, finding.name, finding.severity, finding.fix_kind] += 1
        self.show(file, findings)

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """What comes after the last file."""

    @property
    def has_findings(self) -> bool:
        """Whether any error or warning was found: infos alone leave a run clean."""
        return bool(self.counts[Severity.ERROR] or self.counts[Severity.WARNING])

    def by_frequency(self) -> list[tuple[tuple[str, str, Severity, FixKind], int]]:
        """Each (code, name, severity, kind of fix) with its number of findings, the commonest first."""
        return sorted(self.codes.items(), key=lambda item: (-item[1], item[0]))

    def summary(self) -> str:
        """'1600 files: 3 errors, 12 warnings, 40 infos (9 fixable with --fix)'."""
        files = counted(self.files, "file")
        if not self.counts:
            return f"{files}: no findings"
        text = ", ".join(counted(self.counts[level], str(level)) for level in _LEVELS if self.counts[level])
        ways = [
            f"{self.fixable[kind]} fixable with {option}"
            for kind, option in ((FixKind.SAFE, "--fix"), (FixKind.UNSAFE, "--unsafe-fixes"))
            if self.fixable[kind]
        ]
        return f"{files}: {text}" + (f" ({', '.join(ways)})" if ways else "")


class _JsonWriter(Report):
    """A report in JSON, element by element."""

    def __init__(self, write: Write) -> None:
        super().__init__(write)
        self._begun = False

    def is_first(self) -> bool:
        """True the first time that it is asked."""
        first, self._begun = not self._begun, True
        return first

    def put(self, value: Any) -> None:
        from json import dumps  # text reports, the common case, do without

        text = dumps(value, ensure_ascii=False)
        is_unicode = text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)
        self.write(text if is_unicode else dumps(value))


class TextReport(Report):
    """Grouped by file, a line a finding, one line of summary."""

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        if findings:
            self.write(f"{printable(file)}\n")
            for finding in findings:
                self.write(f"  {finding.severity!s:7} {printable(str(finding))}\n")

    def finish(self) -> None:
        self.write(f"{self.summary()}\n")


class StatisticsReport(Report):
    """A line a rule: how often, at which severity, how it can be fixed; the commonest first."""

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        pass

    def finish(self) -> None:
        for (code, name, level, kind), count in self.by_frequency():
            fix = {FixKind.SAFE: "  [--fix]", FixKind.UNSAFE: "  [--unsafe-fixes]"}.get(kind, "")
            self.write(f"{count:>8}  {level!s:7}  {code}  {name}{fix}\n")
        self.write(f"{self.summary()}\n")


class JsonStatisticsReport(_JsonWriter):
    """One object: the number of files, the findings by severity, and a row a rule as in the text."""

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        pass

    def finish(self) -> None:
        rows = [
            {"code": code, "name": name, "severity": str(level), "fix": kind.value, "findings": count}
            for (code, name, level, kind), count in self.by_frequency()
        ]
        levels = {f"{level}s": self.counts[level] for level in _LEVELS}
        self.put({"files": self.files, **levels, "rules": rows})
        self.write("\n")


class JsonReport(_JsonWriter):
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


class GithubReport(Report):
    """Workflow commands that become annotations. GitHub shows ten errors and ten warnings a step:
    errors are written at once, the rest after them."""

    def __init__(self, write: Write) -> None:
        super().__init__(write)
        self._later: list[str] = []

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        for finding in findings:
            line = self._line(finding)
            if finding.severity is Severity.ERROR:
                self.write(line)
            elif len(self._later) < 1_000:
                self._later.append(line)

    @staticmethod
    def _line(finding: Finding) -> str:
        def escaped(text: str, more: str = "") -> str:
            for sign in "%\r\n" + more:
                text = text.replace(sign, f"%{ord(sign):02X}")
            return text

        file = escaped(finding.file, ":,")
        title = escaped(f"{finding.code} {finding.name}", ":,")
        place = f"{finding.place}: " if finding.place else ""
        level = _GITHUB_LEVELS[finding.severity]
        return f"::{level} file={file},title={title}::{escaped(printable(place + finding.message))}\n"

    def finish(self) -> None:
        for line in self._later:
            self.write(line)
        self.write(f"{self.summary()}\n")


class SarifReport(_JsonWriter):
    """SARIF 2.1.0 (OASIS): every rule in the driver, byte regions, bar and beat as logical location.

    All rules are listed, found or not, so that a service closes an alert when its rule passes.
    """

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        for finding in findings:
            if self.is_first():
                self._open()
            else:
                self.write(",\n")
            self.put(self._result(finding))

    def _open(self) -> None:
        driver = {
            "name": "violin lint",
            "version": __version__,
            "rules": [
                {
                    "id": rule.code,
                    "name": "".join(word.title() for word in rule.name.split("-")),
                    "shortDescription": {"text": " ".join(rule.documentation().what.split())},
                    "fullDescription": {"text": " ".join(rule.documentation().why.split())},
                    "help": {"text": f"violin explain {rule.code}"},
                    "defaultConfiguration": {
                        "level": _SARIF_LEVELS.get(rule.severity(Profile.SUBMISSION), "none")
                    },
                }
                for rule in all_rules()
            ],
        }
        self._indices = {rule.code: index for index, rule in enumerate(all_rules())}
        self.write(f'{{"$schema": "{_SARIF_SCHEMA}", "version": "2.1.0", "runs": [{{"tool": ')
        self.put({"driver": driver})
        self.write(', "results": [\n')

    def _result(self, finding: Finding) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
        if finding.byte_offset is not None:
            physical["region"] = {"byteOffset": finding.byte_offset, "byteLength": finding.byte_length or 0}
        location: dict[str, Any] = {"physicalLocation": physical}
        if finding.place:
            location["logicalLocations"] = [{"fullyQualifiedName": finding.place, "kind": "bar"}]
        return {
            "ruleId": finding.code,
            "ruleIndex": self._indices[finding.code],
            "level": _SARIF_LEVELS[finding.severity],
            "message": {"text": finding.message},
            "locations": [location],
        }

    def finish(self) -> None:
        if self.is_first():
            self._open()
        self.write("\n]}]}\n")


def _uri(file: str) -> str:
    from urllib.parse import quote

    return quote(file.replace(os.sep, "/").encode("utf-8", "surrogateescape"))


REPORTS: dict[str, type[Report]] = {
    "text": TextReport,
    "json": JsonReport,
    "sarif": SarifReport,
    "github": GithubReport,
    "statistics": StatisticsReport,
    "json statistics": JsonStatisticsReport,
}
