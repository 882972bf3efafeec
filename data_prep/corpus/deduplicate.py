"""Near-duplicates: phrases that share most of their melodic n-grams, in any key.

A melody is written as a row of (interval to the next note, time to the next note); twelve in a
row are one n-gram, held as a 64-bit hash. Both are relative, so a transposed copy has the same
n-grams; times between onsets are the same in an encoding with notes shortened for articulation. The share of
a phrase's n-grams that other music holds is its *containment* (Broder 1997, "On the resemblance and
containment of documents", Proc. SEQUENCES); more than half makes a copy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from data_prep.phrases.boundary import top_line
from violin.music import Phrase

NGRAM_NOTES = 12
COPY_SHARE = 0.5
_COMMON_GROUPS = 4  # an n-gram of more works than this is a common figure, not evidence
_LINK_SHARE = 0.2

Hashes = NDArray[np.uint64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def melody_ngrams(phrase: Phrase, size: int = NGRAM_NOTES) -> Hashes:
    """Distinct hashes of the (interval, time to the next onset) n-grams of the top line, sorted.

    A melody of fewer than `size` + 1 notes has one hash, of the whole melody.
    """
    onsets, pitches, _ = top_line(phrase.notes)
    return _hashed(np.diff(pitches), np.diff(onsets), size)


def note_ngrams(phrase: Phrase, size: int = NGRAM_NOTES) -> Hashes:
    """Distinct hashes of the (interval, duration) n-grams of all notes in order of onset and
    pitch, sorted; the measure that novelty reports use."""
    pitches = np.array([note.pitch for note in phrase.notes], np.int64)
    durations = np.array([note.duration_ticks for note in phrase.notes], np.int64)
    return _hashed(np.diff(pitches), durations[:-1], size)


def containment(hashes: Hashes, others: Hashes) -> float:
    """The share of `hashes` that are in the sorted `others`; 0 for none.

    >>> containment(np.array([1, 2, 3, 4], np.uint64), np.array([2, 3], np.uint64))
    0.5
    """
    if not len(hashes) or not len(others):
        return 0.0
    place = np.minimum(np.searchsorted(others, hashes), len(others) - 1)
    return float(np.mean(others[place] == hashes))


def first_occurrences(phrases: Iterable[Phrase], share: float = COPY_SHARE) -> list[bool]:
    """For each phrase in order: whether at most `share` of its n-grams came before it."""
    seen: set[int] = set()
    kept = []
    for phrase in phrases:
        hashes = melody_ngrams(phrase).tolist()
        known = sum(code in seen for code in hashes)
        kept.append(known <= share * len(hashes))
        if kept[-1]:
            seen.update(hashes)
    return kept


def linked_groups(ngrams: Sequence[Hashes], groups: Sequence[str]) -> dict[str, str]:
    """Work groups that are one work under two names: group -> the alphabetically first of its equals.

    Two groups are linked if at least a fifth of the phrases of the smaller one have more than half of their
    n-grams in the other. `ngrams[i]` and `groups[i]` belong to phrase i.
    """
    names = sorted(set(groups))
    number = {name: index for index, name in enumerate(names)}
    of_phrase = np.array([number[group] for group in groups], np.int64)
    votes = _votes(ngrams, of_phrase)
    sizes = Counter(of_phrase.tolist())
    parent = list(range(len(names)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for (first, second), count in sorted(votes.items()):
        if count >= _LINK_SHARE * min(sizes[first], sizes[second]):
            low, high = sorted((root(first), root(second)))
            parent[high] = low
    return {name: names[root(index)] for index, name in enumerate(names)}


def _votes(ngrams: Sequence[Hashes], of_phrase: NDArray[np.int64]) -> Counter[tuple[int, int]]:
    """(group, other group) -> phrases of the two of which more than half is in the other."""
    if not len(ngrams):
        return Counter()
    codes = np.concatenate(ngrams)
    owners = np.repeat(of_phrase, [len(hashes) for hashes in ngrams])
    order = np.lexsort((owners, codes))
    codes, owners = codes[order], owners[order]
    fresh = np.concatenate(([True], (codes[1:] != codes[:-1]) | (owners[1:] != owners[:-1])))
    codes, owners = codes[fresh], owners[fresh]
    distinct, start, count = np.unique(codes, return_index=True, return_counts=True)
    shared = (count > 1) & (count <= _COMMON_GROUPS)
    table, start, count = distinct[shared], start[shared], count[shared]
    votes: Counter[tuple[int, int]] = Counter()
    if not len(table):
        return votes
    for hashes, own in zip(ngrams, of_phrase.tolist(), strict=True):
        place = np.minimum(np.searchsorted(table, hashes), len(table) - 1)
        hits = place[table[place] == hashes]
        if len(hits) <= COPY_SHARE * len(hashes):
            continue
        tally = Counter(
            owner
            for hit in hits.tolist()
            for owner in owners[start[hit] : start[hit] + count[hit]].tolist()
            if owner != own
        )
        for other, found in tally.items():
            if found > COPY_SHARE * len(hashes):
                votes[min(own, other), max(own, other)] += 1
    return votes


def _hashed(intervals: NDArray[np.int64], times: NDArray[np.int64], size: int) -> Hashes:
    """Polynomial hashes of each window of `size` (interval, time) pairs, distinct and sorted."""
    codes = _mixed(((intervals + 128) << 20 | np.minimum(times, (1 << 20) - 1)).astype(np.uint64))
    width = min(size, len(codes))
    if not width:
        return np.zeros(1, np.uint64)
    total = np.zeros(len(codes) - width + 1, np.uint64)
    for place in range(width):
        total = total * _MULTIPLIER + codes[place : place + len(total)]
    return np.unique(total)


def _mixed(codes: Hashes) -> Hashes:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): close values become far apart."""
    codes = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    codes = (codes ^ (codes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return codes ^ (codes >> np.uint64(31))
