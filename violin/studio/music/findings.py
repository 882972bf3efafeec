"""The linter's findings as JSON values: their notes, why they matter, and what can be done."""

from __future__ import annotations

from typing import Any

from constraints.linter.finding import Finding, FixKind
from constraints.linter.selection import find_rule
from violin.api.checking import lint
from violin.api.findings import notes_at
from violin.music import Phrase
from violin.pair import Pair

MOST_SHOWN = 500


def findings_json(phrase: Phrase, given: Pair | None, profile: str = "submission") -> list[dict[str, Any]]:
    """Up to `MOST_SHOWN` findings of a phrase, errors first, each with the ids of its notes."""
    if not phrase.notes:
        return []
    return [finding_json(one, phrase) for one in lint(phrase, profile=profile, given=given)[:MOST_SHOWN]]


def finding_json(finding: Finding, phrase: Phrase) -> dict[str, Any]:
    """One finding with the explanation of its rule."""
    documentation = find_rule(finding.code).documentation()
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "message": finding.message,
        "bar": finding.bar,
        "beat": finding.beat,
        "notes": [f"n{index}" for index in notes_at(phrase, finding)],
        "fix": finding.fix_kind.value,
        "fix_words": documentation.fix if finding.fix_kind is not FixKind.NONE else "",
        "what": documentation.what,
        "why": documentation.why,
        "places": finding.places,
    }
