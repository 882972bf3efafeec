from __future__ import annotations

import random

import pytest

from data_prep.corpus.deduplicate import (
    containment,
    first_occurrences,
    linked_groups,
    melody_ngrams,
    note_ngrams,
)
from violin.music import Note, Phrase


def tune(seed: int, bars: int = 8) -> Phrase:
    choice = random.Random(seed)
    onset, notes = 0, []
    while onset < bars * 192:
        duration = min(choice.choice([12, 24, 48]), bars * 192 - onset)
        notes.append(Note(onset, choice.randint(60, 80), duration))
        onset += duration
    return Phrase(tuple(notes), bars)


def test_a_transposed_copy_has_the_same_ngrams() -> None:
    for ngrams in (melody_ngrams, note_ngrams):
        first, second = ngrams(tune(1)), ngrams(tune(1).transposed(3))
        assert containment(first, second) == 1.0
        assert containment(first, ngrams(tune(2))) == 0.0


def test_articulation_does_not_hide_a_copy() -> None:
    notes = tuple(Note(note.onset_ticks, note.pitch, 6) for note in tune(1).notes)
    assert containment(melody_ngrams(tune(1)), melody_ngrams(Phrase(notes, 8))) == 1.0


def test_the_share_is_that_of_the_ngrams() -> None:
    first, second = tune(1, 16), tune(1, 16).slice_bars(0, 8)
    assert containment(melody_ngrams(second), melody_ngrams(first)) == 1.0
    assert 0.3 < containment(melody_ngrams(first), melody_ngrams(second)) < 0.7


def test_a_short_melody_has_one_ngram() -> None:
    short = Phrase((Note(0, 60, 192), Note(192, 64, 192)), 8)
    assert len(melody_ngrams(short)) == 1
    assert melody_ngrams(short).tolist() == melody_ngrams(short.transposed(5)).tolist()
    assert len(melody_ngrams(Phrase((), 8))) == 1


def test_only_first_occurrences_are_kept() -> None:
    assert first_occurrences([tune(1), tune(2), tune(1).transposed(-2), tune(2), tune(3)]) == [
        True, True, False, False, True,
    ]  # fmt: skip


def test_one_work_under_two_names_is_linked() -> None:
    phrases = [(tune(seed), "a") for seed in range(4)]
    phrases += [(tune(seed).transposed(1), "b") for seed in range(3)] + [(tune(9), "c")]
    groups = linked_groups([melody_ngrams(phrase) for phrase, _ in phrases], [name for _, name in phrases])
    assert groups == {"a": "a", "b": "a", "c": "c"}
    assert linked_groups([], []) == {}


def test_a_stock_figure_links_nothing() -> None:
    phrases = [(tune(0), name) for name in "abcdef"]
    groups = linked_groups([melody_ngrams(phrase) for phrase, _ in phrases], [name for _, name in phrases])
    assert groups == {name: name for name in "abcdef"}


@pytest.mark.parametrize("size", [3, 12])
def test_ngrams_are_distinct_and_sorted(size: int) -> None:
    hashes = melody_ngrams(tune(5), size).tolist()
    assert hashes == sorted(set(hashes))


def test_more_than_half_makes_a_copy() -> None:
    """A phrase repeats some bars of another and then differs; n-grams span the boundary."""
    first, fresh = tune(1, 16), tune(2, 16)

    def sharing(bars: int) -> Phrase:
        old = tuple(note for note in first.notes if note.onset_ticks < bars * 192)
        return Phrase((*old, *(note for note in fresh.notes if note.onset_ticks >= bars * 192)), 16)

    shares = {
        bars: containment(melody_ngrams(sharing(bars)), melody_ngrams(first)) for bars in (4, 6, 11, 13)
    }
    assert shares[4] < shares[6] < 0.5 < shares[11] < shares[13] < 0.9
    for bars, share in shares.items():
        assert first_occurrences([first, sharing(bars)]) == [True, share <= 0.5]
