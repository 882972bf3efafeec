"""The linter's word on a finished answer, with what the given bars brought along told apart."""

from __future__ import annotations

from dataclasses import dataclass

from constraints.check import check_bytes
from constraints.rule import Finding, Profile, Severity
from violin.challenge import MAX_BARS, MIN_BARS
from violin.midi import phrase_bytes
from violin.pair import Pair, answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """Errors of an answer: `own` are ours; `inherited` stand in the given bars, which we may not
    touch."""

    own: tuple[Finding, ...]
    inherited: tuple[Finding, ...]


def judge_answer(data: bytes, name: str, given: Pair | None, bars: int) -> Verdict:
    """Lint an answer of `bars` bars under the submission profile, with its given pair."""
    errors = [
        finding
        for finding in check_bytes(data, name=name, profile=Profile.SUBMISSION, given=given)
        if finding.severity >= Severity.ERROR
    ]
    if not errors or given is None:
        return Verdict(tuple(errors), ())
    known = _faults_of_the_given(given, bars)
    return Verdict(
        tuple(finding for finding in errors if (finding.code, finding.bar) not in known),
        tuple(finding for finding in errors if (finding.code, finding.bar) in known),
    )


def _faults_of_the_given(given: Pair, bars: int) -> set[tuple[str, int | None]]:
    """(rule code, bar) of what is wrong in an answer whose middle is silent."""
    least = given.beginning_bars + given.ending_bars + 1
    total = min(max(bars, MIN_BARS, least), MAX_BARS)
    if total < least:
        return set()
    silent = phrase_bytes(answer(given, total, ()))
    return {
        (finding.code, finding.bar)
        for finding in check_bytes(silent, name="given bars", profile=Profile.SUBMISSION, given=given)
        if finding.severity >= Severity.ERROR
    }
