"""Notes to voices: chords that are struck and left together, and which voice each is written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from violin.music import Note


class Chord(NamedTuple):
    """Notes with one onset and one end, by ascending pitch; `indices` are their places in the phrase."""

    onset: int
    end: int
    pitches: tuple[int, ...]
    indices: tuple[int, ...]


def voices_of(notes: Sequence[Note]) -> list[list[Chord]]:
    """The voices of a phrase, the highest first, each in order of time and without overlaps.

    A chord that overlaps no other is in the first voice. Where chords overlap, the higher one takes
    the lower voice number, as engravers do; chords are given numbers from the highest down, and from the
    earliest on if that would take more voices than sound at once.
    """
    chords = _chords(notes)
    numbers: list[int] = [0] * len(chords)
    for cluster in _clusters(chords):
        most = _most_at_once([chords[index] for index in cluster])
        by_pitch = sorted(cluster, key=lambda index: (-chords[index].pitches[-1], chords[index].onset, index))
        found = _numbered(chords, by_pitch)
        if max(found.values()) >= most:
            found = _numbered(chords, cluster)
        for index, number in found.items():
            numbers[index] = number
    voices: list[list[Chord]] = [[] for _ in range(max(numbers, default=0) + 1)]
    for chord, number in zip(chords, numbers, strict=True):
        voices[number].append(chord)
    return voices


def _chords(notes: Sequence[Note]) -> list[Chord]:
    """Notes struck and left together are one chord; a pitch that occurs twice needs two chords."""
    together: dict[tuple[int, int, int], list[int]] = {}
    times: dict[tuple[int, int, int], int] = {}
    for index, note in enumerate(notes):
        place = (note.onset_ticks, note.end_ticks, note.pitch)
        repeat = times[place] = times.get(place, -1) + 1
        together.setdefault((note.onset_ticks, note.end_ticks, repeat), []).append(index)
    chords = []
    for (onset, end, _), indices in together.items():
        indices.sort(key=lambda index: notes[index].pitch)
        chords.append(Chord(onset, end, tuple(notes[index].pitch for index in indices), tuple(indices)))
    return sorted(chords, key=lambda chord: (chord.onset, -chord.pitches[-1], chord.end))


def _clusters(chords: Sequence[Chord]) -> list[list[int]]:
    """Indices of chords that overlap one another, directly or through others."""
    clusters: list[list[int]] = []
    end = -1
    for index, chord in enumerate(chords):
        if not clusters or chord.onset >= end:
            clusters.append([])
        clusters[-1].append(index)
        end = max(end, chord.end)
    return clusters


def _most_at_once(chords: Sequence[Chord]) -> int:
    changes = sorted(change for chord in chords for change in ((chord.onset, 1), (chord.end, -1)))
    most = now = 0
    for _, step in changes:
        now += step
        most = max(most, now)
    return most


def _numbered(chords: Sequence[Chord], order: Sequence[int]) -> dict[int, int]:
    """Give each chord the lowest number that no overlapping chord before it in `order` has."""
    numbers: dict[int, int] = {}
    for index in order:
        chord = chords[index]
        taken = {
            number
            for other, number in numbers.items()
            if chords[other].onset < chord.end and chord.onset < chords[other].end
        }
        numbers[index] = next(number for number in range(len(taken) + 1) if number not in taken)
    return numbers
