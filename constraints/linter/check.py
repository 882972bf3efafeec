"""Check a file or a phrase: run the selected rules, and give each spot its code, severity and bar.

    findings = check_bytes(data, name="001.mid", profile="prompt")
    if errors(findings): ...

Bad bytes raise nothing: what is wrong with a file is a finding. A file whose structure leaves the
music in doubt gets only the findings of its structure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from constraints.linter.finding import Finding, Profile, Severity, Spot
from constraints.linter.rule import Rule
from constraints.linter.safety import allowed_kind
from constraints.linter.selection import EVERYTHING, Selection
from constraints.linter.subject import Subject
from violin.challenge import MAX_BARS, MIN_BARS
from violin.smf import Limits, parse

if TYPE_CHECKING:
    from violin.music import Phrase
    from violin.pair import Pair

_DEFAULT_LIMITS = Limits()

MOST_FINDINGS_OF_A_RULE = 1_000  # in one file; nobody reads more

Fault = tuple[str, "int | None", str]
"""Code, bar and message: equal for the same fault of an answer and of its given bars. The message counts the
equal places, so one more in the composed bars makes another fault."""


def check_bytes(
    data: bytes,
    *,
    name: str,
    profile: Profile | str = Profile.SUBMISSION,
    given: Pair | None = None,
    selection: Selection = EVERYTHING,
    limits: Limits = _DEFAULT_LIMITS,
) -> list[Finding]:
    """Every finding in a file's bytes, by severity (errors first), then place, then code.

    `name` is what findings call the file and what per-file ignores match; `given` is the pair
    that the file answers. Only with one is item 11 checked; and a warning that the given bars alone
    get too is an info, because an answer must repeat them. Raises RuleSelectionError for an unknown
    code in `selection`.
    """
    profile = Profile(profile)
    subject = Subject(
        parse(data, limits), name=name, profile=profile, given=given, lowest_pitch=selection.lowest_pitch
    )
    return check_subject(subject, selection)


def check_subject(subject: Subject, selection: Selection = EVERYTHING) -> list[Finding]:
    """`check_bytes` for a file that is already parsed."""
    found: list[tuple[float, Finding]] = []
    structure_alone = bool(subject.defects) and not subject.smf.is_readable
    for evidence, rules in selection.by_evidence(subject.profile, subject.name):
        if evidence and not getattr(subject, evidence):
            continue
        for rule, severity in rules:
            if structure_alone and rule.code[0] != "S":
                continue
            most = len(found) + MOST_FINDINGS_OF_A_RULE
            for spot in rule.check(subject):
                found.append((spot.tick or 0, _finding(subject, rule, severity, spot)))
                if len(found) == most:
                    break
    if subject.given and any(finding.severity is Severity.WARNING for _, finding in found):
        known = faults_of_the_given(subject.given, subject.bars, subject.profile, selection)
        found = [(tick, _milder(finding, known)) for tick, finding in found]
    if len(found) > 1:
        found.sort(key=lambda item: (-item[1].severity, item[0], item[1].code))
    return [finding for _, finding in found]


def _finding(subject: Subject, rule: Rule, severity: Severity, spot: Spot) -> Finding:
    bar: int | None = None
    beat: float | None = None
    offset, length = spot.byte_offset, spot.byte_length
    if spot.tick is not None and subject.has_beats:
        bar, beat = subject.bar_and_beat(spot.tick)
    if spot.event is not None:
        offset, length = spot.event.offset, spot.event.length
    return Finding(
        file=subject.name,
        code=rule.code,
        name=rule.name,
        severity=severity if spot.severity is None else min(severity, spot.severity),
        message=spot.message,
        bar=bar,
        beat=beat,
        byte_offset=offset,
        byte_length=length,
        fix_kind=allowed_kind(rule.fix_kind if spot.fix_kind is None else spot.fix_kind, subject.smf),
        places=spot.places,
    )


def _milder(finding: Finding, known: set[Fault]) -> Finding:
    if finding.severity is not Severity.WARNING or fault_of(finding) not in known:
        return finding
    return replace(finding, severity=Severity.INFO, message=f"{finding.message} (in the given bars)")


def fault_of(finding: Finding) -> Fault:
    """What makes two findings the same fault."""
    return finding.code, finding.bar, finding.message


def faults_of_the_given(
    given: Pair,
    bars: int,
    profile: Profile = Profile.SUBMISSION,
    selection: Selection = EVERYTHING,
) -> set[Fault]:
    """The errors and warnings of an answer of `bars` bars whose middle is silent."""
    from violin.pair import answer

    total = given.bars or min(max(bars, MIN_BARS, given.fewest_bars), MAX_BARS)
    silent = answer(given, total, ())
    findings = check_phrase(silent, profile=profile, selection=selection, name="given bars")
    return {fault_of(finding) for finding in findings if finding.severity >= Severity.WARNING}


def check_phrase(
    phrase: Phrase,
    *,
    profile: Profile | str = Profile.SUBMISSION,
    given: Pair | None = None,
    selection: Selection = EVERYTHING,
    name: str = "phrase",
) -> list[Finding]:
    """Every finding in a phrase as `violin.midi` would write it."""
    from violin.midi import phrase_bytes

    return check_bytes(phrase_bytes(phrase), name=name, profile=profile, given=given, selection=selection)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that make a file unfit: those of severity ERROR."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]
