"""The machine lines whose bars return as those of their human source do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from written_lines import line_of_bars, quarters

from models.judge.features.canonical import phrase_of_line
from models.judge.training.composed import with_plan_of
from models.judge.training.negatives.family import Tone, bar_tones
from models.judge.training.negatives.replanned import Return, relations_of, replanned

A, B = quarters(67, 69, 71, 72), quarters(79, 76, 72, 67)
MOVED, VARIED, RHYTHM = quarters(69, 71, 72, 74), quarters(67, 69, 71, 76), quarters(60, 79, 64, 77)
SOURCE = line_of_bars([A, B, A, MOVED, VARIED, RHYTHM, A, [(0, 72, 4)]])


def test_the_relations_of_a_line() -> None:
    found = relations_of(SOURCE)
    assert [one.kind for one in found] == [
        Return.NEW, Return.RHYTHM, Return.SAME, Return.MOVED, Return.VARIED, Return.RHYTHM, Return.SAME,
        Return.NEW,
    ]  # fmt: skip
    assert (found[2].other, found[3].shift) == (0, 1)


def test_bars_that_return_in_the_source_return_in_the_new_line() -> None:
    new = [Tone(12 * place, pitch, 12) for place, pitch in enumerate((74, 71, 76, 69))]

    def new_bar(bar: int, written: Sequence[Tone]) -> list[Tone]:
        assert all(tone.onset_steps < bar * SOURCE.bar_steps for tone in written)
        return new

    source = line_of_bars([A, [(0, 79, 1), (1, 76, 0.5), (2, 72, 2)], B, A, B, A, A, [(0, 72, 4)]])
    made = replanned(source, 1, 7, new_bar, np.random.default_rng(0))
    assert made is not None
    bars = [[tone.pitch for tone in bar_tones(made, bar)] for bar in range(8)]
    assert bars[0] == bars[3] == bars[5] == bars[6] == [67, 69, 71, 72]
    assert bars[1] == [74, 71, 76, 69]
    assert bars[2] == bars[4]
    assert bars[7] == [72]


def test_an_answer_follows_the_plan_of_the_human_phrase() -> None:
    answer = line_of_bars([A, RHYTHM, RHYTHM, MOVED, B, A, RHYTHM, [(0, 72, 4)]])
    made = with_plan_of(phrase_of_line(SOURCE), phrase_of_line(answer), 1, np.random.default_rng(0))
    assert made is not None
    pitches = [note.pitch for note in made.notes]
    assert pitches[8:12] == [67, 69, 71, 72]  # the third bar is the first one again, as in the source
    assert pitches[4:8] == [60, 79, 64, 77]  # the second one has the answer's notes
    shorter = line_of_bars([A, B, A])
    assert with_plan_of(phrase_of_line(SOURCE), phrase_of_line(shorter), 1, np.random.default_rng(0)) is None
