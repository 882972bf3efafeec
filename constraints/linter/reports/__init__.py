"""Findings in several forms: text for people, json and sarif for programs, github for annotations,
and counts by rule as text or json.

A report is written file by file, so that a hundred thousand files need no more memory than one:

    report = REPORTS["text"](write)
    report.add("001.mid", findings)      # every file, also one without findings
    report.finish()

`write` takes a string. Within a file errors come first, as `constraints.linter.check` sorts them.
"""

from __future__ import annotations

from constraints.linter.reports.as_json import JsonReport, JsonStatisticsReport
from constraints.linter.reports.base import Report
from constraints.linter.reports.github import GithubReport
from constraints.linter.reports.sarif import SarifReport
from constraints.linter.reports.text import StatisticsReport, TextReport

REPORTS: dict[str, type[Report]] = {
    "text": TextReport,
    "json": JsonReport,
    "sarif": SarifReport,
    "github": GithubReport,
    "statistics": StatisticsReport,
    "json statistics": JsonStatisticsReport,
}
