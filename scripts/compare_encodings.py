"""How well two encodings of one movement agree after reading: a test of the readers.

    python scripts/compare_encodings.py --corpus ../shared/corpus

A pair is one violin in two files of one work from different sources (music21's corpus counts as one).
Sources count movements and name violins differently, so the file that shares the most n-grams holds the
same movement, and its violin that agrees best is the same violin. If one file has all movements, only
the stretch that matches the movement is compared; it is found by n-grams that occur once in both.

The figure is the share of notes in the longest common subsequence, 2 L / (n + m), of the pitches in
order of onset; and of the pitches with their place in the bar, which judges the bars too. L / min(n, m)
distinguishes an encoding that leaves something out (a repeat played twice, a tutti) from one that differs.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median

from data_prep.grid.violin_part import ViolinPart
from data_prep.readers.catalogue import manifest_entries, music21_entries
from data_prep.readers.reading import read_sources

MEDIAN_WANTED, LEAST_WANTED = 0.97, 0.9
WHOLE_WORK = ":all"
_ANCHOR_NOTES = 10
_CONTAINED = 0.95
_SAME_VIOLIN = 0.6
_LEAST_SHARED = 0.1
_ARRANGEMENTS = ("midi-classical-music/vivaldi-the_four_seasons",)


def common_length(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """The length of the longest common subsequence, by bits: Hyyrö (2004), "Bit-parallel LCS-length
    computation revisited", Proc. AWOCA."""
    places: dict[Hashable, int] = defaultdict(int)
    for index, item in enumerate(first):
        places[item] |= 1 << index
    mask = (1 << len(first)) - 1
    row = mask
    for item in second:
        match = row & places.get(item, 0)
        row = ((row + match) | (row - match)) & mask
    return len(first) - row.bit_count()


Placed = list[tuple[int, int]]  # (pitch, ticks after its barline)


def placed_notes(part: ViolinPart) -> Placed:
    """The notes in order of onset, those of a chord from low to high."""
    result = []
    bar = 0
    for note in part.notes:
        while bar + 1 < len(part.barlines) and part.barlines[bar + 1] <= note.onset_ticks:
            bar += 1
        result.append((note.pitch, note.onset_ticks - part.barlines[bar]))
    return result


def matching_stretch(movement: Placed, work: Placed) -> Placed:
    """The stretch of a whole work that matches one of its movements; the whole work if none is found."""
    ours, theirs = _unique_ngrams(movement), _unique_ngrams(work)
    shifts = sorted(theirs[gram] - place for gram, place in ours.items() if gram in theirs)
    if not shifts:
        return work
    places = [theirs[gram] for gram in ours if gram in theirs]
    middle = shifts[len(shifts) // 2]
    near = [place for place in places if -len(movement) <= place - middle <= 2 * len(movement)]
    first = min(near) - min(ours[gram] for gram in ours if gram in theirs)
    last = max(near) + len(movement) - max(ours[gram] for gram in ours if gram in theirs)
    return work[max(first, 0) : last]


def _unique_ngrams(notes: Placed) -> dict[tuple[int, ...], int]:
    pitches = [pitch for pitch, _ in notes]
    grams = [
        tuple(pitches[index : index + _ANCHOR_NOTES]) for index in range(len(pitches) - _ANCHOR_NOTES + 1)
    ]
    counts = Counter(grams)
    return {gram: index for index, gram in enumerate(grams) if counts[gram] == 1}


@dataclass(frozen=True)
class Agreement:
    """Two encodings of one violin's movement: notes of each, shares from 0 to 1."""

    first: ViolinPart
    second: ViolinPart
    notes: tuple[int, int]
    pitches: float
    with_place: float
    of_shorter: float

    @property
    def reason(self) -> str:
        """Why the two differ by more than a tenth; empty if they do not."""
        if self.pitches >= LEAST_WANTED:
            return ""
        if any(name in part.path for part in (self.first, self.second) for name in _ARRANGEMENTS):
            return "one is an arrangement"
        if self.of_shorter >= _CONTAINED:
            return "one leaves out what the other repeats or plays along"
        if self.pitches < _SAME_VIOLIN:
            return "another violin: the files divide the music differently among them"
        return "the editions differ"


def agreement(first: ViolinPart, second: ViolinPart) -> Agreement:
    """Compares two parts; of a whole work, only the stretch that matches the other part."""
    ours, theirs = placed_notes(first), placed_notes(second)
    if second.work_id.endswith(WHOLE_WORK):
        theirs = matching_stretch(ours, theirs)
    total = len(ours) + len(theirs)
    common = common_length([pitch for pitch, _ in ours], [pitch for pitch, _ in theirs])
    return Agreement(
        first,
        second,
        (len(ours), len(theirs)),
        2 * common / total,
        2 * common_length(ours, theirs) / total,
        common / max(min(len(ours), len(theirs)), 1),
    )


File = Sequence[ViolinPart]


def agreements(parts: Sequence[ViolinPart]) -> Iterator[Agreement]:
    """The pairs in order of work: each violin of a file with its match in each other source."""
    works: dict[str, dict[str, dict[str, list[ViolinPart]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for part in parts:
        works[part.work_group][part.source][part.path].append(part)
    for _, sources in sorted(works.items()):
        for first, second in combinations(sorted(sources), 2):
            ours, theirs = list(sources[first].values()), list(sources[second].values())
            if any(_is_whole(file) for file in ours) and not any(_is_whole(file) for file in theirs):
                ours, theirs = theirs, ours
            for own in ours:
                other = _same_movement(own, theirs)
                if other is not None:
                    yield from _matched(own, other)


def _is_whole(file: File) -> bool:
    return file[0].work_id.endswith(WHOLE_WORK)


def _same_movement(own: File, others: Sequence[File]) -> File | None:
    """The file that holds the same movement: the one that shares most n-grams; None if none does."""
    grams = _all_ngrams(own)
    shared = [len(grams & _all_ngrams(other)) for other in others]
    best = max(range(len(others)), key=lambda index: shared[index])
    return others[best] if shared[best] >= _LEAST_SHARED * len(grams) else None


def _all_ngrams(file: File) -> set[tuple[int, ...]]:
    return {gram for part in file for gram in _unique_ngrams(placed_notes(part))}


def _matched(own: Sequence[ViolinPart], other: Sequence[ViolinPart]) -> Iterator[Agreement]:
    """Each violin of one file with a violin of the other, the best agreeing pairs first."""
    found = sorted(
        (agreement(first, second) for first in own for second in other), key=lambda pair: -pair.pitches
    )
    taken: set[int] = set()
    for pair in found:
        if not {id(pair.first), id(pair.second)} & taken:
            taken |= {id(pair.first), id(pair.second)}
            yield pair


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("data/cache"))
    options = parser.parse_args()
    entries = manifest_entries(options.corpus) + music21_entries()
    sources: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        sources[entry.work_group].add(entry.source)
    entries = [entry for entry in entries if len(sources[entry.work_group]) > 1]
    parts, _ = read_sources(entries, cache_dir=options.cache)
    pairs = list(agreements(parts))
    print("| movement | violin | notes | pitches | with place | of the shorter | reason | encodings |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for pair in pairs:
        print(
            f"| {pair.first.work_id} | {pair.first.role} | {pair.notes[0]}, {pair.notes[1]} | "
            f"{pair.pitches:.3f} | {pair.with_place:.3f} | {pair.of_shorter:.3f} | {pair.reason} | "
            f"{pair.first.path}, {pair.second.path} |"
        )
    _print_summary(pairs)


def _print_summary(pairs: Sequence[Agreement]) -> None:
    movements = {pair.first.work_id for pair in pairs}
    print(
        f"\n{len(pairs)} pairs of {len(movements)} movements: median {median(p.pitches for p in pairs):.4f} "
        f"of the pitches (wanted {MEDIAN_WANTED}), {median(p.with_place for p in pairs):.4f} with their place"
    )
    reasons = Counter(pair.reason for pair in pairs if pair.reason)
    for reason, count in reasons.most_common():
        print(f"{count} below {LEAST_WANTED}: {reason}")


if __name__ == "__main__":
    main()
