"""Accepted findings: what is left out, and what a baseline's file must be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from constraints.linter.baseline import Baseline, fingerprint
from constraints.linter.finding import Finding, Severity
from violin.errors import SettingsError

FINDING = Finding("a/b.mid", "C041", "below-range", Severity.ERROR, "too low", 2, 1.5, 30, 3)


def test_a_finding_is_known_by_file_rule_place_and_message() -> None:
    assert fingerprint(FINDING) == fingerprint(replace(FINDING, file="a\\b.mid", byte_offset=99))
    others = [
        replace(FINDING, file="c.mid"),
        replace(FINDING, code="C042"),
        replace(FINDING, bar=3),
        replace(FINDING, message="lower still"),
    ]
    assert len({fingerprint(one) for one in (FINDING, *others)}) == 5


def test_each_acceptance_counts_once(tmp_path: Path) -> None:
    baseline = Baseline()
    baseline.add([FINDING, FINDING])
    path = tmp_path / "baseline.json"
    path.write_bytes(baseline.to_json())
    loaded = Baseline.load(path)
    other = replace(FINDING, bar=9)
    assert loaded.without_accepted([FINDING, other]) == [other]
    assert loaded.without_accepted([FINDING, FINDING]) == [FINDING]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"violin-baseline": 1, "findings": 3}'])
def test_a_file_that_is_not_a_baseline_gives_one_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match=r"x\.json: not a baseline"):
        Baseline.load(path)
    path.write_text('{"violin-baseline": 2, "findings": {}}')
    with pytest.raises(SettingsError, match="another format; legal: 1"):
        Baseline.load(path)
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        Baseline.load(tmp_path / "nowhere.json")
