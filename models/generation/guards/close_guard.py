"""The guard of the close: a phrase without a given ending ends on a strong beat, on a long tonic.

Human phrases are cut at a barline, so many of them end with the upbeat of the next phrase, and the network
imitates that. In the last bar of such a phrase,

* no onset comes after the last place for a close: the third beat of 4/4, the first of 3/4;
* the phrase may end only after an onset on the first beat or on that place, with the tonic among its notes
  and a note of a beat or more;
* an onset on the last place has the tonic as its lowest note, above it only notes of the tonic triad, and
  each of them lasts a beat or more;
* earlier notes of the last two bars end at the last place at the latest. On the first beat of the last bar,
  the tonic and the notes above it may last longer.

The rules have priority: a restriction that would leave no legal token is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.language.vocabulary import (
    HIGHEST_PITCH,
    LONGEST_DURATION_TICKS,
    LOWEST_PITCH,
    VOCABULARY,
    Kind,
)
from violin.music import TICKS_PER_BEAT, Key

_POSITIONS, _DURATIONS = VOCABULARY.span(Kind.POSITION), VOCABULARY.span(Kind.DURATION)
_PITCHES = VOCABULARY.span(Kind.PITCH)
_LAST_BEAT = {3: 0, 4: 2}  # by the beats of a bar: the last beat for a close, counted from 0


class CloseGuard:
    """State of B rows that are composed in one batch.

    `middles` holds the number of composed bars of each row, 0 for a row with a given ending, which is not
    restricted; `bar_beats` the beats of its bars; `keys` its key, None for C major.
    """

    def __init__(self, middles: Sequence[int], bar_beats: Sequence[int], keys: Sequence[Key | None]) -> None:
        self._bars_left = np.array(middles)
        self._closes = self._bars_left > 0
        self._bar_ticks = TICKS_PER_BEAT * np.array(bar_beats)
        self._last_place = np.array([_LAST_BEAT[beats] * TICKS_PER_BEAT for beats in bar_beats])
        classes = np.arange(LOWEST_PITCH, HIGHEST_PITCH + 1) % 12
        tonics = np.array([key.tonic_pitch_class if key else 0 for key in keys])[:, None]
        thirds = np.array([3 if key and key.minor else 4 for key in keys])[:, None]
        self._is_tonic = classes == tonics
        self._in_triad = self._is_tonic | (classes == (tonics + thirds) % 12) | (classes == (tonics + 7) % 12)
        rows = len(middles)
        self._place = np.zeros(rows, np.int64)  # of the newest onset
        self._notes = np.zeros(rows, np.int64)  # of this onset
        self._spent = np.zeros(rows, np.int64)  # ticks of the newest note that LONGER stands for
        self._has_tonic, self._is_long = np.zeros(rows, bool), np.zeros(rows, bool)  # this onset

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        """Clear the tokens that keep the phrase from closing in a mask bool[B, V], in place."""
        for row in np.flatnonzero(self._closes & (self._bars_left <= 1)):
            allowed = mask[row].copy()
            if self._bars_left[row] == 0:
                self._restrict_last_bar(allowed, row)
            self._restrict_lengths(allowed, row)
            if allowed.any():
                mask[row] = allowed

    def _restrict_last_bar(self, allowed: NDArray[np.bool_], row: np.intp) -> None:
        at_end = self._place[row] == self._last_place[row]
        strong = at_end or self._place[row] == 0
        allowed[_POSITIONS][self._last_place[row] + 1 :] = False
        allowed[VOCABULARY.EOS] &= strong and self._has_tonic[row] and self._is_long[row]
        if at_end:
            allowed[_PITCHES] &= (self._in_triad if self._notes[row] else self._is_tonic)[row]

    def _restrict_lengths(self, allowed: NDArray[np.bool_], row: np.intp) -> None:
        """Durations count from one tick. LONGER stands for the longest one; another duration follows it."""
        left = self._bars_left[row] * self._bar_ticks[row] + self._last_place[row] - self._place[row]
        if left == 0:
            allowed[_DURATIONS][: TICKS_PER_BEAT - 1] = False
        elif self._bars_left[row] or self._place[row] or not self._has_tonic[row]:
            left = max(left - self._spent[row], 0)
            allowed[_DURATIONS][left:] = False
            allowed[VOCABULARY.LONGER] &= left > LONGEST_DURATION_TICKS

    def advance(self, tokens: NDArray[np.int64]) -> None:
        """Update the state with the tokens int[B] that the rows have just taken."""
        kind, value = VOCABULARY.kind[tokens], VOCABULARY.value[tokens]
        barline, position, pitch = kind == Kind.BAR, kind == Kind.POSITION, kind == Kind.PITCH
        self._bars_left -= barline
        self._place = np.where(barline, -1, np.where(position, value, self._place))
        new = barline | position
        self._notes = np.where(new, 0, self._notes + pitch)
        self._spent = np.where(new | pitch, 0, self._spent + (kind == Kind.LONGER) * LONGEST_DURATION_TICKS)
        index = np.where(pitch, tokens - _PITCHES.start, 0)
        is_tonic = pitch & self._is_tonic[np.arange(len(tokens)), index]
        self._has_tonic = ~new & (self._has_tonic | is_tonic)
        is_long = (kind == Kind.LONGER) | ((kind == Kind.DURATION) & (value >= TICKS_PER_BEAT))
        self._is_long = ~new & (self._is_long | is_long)
