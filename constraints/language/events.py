"""A token sequence as events: what a nested model reads and writes in one step.

An event is one token of the header, a mark or a BAR, or a whole note:

    [Position] Pitch LONGER* Duration

A note that begins together with the one before has no Position. The conversion loses nothing:
`tokens_of(events_of(tokens))` gives the tokens back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constraints.language.vocabulary import VOCABULARY, Kind

SAME_ONSET = VOCABULARY.PAD  # the place of a note that begins with the one before
_INSIDE_A_NOTE = (Kind.LONGER, Kind.DURATION)


@dataclass(frozen=True, slots=True)
class Events:
    """E events of a sequence of L tokens, int64[E] each.

    place      a note's Position or SAME_ONSET; of any other event its token
    pitch      the Pitch token of a note, 0 for other events
    longer     the number of LONGER tokens of a note
    duration   the Duration token of a note, 0 for other events
    first, last   the indices of the event's first and last token in the sequence
    """

    place: NDArray[np.int64]
    pitch: NDArray[np.int64]
    longer: NDArray[np.int64]
    duration: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.place)

    @property
    def is_note(self) -> NDArray[np.bool_]:
        return self.pitch > 0


def events_of(tokens: ArrayLike) -> Events:
    """The events of a sequence that ends with a complete event; the grammar is not checked."""
    tokens = np.asarray(tokens, dtype=np.int64)
    kind = VOCABULARY.kind[tokens]
    before = np.concatenate([[Kind.PAD], kind[:-1]])
    begins = ~np.isin(kind, _INSIDE_A_NOTE) & ~((kind == Kind.PITCH) & (before == Kind.POSITION))
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(tokens)) - 1
    is_note = kind[last] == Kind.DURATION
    opens = is_note & (kind[first] == Kind.POSITION)
    pitch_at = first + opens
    return Events(
        place=np.where(is_note & ~opens, SAME_ONSET, tokens[first]),
        pitch=np.where(is_note, tokens[pitch_at], 0),
        longer=np.where(is_note, last - pitch_at - 1, 0),
        duration=np.where(is_note, tokens[last], 0),
        first=first,
        last=last,
    )


def tokens_of(events: Events) -> NDArray[np.int64]:
    """The tokens of some events, int64[L]."""
    tokens: list[int] = []
    for place, pitch, longer, duration in zip(
        *(column.tolist() for column in (events.place, events.pitch, events.longer, events.duration)),
        strict=True,
    ):
        if not pitch:
            tokens.append(place)
            continue
        if place != SAME_ONSET:
            tokens.append(place)
        tokens += [pitch, *[VOCABULARY.LONGER] * longer, duration]
    return np.array(tokens, dtype=np.int64)
