"""What every report of the linter does: counts findings, and sums them up in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from constraints.linter.finding import Finding, FixKind, Severity, counted

LEVELS = (Severity.ERROR, Severity.WARNING, Severity.INFO)
Write = Callable[[str], object]


class Report:
    """The base class: counts findings and writes the summary.

    `quiet` leaves the summary out. `rules_url` is the address of the rules' manual, for reports that link
    to it.
    """

    def __init__(self, write: Write, *, quiet: bool = False, rules_url: str = "") -> None:
        self.write = write
        self.quiet = quiet
        self.rules_url = rules_url
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
        """Write what follows the last file."""

    @property
    def has_findings(self) -> bool:
        """Whether any error or warning was found: infos alone leave a run clean."""
        return bool(self.counts[Severity.ERROR] or self.counts[Severity.WARNING])

    def by_frequency(self) -> list[tuple[tuple[str, str, Severity, FixKind], int]]:
        """Each (code, name, severity, kind of fix) with its number of findings, the commonest first."""
        return sorted(self.codes.items(), key=lambda item: (-item[1], item[0]))

    def write_summary(self) -> None:
        """The summary as the last line, unless the report is quiet."""
        if not self.quiet:
            self.write(f"{self.summary()}\n")

    def summary(self) -> str:
        """'1600 files: 3 errors, 12 warnings, 40 infos (9 fixable with --fix)'."""
        files = counted(self.files, "file")
        if not self.counts:
            return f"{files}: no findings"
        text = ", ".join(counted(self.counts[level], str(level)) for level in LEVELS if self.counts[level])
        ways = [
            f"{self.fixable[kind]} fixable with {option}"
            for kind, option in ((FixKind.SAFE, "--fix"), (FixKind.UNSAFE, "--unsafe-fixes"))
            if self.fixable[kind]
        ]
        return f"{files}: {text}" + (f" ({', '.join(ways)})" if ways else "")
