"""Reports for people: the findings of each file, or how often each rule was broken."""

from __future__ import annotations

from collections.abc import Sequence

from constraints.linter.finding import Finding, FixKind
from constraints.linter.reports.base import Report
from violin.errors import printable


class TextReport(Report):
    """Grouped by file, with one line per finding and a summary line."""

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        if findings:
            self.write(f"{printable(file)}\n")
            for finding in findings:
                self.write(f"  {finding.severity!s:7} {printable(str(finding))}\n")

    def finish(self) -> None:
        self.write_summary()


class StatisticsReport(Report):
    """One line per rule: how often, at which severity, how it can be fixed; the commonest first."""

    def show(self, file: str, findings: Sequence[Finding]) -> None:
        pass

    def finish(self) -> None:
        for (code, name, level, kind), count in self.by_frequency():
            fix = {FixKind.SAFE: "  [--fix]", FixKind.UNSAFE: "  [--unsafe-fixes]"}.get(kind, "")
            self.write(f"{count:>8}  {level!s:7}  {code}  {name}{fix}\n")
        self.write_summary()
