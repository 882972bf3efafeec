"""How much two answers to the same request differ.

The measure is one minus the Sorensen-Dice coefficient of the notes (Dice 1945, "Measures of the Amount
of Ecologic Association Between Species"): 1 - 2 |A and B| / (|A| + |B|), where A and B are the sets of
(onset, pitch) of the composed bars. It is the share of their notes that the two do not have in common.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from violin.music import Phrase


def difference(first: Phrase, second: Phrase, bars: Collection[int]) -> float:
    """0 (the same notes) to 1 (none in common) for some bars, counted from 0, of two phrases.

    Onsets are compared on the grid of 48 ticks a beat; durations are not compared.

    >>> from violin.music import Note
    >>> one = Phrase((Note(0, 69, 48), Note(48, 71, 48)), bars=1)
    >>> other = Phrase((Note(0, 69, 24), Note(48, 72, 48)), bars=1)
    >>> difference(one, other, [0])
    0.5
    """
    ours, theirs = _notes(first, bars), _notes(second, bars)
    total = len(ours) + len(theirs)
    return 1 - 2 * len(ours & theirs) / total if total else 0.0


def least_difference(phrase: Phrase, others: Iterable[Phrase], bars: Collection[int]) -> float | None:
    """The difference to the most similar of some other phrases; None if there are none."""
    return min((difference(phrase, other, bars) for other in others), default=None)


def _notes(phrase: Phrase, bars: Collection[int]) -> set[tuple[int, int]]:
    grid = phrase.on_grid()
    return {
        (note.onset_ticks, note.pitch) for note in grid.notes if note.onset_ticks // grid.bar_ticks in bars
    }
