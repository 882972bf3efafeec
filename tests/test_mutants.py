"""The table of faults fits the code; `make mutants` runs the faults themselves."""

from __future__ import annotations

import ast
from collections import Counter

import pytest
from run_mutants import ROOT, Mutant, mutants

MUTANTS = mutants()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.table}: {mutant.what}")
def test_a_fault_can_be_put_in(mutant: Mutant) -> None:
    """Its old text stands once in its folder, the changed file is still Python, its test exists."""
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


def test_words_choose_faults_by_their_description() -> None:
    assert MUTANTS[0] in mutants([MUTANTS[0].what])
    assert mutants(["no fault is described like this"]) == []
