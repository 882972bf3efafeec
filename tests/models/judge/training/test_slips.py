"""A slip changes one note and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from models.judge.features.canonical import canonical
from models.judge.features.table import Knowledge, Reading, measure
from models.judge.training.examples import Drawn, Human, measured
from models.judge.training.slips import SLIPS, dropped_note, octave_slip
from violin.music import Note, Phrase

LINE = canonical(Phrase(tuple(Note(48 * index, 60 + index, 48) for index in range(16)), 4))


def test_a_dropped_note_is_missing_and_the_others_stay() -> None:
    line = dropped_note(LINE, np.random.default_rng(1))
    assert len(line) == 15
    assert set(line.pitch.tolist()) < set(LINE.pitch.tolist())


def test_an_octave_slip_moves_one_note_by_twelve() -> None:
    line = octave_slip(LINE, np.random.default_rng(1))
    moved = np.flatnonzero(line.pitch != LINE.pitch)
    assert len(moved) == 1
    assert abs(int(line.pitch[moved[0]]) - int(LINE.pitch[moved[0]])) == 12


@pytest.mark.parametrize("name", list(SLIPS))
def test_a_short_line_stays_a_line(name: str) -> None:
    line = canonical(Phrase((Note(0, 55, 48),), 1))
    assert len(SLIPS[name](line, np.random.default_rng(0))) == 1


def test_every_example_is_measured_without_and_with_a_slip() -> None:
    source = Human(LINE, "bach", True, "bach:1", 4, "")
    drawn = Drawn([LINE] * 8, [source] * 8, [""] * 4 + ["loop"] * 4)
    knowledge = Knowledge.fit([Reading.of(LINE)], ["bach"])
    found, again = (measured(drawn, knowledge, seed=0) for _ in range(2))
    assert (found.values == measure([LINE], ["bach"], knowledge)).all()
    assert (found.slipped != found.values).any(axis=1).all()
    assert (found.slipped == again.slipped).all()
