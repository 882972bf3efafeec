"""A slip changes one note and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from models.judge.features.canonical import Line, canonical
from models.judge.training.examples import Drawn, Human
from models.judge.training.slips import SLIPS, dropped_note, octave_slip
from violin.music import Note, Phrase

LINE = canonical(Phrase(tuple(Note(48 * index, 60 + index, 48) for index in range(16)), 4))


def test_a_dropped_note_is_missing_and_the_others_stand() -> None:
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


def test_about_half_of_human_and_machine_lines_slip() -> None:
    source = Human(LINE, "bach", True, "bach:1", 4, "")
    drawn = Drawn([LINE] * 400, [source] * 400, [""] * 200 + ["loop"] * 200)
    slipped = drawn.with_slips(0)
    changed = np.array([_differs(line) for line in slipped.lines])
    assert changed[:200].mean() == pytest.approx(0.5, abs=0.1)
    assert changed[200:].mean() == pytest.approx(0.5, abs=0.1)
    assert [_differs(line) for line in drawn.with_slips(0).lines] == changed.tolist()


def _differs(line: Line) -> bool:
    return line.pitch.tolist() != LINE.pitch.tolist()
