"""A rule-based composer: each note breaks few of the rules of strict counterpoint.

Rules (Fux, Gradus ad Parnassum, 1725; Jeppesen 1931): chord tones on beats; mostly steps; a leap is
followed by a step back; no note three times in a row; the highest note only once. The bars use two
rhythms of the given line.
"""

from __future__ import annotations

import numpy as np

from models.judge.features.canonical import STEPS_PER_BEAT, Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Scale,
    Tone,
    bar_tones,
    line_of,
    outer_bars,
    split_inner,
)

_PROGRESSIONS = ((0, 3, 4, 0), (0, 5, 1, 4), (0, 4, 5, 3), (0, 3, 1, 4))
_REACH = 5
_MOVES = np.arange(-_REACH, _REACH + 1)
_SIZE_COST = np.array([1.5, 0.0, 0.8, 1.2, 1.6, 2.0])  # by scale steps: a unison, a step, a third …
_TEMPERATURE = 0.5


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    rhythms = [bar for bar in (bar_tones(line, int(random.integers(line.bars))) for _ in range(2)) if bar]
    if not rhythms:
        return None
    scale = Scale(line)
    progression = _PROGRESSIONS[int(random.integers(len(_PROGRESSIONS)))]
    root = scale.nearest(int(line.pitch.mean())) // 7 * 7
    index = scale.nearest(int(line.pitch[0]))
    moves = [0, 0]
    summit = index
    tones: list[Tone] = []
    for bar in range(first, after):
        chord = root + progression[(bar - first) % len(progression)]
        for onset, _, steps in _one_voice(rhythms[(bar - first) // 2 % len(rhythms)]):
            cost = _cost(index, moves, chord, onset % STEPS_PER_BEAT == 0, summit, scale)
            weight = np.exp(-(cost - cost.min()) / _TEMPERATURE)
            move = int(random.choice(_MOVES, p=weight / weight.sum()))
            index += move
            moves = [moves[1], move]
            summit = max(summit, index)
            tones.append(Tone(bar * line.bar_steps + onset, scale.at(index), steps))
    return line_of(tones + outside, line)


def _one_voice(bar: list[Tone]) -> list[Tone]:
    """The highest note of each onset."""
    highest: dict[int, Tone] = {}
    for tone in bar:
        if tone.onset_steps not in highest or tone.pitch > highest[tone.onset_steps].pitch:
            highest[tone.onset_steps] = tone
    return [highest[onset] for onset in sorted(highest)]


def _cost(index: int, moves: list[int], chord: int, on_beat: bool, summit: int, scale: Scale) -> np.ndarray:
    """The cost of each move by the rules that it breaks: float64[moves]."""
    last, before = moves[1], moves[0]
    cost = _SIZE_COST[np.abs(_MOVES)].copy()
    goal = index + _MOVES
    if on_beat:
        cost += np.where(np.isin((goal - chord) % 7, (0, 2, 4)), 0.0, 2.0)
    if abs(last) >= 3:
        cost += np.where((np.sign(_MOVES) == -np.sign(last)) & (np.abs(_MOVES) <= 2), 0.0, 1.5)
    if last == before == 0:
        cost += np.where(_MOVES == 0, 3.0, 0.0)
    cost += np.where((goal == summit) & (_MOVES > 0), 0.7, 0.0)
    cost += np.where((goal < scale.lowest) | (goal > scale.highest), 3.0, 0.0)
    return cost


FAMILY = Family("counterpoint", "rule", "rules of strict counterpoint over a stock progression", make)
