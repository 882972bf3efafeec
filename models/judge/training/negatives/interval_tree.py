"""A rule-based composer: chord tones at barlines, subdivided recursively by passing and neighbour
notes (a reduction run backwards: Lerdahl & Jackendoff 1983), in the form a a b a."""

from __future__ import annotations

from typing import NamedTuple

from models.judge.features.canonical import Line
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    Scale,
    Tone,
    line_of,
    outer_bars,
    split_inner,
)

_PROGRESSIONS = ((0, 0, 4, 0), (0, 3, 4, 0), (0, 5, 3, 4), (0, 4, 0, 4), (0, 1, 4, 0))
_FORM = (0, 0, 1, 0)
_TRIAD = (0, 2, 4)


class _Split(NamedTuple):
    """How a span of a bar is divided: the middle note, in scale steps from the midpoint of the outer notes,
    and the divisions of the two halves. None: one note."""

    away: int
    left: _Split | None
    right: _Split | None


def _grown(steps: int, least: int, random: Random) -> _Split | None:
    """A random division of a span, down to notes of `least` steps."""
    if steps < 2 * least or steps % 2 or random.random() < 0.15:
        return None
    away = int(random.choice([-1, 0, 0, 0, 1]))
    return _Split(away, _grown(steps // 2, least, random), _grown(steps // 2, least, random))


def _notes(split: _Split | None, start: int, steps: int, low: int, high: int) -> list[tuple[int, int, int]]:
    """(onset, scale index, steps) of the notes from `low` until just before `high`."""
    if split is None:
        return [(start, low, steps)]
    middle = (low + high) // 2 + split.away
    if middle == low:
        middle += 1 if split.away >= 0 else -1
    half = steps // 2
    return [
        *_notes(split.left, start, half, low, middle),
        *_notes(split.right, start + half, half, middle, high),
    ]


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    _, outside = split_inner(line, first, after)
    scale = Scale(line)
    least = int(random.choice([3, 6, 6, 12]))
    trees = [_grown(line.bar_steps, least, random) for _ in range(2)]
    progression = _PROGRESSIONS[int(random.integers(len(_PROGRESSIONS)))]
    root = scale.nearest(int(line.pitch.mean())) // 7 * 7
    index = scale.nearest(int(line.pitch[0]))
    tones: list[Tone] = []
    for bar in range(first, after):
        chord = progression[(bar - first) % 4]
        goals = [root + chord + tone + 7 * octave for tone in _TRIAD for octave in (-1, 0, 1)]
        near = sorted(goals, key=lambda goal: abs(goal - index))
        goal = near[int(random.integers(3))]
        start = bar * line.bar_steps
        for onset, degree, steps in _notes(
            trees[_FORM[(bar - first) % 4]], start, line.bar_steps, index, goal
        ):
            tones.append(Tone(onset, scale.at(degree), steps))
        index = goal
    return line_of(tones + outside, line)


FAMILY = Family("interval_tree", "rule", "chord tones divided by passing and neighbour notes", make)
