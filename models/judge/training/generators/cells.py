"""The grid of sixteenths that the convolutional generators write: one token per cell, without triplets and
stops."""

from __future__ import annotations

import numpy as np

from models.judge.features.canonical import Line, events_of
from models.judge.training.negatives.family import Tone
from violin.instrument import LOWEST_PITCH

CELL_STEPS = 3
HOLD, REST, FIRST_PITCH = 0, 1, 2
PITCHES = 46
TOKENS = FIRST_PITCH + PITCHES
PLACES = 32  # at least the 28 numbers of `places_of`


def tones_of_cells(cells: np.ndarray, start: int) -> list[Tone]:
    """The notes of cells from a place on; a hold after a rest is silent."""
    tones: list[Tone] = []
    sounding = False
    for index in range(start, len(cells)):
        cell = int(cells[index])
        if cell >= FIRST_PITCH:
            tones.append(Tone(index * CELL_STEPS, LOWEST_PITCH + cell - FIRST_PITCH, CELL_STEPS))
            sounding = True
        elif cell == HOLD and sounding:
            tones[-1] = tones[-1]._replace(duration_steps=tones[-1].duration_steps + CELL_STEPS)
        else:
            sounding = False
    return tones


def cells_of(line: Line) -> np.ndarray:
    """The top line in cells, int64[bars * cells a bar]."""
    events = events_of(line)
    cells = np.full(line.bars * line.bar_steps // CELL_STEPS, REST, np.int64)
    for onset, top, length in zip(
        events.onset_steps.tolist(), events.top.tolist(), events.length_steps.tolist(), strict=True
    ):
        start, end = onset // CELL_STEPS, max(1, -(-(onset % CELL_STEPS + length) // CELL_STEPS))
        cells[start : start + end] = HOLD
        cells[start] = FIRST_PITCH + min(max(top - LOWEST_PITCH, 0), PITCHES - 1)
    return cells


def places_of(line: Line) -> np.ndarray:
    """The place of each cell in its bar, int64[cells]: 0 to 15 in 4/4, 16 to 27 in 3/4."""
    a_bar = line.bar_steps // CELL_STEPS
    return np.arange(line.bars * a_bar) % a_bar + (0 if a_bar == 16 else 16)
