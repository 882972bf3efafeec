"""The automaton over sets of sounding notes: which note may join which set, as arrays.

A state is a set of at most four pitches, as an id. The states are the *settled* sets, which the
hand can hold (and, if requested, the organisers' vocabulary can name), and every subset of one of
them. A subset need not be playable itself: strings must be neighbours, so G3 and E5 alone
cannot be bowed while G3 D4 A4 E5 can. Such a set never sounds, but it does occur while a chord
is written below a held note, and the decoder must then be sure that further notes settle it.
(Without a held note it does not occur: every prefix of an ascending playable set is playable.)

Ids ascend with the number of notes: 0 is silence; the last one, `nowhere`, stands for every
set outside the table (a fifth note, a held stop that no hand can reach).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from constraints.language.vocabulary import HIGHEST_PITCH, LOWEST_PITCH
from violin.challenge import MAX_VOICES
from violin.instrument import Tier, is_readable, playable_sets
from violin.music import pitch_name

PITCHES = HIGHEST_PITCH - LOWEST_PITCH + 1
_BITS = 6  # a pitch as 1..54 in a packed set; 0: no further note

Packed = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SoundingSets:
    """The table for one hardest tier, with or without the organisers' vocabulary.

    join      int32[N3 + 1, 55]: id of set + pitch (counted from 55), for the N3 sets of at most
              three notes; `nowhere` if no state holds both. The last row and the last column
              (a pitch outside the vocabulary) are all `nowhere`.
    settled   bool[N]: the set may sound
    packed    int64[N - 1]: the pitches of each set, counted from 54, six bits each, the lowest first
    """

    join: NDArray[np.int32]
    settled: NDArray[np.bool_]
    packed: Packed

    @property
    def nowhere(self) -> int:
        return len(self.settled) - 1

    def row(self, sets: NDArray[np.int32]) -> NDArray[np.int32]:
        """The rows of `join` (and of `Openings`) that belong to some ids."""
        return np.minimum(sets, len(self.join) - 1)

    def joined(self, sets: NDArray[np.int32], pitches: NDArray[np.int64]) -> NDArray[np.int32]:
        """Ids after one pitch (counted from 55) joins each set."""
        return self.join[self.row(sets), pitches]

    def id_of(self, pitches: Iterable[int]) -> int:
        """The id of a set of distinct pitches."""
        state = 0
        for pitch in pitches:
            state = int(self.join[min(state, len(self.join) - 1), pitch_index(pitch)])
        return state

    def pitches_of(self, state: int) -> tuple[int, ...]:
        """The ascending pitches of a set by its id; none for `nowhere`."""
        packed = int(self.packed[state]) if state < len(self.packed) else 0
        pitches = []
        while packed:
            pitches.append((packed & (1 << _BITS) - 1) + LOWEST_PITCH - 1)
            packed >>= _BITS
        return tuple(reversed(pitches))


@dataclass(frozen=True, slots=True)
class Openings:
    """What may be written next to a sounding set, within a range of pitches.

    settles   bool[N3 + 1, 54]: the set with this pitch may sound
    begins    bool[N3 + 1, 54]: an onset may begin with this pitch: the set with it may sound, or
              higher notes of the same onset can settle it and form a playable chord with it
    any_note  bool[N]: some onset may begin next to this (settled) set
    """

    settles: NDArray[np.bool_]
    begins: NDArray[np.bool_]
    any_note: NDArray[np.bool_]


@lru_cache(maxsize=8)
def sounding_table(hardest: Tier = Tier.VIRTUOSO, readable: bool = True) -> SoundingSets:
    """Build the table; about a twentieth of a second, a few megabytes."""
    settled = [
        pitches
        for pitches, tier in playable_sets()
        if tier <= hardest and pitches[-1] <= HIGHEST_PITCH and (not readable or is_readable(pitches))
    ]
    by_size: list[Packed] = [np.zeros(1, dtype=np.int64)]
    for size in range(1, MAX_VOICES + 1):
        rows = [pitches for pitches in settled if len(pitches) == size]
        by_size.append(np.sort(_packed(np.array(rows, dtype=np.int64).reshape(-1, size))))
    states = [by_size[MAX_VOICES]]
    for size in range(MAX_VOICES - 1, -1, -1):
        subsets = [_without(states[0], place, size + 1) for place in range(size + 1)]
        states.insert(0, np.unique(np.concatenate([by_size[size], *subsets])))

    first = np.cumsum([0, *(len(level) for level in states)])
    nowhere = int(first[-1])
    join = np.full((int(first[MAX_VOICES]) + 1, PITCHES + 1), nowhere, dtype=np.int32)
    for size in range(1, MAX_VOICES + 1):
        whole = states[size]
        for place in range(size):
            rest = first[size - 1] + np.searchsorted(states[size - 1], _without(whole, place, size))
            join[rest, _pitch_at(whole, place, size)] = first[size] + np.arange(len(whole))
    member = [np.isin(level, known) for level, known in zip(states, by_size, strict=True)]
    return SoundingSets(join, np.concatenate([*member, [False]]), np.concatenate(states))


@lru_cache(maxsize=32)
def openings(
    hardest: Tier,
    readable: bool,
    lowest: int,
    highest: int,
    pitch_classes: tuple[int, ...] | None = None,
) -> Openings:
    """The `Openings` of `sounding_table(hardest, readable)` for the pitches from `lowest` to `highest` with
    these pitch classes (0 is C; None: all)."""
    sets = sounding_table(hardest, readable)
    join = sets.join[:, :PITCHES]
    known = join != sets.nowhere
    index = np.arange(PITCHES)
    in_range = (index >= lowest - LOWEST_PITCH) & (index <= highest - LOWEST_PITCH)
    if pitch_classes is not None:
        in_range &= np.isin((index + LOWEST_PITCH) % 12, pitch_classes)
    settles = sets.settled[join] & in_range
    begins = settles.copy()
    # The few sets that a first note leaves unsettled: is there a second note, or a third, such
    # that all may sound, and those of this onset by themselves as well?
    sets_before, first = np.nonzero(known & in_range & ~settles)
    first_alone = join[0, first]
    together = join[sets_before, first]
    second = later_notes(settles, sets.row(together), sets.row(first_alone), first)
    begins[sets_before, first] = second.any(axis=1)
    of_two = np.flatnonzero(sets_before < 1 + np.count_nonzero(join[0] != sets.nowhere))
    for case in of_two:  # next to one held note two more may be needed
        row, low = sets_before[case], first[case]
        candidates = np.flatnonzero(settles[sets.row(first_alone[case])] & (index > low))
        third = later_notes(
            settles,
            sets.row(join[sets.row(together[case]), candidates]),
            sets.row(join[sets.row(first_alone[case]), candidates]),
            candidates,
        )
        begins[row, low] |= third.any()
    any_note = np.zeros(len(sets.settled), dtype=bool)
    any_note[: len(join)] = begins.any(axis=1)
    return Openings(settles, begins, any_note & sets.settled)


def check_range(
    hardest: Tier, readable: bool, lowest: int, highest: int, pitch_classes: tuple[int, ...] | None = None
) -> None:
    """ValueError in one line if no note from `lowest` to `highest` is playable as asked."""
    if openings(hardest, readable, lowest, highest, pitch_classes).any_note[0]:
        return
    sets = sounding_table(hardest, readable)
    allowed = np.flatnonzero(sets.settled[sets.join[0, :PITCHES]]) + LOWEST_PITCH
    if pitch_classes is not None and ((allowed >= lowest) & (allowed <= highest)).any():
        raise ValueError(
            f"no note of the scale from {pitch_name(lowest)} to {pitch_name(highest)} is playable; "
            "legal: a range that holds a note of the scale"
        )
    legal = f"{pitch_name(int(allowed[0]))} to {pitch_name(int(allowed[-1]))}"
    requested = f"from {pitch_name(lowest)} to {pitch_name(highest)}"
    raise ValueError(f"no note {requested} is playable as asked; legal: a range that overlaps {legal}")


def later_notes(
    settles: NDArray[np.bool_],
    sounding: NDArray[np.int32],
    chord: NDArray[np.int32],
    pitches: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """bool[n, 54]: notes above each newest pitch that settle both what sounds and this onset's chord.

    `sounding` and `chord` are rows of `settles`, the newest pitch (from 55) in both of them.
    """
    return settles[sounding] & settles[chord] & (np.arange(PITCHES) > pitches[:, None])


def pitch_index(pitch: int) -> int:
    """A MIDI pitch counted from 55; 54 for any that the vocabulary does not hold."""
    return pitch - LOWEST_PITCH if LOWEST_PITCH <= pitch <= HIGHEST_PITCH else PITCHES


def _packed(rows: Packed) -> Packed:
    """int64[n] from ascending pitches int64[n, size]: equal sets are equal numbers."""
    packed = np.zeros(len(rows), dtype=np.int64)
    for column in rows.T:
        packed = packed << _BITS | (column - LOWEST_PITCH + 1)
    return packed


def _without(packed: Packed, place: int, size: int) -> Packed:
    """The sets without the note at a place, counted from the lowest."""
    shift = _BITS * (size - 1 - place)
    return (packed >> shift + _BITS) << shift | (packed & ((1 << shift) - 1))


def _pitch_at(packed: Packed, place: int, size: int) -> Packed:
    """The pitch at a place, counted from 55."""
    return (packed >> _BITS * (size - 1 - place) & (1 << _BITS) - 1) - 1
