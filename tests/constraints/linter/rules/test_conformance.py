"""Every rule of the registry: documentation, fixtures that break it and fixtures that do not, and a
fix that leaves no finding of its rule, changes nothing when repeated and, if safe, changes no sound."""

from __future__ import annotations

import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from mido_sound import mido_notes

from constraints.linter.check import check_bytes
from constraints.linter.finding import FixKind, Profile, Severity
from constraints.linter.fix import fix_bytes
from constraints.linter.rule import Rule
from constraints.linter.safety import sound_of
from constraints.linter.selection import Selection, all_rules
from violin.smf import parse

HERE = Path(__file__).parent


def load(name: str) -> ModuleType:
    """A sibling module, by path: with import-mode=importlib tests are no package."""
    if name not in sys.modules:
        spec = spec_from_file_location(name, HERE / f"{name}.py")
        assert spec
        assert spec.loader
        module = module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


build = load("build")
CASES = [case for path in sorted(HERE.glob("cases_*.py")) for case in load(path.stem).CASES]
RULES = {rule.code: rule for rule in all_rules()}


def selection_of(case: object) -> Selection:
    every = ((rule.code, Severity.WARNING) for rule in all_rules() if rule.code == case.code)  # type: ignore[attr-defined]
    return Selection(select=(case.code,), severity=tuple(every), **case.options)  # type: ignore[attr-defined]


def findings_of(case: object, data: bytes) -> list:  # type: ignore[type-arg]
    return check_bytes(
        data,
        name="a.mid",
        profile=case.profile,
        given=case.given,
        selection=selection_of(case),  # type: ignore[attr-defined]
    )


def labelled(which: str) -> list:  # type: ignore[type-arg]
    return [
        pytest.param(case, data, id=f"{case.code}-{number}")
        for case in CASES
        for number, data in enumerate(getattr(case, which))
    ]


def test_the_default_fixture_is_clean_under_every_profile() -> None:
    for profile in Profile:
        assert check_bytes(build.phrase(), name="a.mid", profile=profile) == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_is_documented_and_named(rule: Rule) -> None:
    assert re.fullmatch(r"[SCNP]\d{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    for part in rule.documentation():
        assert len(part) > 4
    assert len(rule.severities) == len(Profile)
    assert rule.severity(Profile.SUBMISSION) is not Severity.OFF
    has_fix = type(rule).fix is not Rule.fix
    assert has_fix or rule.code[0] == "S" or rule.fix_kind is FixKind.NONE
    assert not (has_fix and rule.fix_kind is FixKind.NONE)


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_a_rule_has_fixtures_of_both_kinds(rule: Rule) -> None:
    assert any(case.violating for case in CASES if case.code == rule.code)
    assert any(case.clean for case in CASES if case.code == rule.code)


@pytest.mark.parametrize(("case", "data"), labelled("violating"))
def test_a_violation_is_found(case: object, data: bytes) -> None:
    findings = findings_of(case, data)
    assert findings
    assert all(finding.message and "\n" not in finding.message for finding in findings)


@pytest.mark.parametrize(("case", "data"), labelled("clean"))
def test_a_near_miss_is_not_found(case: object, data: bytes) -> None:
    assert findings_of(case, data) == []


@pytest.mark.parametrize(("case", "data"), labelled("violating"))
def test_a_fix_leaves_no_finding_of_its_rule_and_is_idempotent(case: object, data: bytes) -> None:
    findings = findings_of(case, data)
    kinds = {finding.fix_kind for finding in findings}
    options = {"profile": case.profile, "given": case.given, "selection": selection_of(case)}  # type: ignore[attr-defined]
    for unsafe in (False, True):
        mine = {FixKind.SAFE, FixKind.UNSAFE} if unsafe else {FixKind.SAFE}
        result = fix_bytes(data, name="a.mid", unsafe=unsafe, **options)
        if not kinds & mine:
            assert result.data == data
            continue
        assert result.refused == ()
        assert list(result.applied) == [case.code]  # type: ignore[attr-defined]
        left = findings_of(case, result.data)
        assert [finding for finding in left if finding.fix_kind in mine] == []
        assert fix_bytes(result.data, name="a.mid", unsafe=unsafe, **options).data == result.data
        if not unsafe:
            assert sound_of(parse(data).tracks) == sound_of(parse(result.data).tracks)
            heard = mido_notes(data)
            assert heard is None or heard == mido_notes(result.data)
