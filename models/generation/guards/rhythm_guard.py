"""The rhythm guard: the middle takes its rhythm from another phrase; the model chooses only the pitches.

Each bar of the middle has a pattern of (position, duration) in grid ticks. Only the pattern's next
onset may follow, and each note has the pattern's duration. The number of notes per onset is free.
The rules have priority: an onset that the hand cannot reach is skipped. If the pattern's duration
is illegal, any legal duration may be chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.language.vocabulary import LONGEST_DURATION_TICKS, VOCABULARY, Kind
from violin.music import Phrase

Pattern = Sequence[Sequence[tuple[int, int]]]  # of each bar: (position, duration), ascending

_POSITIONS = VOCABULARY.span(Kind.POSITION)
_DURATIONS = VOCABULARY.span(Kind.DURATION)


def pattern_of(phrase: Phrase, first_bar: int, bars: int) -> Pattern:
    """The rhythm of `bars` bars of a phrase from `first_bar` on. After its last bar it starts again
    at the first.

    An onset lasts as long as its longest note, but not beyond the end of the middle.
    """
    phrase = phrase.on_grid()
    longest: list[dict[int, int]] = [{} for _ in range(phrase.bars)]
    for note in phrase.notes:
        bar, position = divmod(note.onset_ticks, phrase.bar_ticks)
        longest[bar][position] = max(note.duration_ticks, longest[bar].get(position, 0))
    pattern = []
    for index in range(bars):
        left = (bars - index) * phrase.bar_ticks
        onsets = sorted(longest[(first_bar + index) % phrase.bars].items())
        pattern.append([(position, min(duration, left - position)) for position, duration in onsets])
    return pattern


class RhythmGuard:
    """State of B rows that are composed in one batch, each with the pattern of its own middle."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = [[dict(bar) for bar in pattern] for pattern in patterns]
        self._bar = np.full(len(patterns), -1)
        self._position = np.full(len(patterns), -1)
        self._spent = np.zeros(len(patterns), dtype=np.int64)  # ticks of the current note's LONGER tokens

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        """Clear the tokens that the pattern does not allow in a mask bool[B, V], in place."""
        for row in np.flatnonzero(self._bar >= 0):
            if mask[row, _DURATIONS].any() or mask[row, VOCABULARY.LONGER]:
                self._restrict_duration(int(row), mask)
            else:
                self._restrict_place(int(row), mask)

    def advance(self, tokens: NDArray[np.int64]) -> None:
        """Update the state with the tokens int[B] that the rows have just taken."""
        kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
        barline, position = kind == Kind.BAR, kind == Kind.POSITION
        self._bar[barline] += 1
        self._position[barline] = -1
        self._position[position] = value[position]
        self._spent[kind == Kind.PITCH] = 0
        self._spent[kind == Kind.LONGER] += LONGEST_DURATION_TICKS

    def _restrict_place(self, row: int, mask: NDArray[np.bool_]) -> None:
        coming = [place for place in self._patterns[row][self._bar[row]] if place > self._position[row]]
        legal = mask[row, _POSITIONS].copy()
        mask[row, _POSITIONS] = False
        reached = [place for place in coming if legal[place]]
        if reached:
            mask[row, _POSITIONS.start + reached[0]] = True
            mask[row, [VOCABULARY.BAR, VOCABULARY.EOS]] = False
        elif not mask[row].any():  # the rules require a note where the pattern has none
            mask[row, _POSITIONS] = legal

    def _restrict_duration(self, row: int, mask: NDArray[np.bool_]) -> None:
        wanted = self._patterns[row][self._bar[row]].get(int(self._position[row]))
        if wanted is None:
            return
        left = wanted - self._spent[row]
        token = VOCABULARY.LONGER if left > LONGEST_DURATION_TICKS else VOCABULARY.duration(int(left))
        if mask[row, token]:
            mask[row] = False
            mask[row, token] = True
