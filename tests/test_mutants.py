"""The table of faults fits the code; `make mutants` runs the faults themselves."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest
import run_mutants
from run_mutants import ROOT, Mutant, mutants

MUTANTS = mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.table}: {mutant.what}")
def test_a_fault_can_be_put_in(mutant: Mutant) -> None:
    """Its old text occurs once in its folder, the changed file is still Python, its test exists."""
    before = mutant.file().read_text(encoding="utf-8")
    after = before.replace(mutant.old, mutant.new)
    assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(before))
    file, _, name = mutant.test.partition("::")
    assert name in (ROOT / file).read_text(encoding="utf-8")


def test_the_faults_are_many_and_spread_over_all_rooms() -> None:
    assert len(MUTANTS) >= 60
    assert len({(one.folder, one.old, one.new) for one in MUTANTS}) == len(MUTANTS)
    rooms = Counter(mutant.folder.split("/")[0] for mutant in MUTANTS)
    assert set(rooms) == {"violin", "constraints", "data_prep", "models", "submission"}
    assert min(rooms.values()) >= 8


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("assert two() == 2", "caught"),
        ("assert two() < 9", "SURVIVED"),
        ("time.sleep(60 * (two() - 2))", "TOO LONG"),
        ("while two() > 2: pass", "TOO LONG"),
        ("assert (", "NOT RUN"),
        ("import joblib; assert joblib.Parallel(2)(map(joblib.delayed(abs), [1, 2])) == [1, 2]", "SURVIVED"),
    ],
)
def test_the_verdict_about_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, verdict: str
) -> None:
    """A test that says what is wrong, one that sees nothing, two that hang, one that is no Python, and one
    that leaves idle workers behind."""
    monkeypatch.setattr(run_mutants, "PRELOADED", ())
    monkeypatch.setattr(run_mutants, "PROCESSOR_SECONDS", 2 if "while" in body else 60)
    monkeypatch.setattr(run_mutants, "SECONDS", 5 if "sleep" in body else 60)
    (tmp_path / "room").mkdir()
    source = tmp_path / "room" / "numbers_of_a_test.py"
    source.write_text("def two():\n    return 2\n")
    (tmp_path / "test_x.py").write_text(
        f"import time\n\nfrom room.numbers_of_a_test import two\n\n\ndef test_x():\n    {body}\n"
    )
    mutant = Mutant("a table", "two is three", "room", "return 2", "return 3", "test_x.py")
    assert run_mutants.try_out(mutant, tmp_path).verdict == verdict
    assert source.read_text() == "def two():\n    return 2\n"


def test_words_choose_faults_by_their_description() -> None:
    assert MUTANTS[0] in mutants([MUTANTS[0].what])
    assert mutants(["no fault is described like this"]) == []
