"""Checks that held-out music is unseen: no work in two splits, no copy of training music.

Independent of how the store was made: it reads the finished store and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data_prep.corpus.deduplicate import COPY_SHARE, Hashes, containment, melody_ngrams, note_ngrams
from data_prep.corpus.split import TRAIN
from data_prep.corpus.store import PhraseStore, StoredPhrase
from violin.music import Phrase

MEASURES: dict[str, Callable[[Phrase], Hashes]] = {
    "(interval, duration) of all notes": note_ngrams,
    "(interval, time to the next onset) of the top line": melody_ngrams,
}


@dataclass(frozen=True, slots=True)
class Leak:
    """Held-out music that is also trained on, or training music that is held out; `message` says what and
    where."""

    message: str


@dataclass(frozen=True, slots=True)
class LeakCheck:
    """What was compared and what was found.

    `greatest_share` is the greatest share of a held-out phrase's 12-grams that training holds.
    """

    works: int
    held_out: int
    training: int
    greatest_share: float
    leaks: tuple[Leak, ...]


def check_leaks(store: PhraseStore, share: float = COPY_SHARE) -> LeakCheck:
    """Compare validation and test with training, its windows included."""
    leaks = [*_works_in_two_splits(store), *_training_music_held_out(store)]
    training = store.select(TRAIN, windows=True)
    held_out = [stored for stored in store if stored.split != TRAIN]
    greatest = 0.0
    for name, ngrams in MEASURES.items():
        known = [ngrams(stored.phrase) for stored in training]
        table = np.unique(np.concatenate(known)) if known else np.zeros(0, np.uint64)
        for stored in held_out:
            found = containment(ngrams(stored.phrase), table)
            greatest = max(greatest, found)
            if found > share:
                leaks.append(Leak(f"{place(stored)}: {found:.0%} of its 12-grams, {name}, are trained on"))
    works = len({stored.work_group for stored in store})
    return LeakCheck(works, len(held_out), len(training), greatest, tuple(leaks))


def place(stored: StoredPhrase) -> str:
    """Where a phrase comes from, for people."""
    last = stored.start_bar + stored.phrase.bars
    return (
        f"{stored.path or stored.work_id} {stored.part} bars {stored.start_bar + 1}-{last} ({stored.split})"
    )


def _works_in_two_splits(store: PhraseStore) -> list[Leak]:
    splits: dict[str, set[str]] = defaultdict(set)
    for stored in store:
        splits[stored.work_group].add(stored.split)
    return [
        Leak(f"{group} lies in {' and '.join(sorted(found))}")
        for group, found in sorted(splits.items())
        if len(found) > 1
    ]


def _training_music_held_out(store: PhraseStore) -> list[Leak]:
    return [
        Leak(f"{place(stored)}: {_kind(stored)} outside training")
        for stored in store
        if stored.training_only and stored.split != TRAIN
    ]


def _kind(stored: StoredPhrase) -> str:
    if stored.window:
        return "an overlapping window"
    return "rebarred music" if stored.rebarred else "another instrument's part"
