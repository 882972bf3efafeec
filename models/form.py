"""Simple metrics of one phrase, to compare answers with human phrases: form, melody, seams.

Each metric is a plain function of a phrase on the 48-tick grid and cites its source. `FIGURES`
lists them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations, pairwise

import numpy as np

from violin.music import Note, Phrase


def notes_per_beat(phrase: Phrase) -> float:
    """Notes per quarter note."""
    return len(phrase.notes) * phrase.ticks_per_beat / phrase.length_ticks


def bar_repeat_ratio(phrase: Phrase) -> float:
    """Share of bars after the first that are the same as an earlier bar (like MusPy's rhythm
    metric, Dong 2020, but pitches and durations count too).

    >>> bar_repeat_ratio(Phrase(tuple(Note(192 * bar, 69, 192) for bar in range(3)), bars=3))
    1.0
    """
    seen: set[tuple[tuple[int, int, int], ...]] = set()
    repeats = 0
    for bar in _bars(phrase):
        content = tuple(
            (note.onset_ticks % phrase.bar_ticks, note.pitch, note.duration_ticks) for note in bar
        )
        repeats += content in seen
        seen.add(content)
    return repeats / max(phrase.bars - 1, 1)


def longest_repeated_run(phrase: Phrase) -> float:
    """The longest run of melodic steps (interval, onset distance) that occurs twice, as a share of
    all steps (after the translational patterns of Collins et al. 2017)."""
    line = _line(phrase)
    steps = [
        (second.pitch - first.pitch, second.onset_ticks - first.onset_ticks)
        for first, second in pairwise(line)
    ]
    best = 0
    previous = [0] * (len(steps) + 1)
    for place, step in enumerate(steps):
        current = [0] * (len(steps) + 1)
        for other in range(place):
            if steps[other] == step and previous[other] + 1 <= place - other:
                current[other + 1] = previous[other] + 1
                best = max(best, current[other + 1])
        previous = current
    return best / max(len(steps), 1)


def pitch_class_entropy(phrase: Phrase) -> float:
    """Entropy in bits of the pitch classes of the whole phrase (H4 of MusDr, Wu & Yang 2020).

    >>> pitch_class_entropy(Phrase((Note(0, 60, 48), Note(48, 64, 48), Note(96, 72, 96)), bars=1))
    0.9182958340544896
    """
    counts = np.bincount([note.pitch % 12 for note in phrase.notes], minlength=12)
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return float(-(shares * np.log2(shares)).sum())


def bar_pitch_class_entropy(phrase: Phrase) -> float:
    """Mean entropy in bits of the pitch classes of a bar, over the bars with notes (H1 of MusDr)."""
    entropies = []
    for bar in _bars(phrase):
        if bar:
            counts = np.bincount([note.pitch % 12 for note in bar], minlength=12)
            shares = counts[counts > 0] / counts.sum()
            entropies.append(float(-(shares * np.log2(shares)).sum()))
    return float(np.mean(entropies)) if entropies else 0.0


def groove_similarity(phrase: Phrase) -> float:
    """Mean over all pairs of bars of the share of sixteenths at which both bars or neither have an
    onset (grooving similarity of MusDr, Wu & Yang 2020)."""
    places = 4 * phrase.bar_ticks // phrase.ticks_per_beat
    grid = np.zeros((phrase.bars, places), dtype=bool)
    for note in phrase.notes:
        bar, tick = divmod(note.onset_ticks, phrase.bar_ticks)
        grid[bar, tick * places // phrase.bar_ticks] = True
    same = [float((grid[one] == grid[two]).mean()) for one, two in combinations(range(phrase.bars), 2)]
    return float(np.mean(same)) if same else 1.0


def self_similarity(phrase: Phrase) -> float:
    """Mean similarity (Dice coefficient) of each bar after the first to the most similar earlier
    bar. A bar is compared as its onsets with their intervals from the bar's first note."""
    contents = []
    for bar in _bars(phrase):
        first = bar[0].pitch if bar else 0
        contents.append({(note.onset_ticks % phrase.bar_ticks, note.pitch - first) for note in bar})
    best = [
        max(_dice(contents[place], before) for before in contents[:place]) for place in range(1, phrase.bars)
    ]
    return float(np.mean(best)) if best else 0.0


def _dice(one: set[tuple[int, int]], two: set[tuple[int, int]]) -> float:
    return 2 * len(one & two) / (len(one) + len(two)) if one or two else 1.0


def scale_share(phrase: Phrase) -> float:
    """Share of notes in the scale of the key signature (scale consistency, MuseGAN 2018)."""
    fifths = phrase.key.fifths if phrase.key else 0
    scale = {(fifths * 7 + degree) % 12 for degree in (0, 2, 4, 5, 7, 9, 11)}
    return sum(note.pitch % 12 in scale for note in phrase.notes) / max(len(phrase.notes), 1)


def step_share(phrase: Phrase) -> float:
    """Share of melodic intervals of one or two semitones (Huron 2006)."""
    leaps = [abs(second.pitch - first.pitch) for first, second in pairwise(_line(phrase))]
    return sum(leap in (1, 2) for leap in leaps) / max(len(leaps), 1)


def stop_share(phrase: Phrase) -> float:
    """Share of onsets with two or more notes."""
    onsets = [note.onset_ticks for note in phrase.notes]
    return (len(onsets) - len(set(onsets))) / max(len(set(onsets)), 1)


def rhythm_kinds(phrase: Phrase) -> float:
    """Number of distinct inter-onset intervals over the number of onsets (note-length variety,
    mgeval 2020)."""
    distances = [second.onset_ticks - first.onset_ticks for first, second in pairwise(_line(phrase))]
    return len(set(distances)) / max(len(distances), 1)


def largest_leap(phrase: Phrase) -> float:
    """The widest melodic interval in semitones.

    >>> largest_leap(Phrase((Note(0, 60, 48), Note(48, 72, 48)), bars=1))
    12.0
    """
    return float(max((abs(b.pitch - a.pitch) for a, b in pairwise(_line(phrase))), default=0))


def ends_on_triad(phrase: Phrase) -> float:
    """1 if the last note is in the tonic triad of the key signature's major or relative minor key."""
    tonic = (phrase.key.fifths if phrase.key else 0) * 7
    last = max(phrase.notes, key=lambda note: (note.onset_ticks, -note.pitch), default=None)
    return float(last is not None and (last.pitch - tonic) % 12 in (0, 4, 7, 9))


FIGURES: Mapping[str, Callable[[Phrase], float]] = {
    "notes a beat": notes_per_beat,
    "repeated bars": bar_repeat_ratio,
    "longest repeated run": longest_repeated_run,
    "self-similarity": self_similarity,
    "groove similarity": groove_similarity,
    "pitch class entropy": pitch_class_entropy,
    "pitch class entropy of a bar": bar_pitch_class_entropy,
    "notes in the scale": scale_share,
    "steps": step_share,
    "stops": stop_share,
    "kinds of rhythm": rhythm_kinds,
    "largest leap": largest_leap,
    "ends on the triad": ends_on_triad,
}


# 10th and 90th percentiles of the eight composers' own phrases in the validation split, as
# `violin evaluate composer` prints them.
HUMAN_BANDS: Mapping[str, tuple[float, float]] = {
    "repeated bars": (0.0, 0.25),
    "self-similarity": (0.201, 0.613),
    "pitch class entropy": (2.341, 3.222),
    "steps": (0.149, 0.706),
}


def within_bands(phrase: Phrase) -> float:
    """The share of the metrics of `HUMAN_BANDS` that lie inside their bands."""
    inside = [low <= FIGURES[name](phrase) <= high for name, (low, high) in HUMAN_BANDS.items()]
    return sum(inside) / len(inside)


def seam_leaps(phrase: Phrase, beginning_bars: int, ending_bars: int) -> tuple[int, int]:
    """Semitones between the last note before and the first note after each seam; 0 if there is no
    seam."""
    line = _line(phrase)
    leaps = []
    for bar in (beginning_bars, phrase.bars - ending_bars):
        tick = bar * phrase.bar_ticks
        before = [note for note in line if note.onset_ticks < tick]
        after = [note for note in line if note.onset_ticks >= tick]
        leaps.append(abs(after[0].pitch - before[-1].pitch) if before and after else 0)
    return leaps[0], leaps[1]


def _line(phrase: Phrase) -> list[Note]:
    """The highest note of each onset."""
    highest = {note.onset_ticks: note for note in phrase.notes}  # notes ascend by onset, then pitch
    return [highest[onset] for onset in sorted(highest)]


def _bars(phrase: Phrase) -> list[list[Note]]:
    bars: list[list[Note]] = [[] for _ in range(phrase.bars)]
    for note in phrase.notes:
        bars[note.onset_ticks // phrase.bar_ticks].append(note)
    return bars
