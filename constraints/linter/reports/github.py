"""Annotations of a GitHub workflow."""

from __future__ import annotations

from collections.abc import Sequence

from constraints.linter.finding import Finding, Severity
from constraints.linter.reports.base import Report, Write
from violin.errors import printable

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class GithubReport(Report):
    """Workflow commands that become annotations.

    A MIDI file has no lines, so an annotation's line is the bar and its column the beat. GitHub shows ten
    errors and ten warnings a step: errors are written at once, the rest after them.
    """

    def __init__(self, write: Write, *, quiet: bool = False, rules_url: str = "") -> None:
        super().__init__(write, quiet=quiet, rules_url=rules_url)
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
        position = ""
        if finding.bar is not None and finding.beat is not None:
            position = f",line={finding.bar},col={int(finding.beat)}"
        level = _LEVELS[finding.severity]
        return (
            f"::{level} file={file}{position},title={title}::{escaped(printable(place + finding.message))}\n"
        )

    def finish(self) -> None:
        for line in self._later:
            self.write(line)
        self.write_summary()
