"""The density that the given bars suggest for the composed ones."""

from __future__ import annotations

from constraints.language.vocabulary import density_class
from violin.music import TICKS_PER_BEAT
from violin.pair import Pair

# Human middles have more onsets a beat than the outer bars, which often hold a long first or last
# note. This factor predicts the density class of human middles best (docs/composer.md).
MIDDLE_FACTOR = 1.2


def density_of_given(pair: Pair) -> int | None:
    """The density class, 0 to 5, that the given bars suggest for the middle; None if no bar is given.

    It is computed from the mean of the densities of the beginning and the ending.

    >>> from violin.music import Meter, Note
    >>> eighths = tuple(Note(24 * index, 69, 24) for index in range(8))
    >>> density_of_given(Pair(eighths, 1, eighths, 1, 8, Meter(4, 4), None))
    3
    """
    sides = ((pair.beginning, pair.beginning_bars), (pair.ending, pair.ending_bars))
    per_bar = [len({note.onset_ticks for note in notes}) / bars for notes, bars in sides if bars]
    if not per_bar:
        return None
    bars = 1000  # many bars, so that rounding does not change the ratio
    onsets = round(MIDDLE_FACTOR * sum(per_bar) / len(per_bar) * bars)
    return density_class(onsets, bars * pair.meter.bar_ticks(TICKS_PER_BEAT))
