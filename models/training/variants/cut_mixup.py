"""Bar-synchronous cut mixup: some bars of a training phrase are those of another phrase.

After the beat-synchronous audio mixup of Chen et al., "MusicLDM" (ICASSP 2024, arXiv 2308.01546), in which
two recordings sound together. Notes have no amplitudes to mix, so bars are cut and spliced. The other phrase
has the same composer's token, meter and mode, and is transposed to the same tonic. The bars keep their
numbers in the phrase. No note crosses a cut, and the leap over a cut is at most a fifth.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np

from data_prep.corpus.store import StoredPhrase
from models.training.dataset import BatchSource
from models.training.tasks import allowed_transpositions, encoded_length
from violin.music import Key, Note, Phrase

MIXED_SHARE = 0.5  # of the training phrases, where a splice is found
WIDEST_LEAP = 7  # semitones over a cut
_TRIES = 8


class CutMixupSource(BatchSource):
    """The usual batches, in which some phrases are spliced."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._of_kind: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for index in range(len(self._pool)):
            self._of_kind[self._kind(index)].append(index)

    def _kind(self, index: int) -> tuple[Any, ...]:
        stored, token, _ = self._pool[index]
        return token, stored.phrase.meter, (stored.phrase.key or Key()).minor

    def _phrase(self, index: int, random: np.random.Generator) -> StoredPhrase:
        stored = super()._phrase(index, random)
        if random.random() >= MIXED_SHARE:
            return stored
        candidates = self._of_kind[self._kind(index)]
        for other in random.choice(len(candidates), _TRIES).tolist():
            phrase = spliced(stored.phrase, self._pool[candidates[other]][0].phrase, random)
            if phrase is not None and encoded_length(phrase) <= self.model.max_tokens:
                return replace(stored, phrase=phrase)
        return stored


def spliced(phrase: Phrase, other: Phrase, random: np.random.Generator) -> Phrase | None:
    """The phrase with a run of inner bars of another phrase of the same meter, transposed to the same key;
    None if the drawn run cannot be cut."""
    inner = min(phrase.bars, other.bars) - 1
    if inner < 2 or phrase == other:
        return None
    first, last = sorted(random.choice(np.arange(1, inner + 1), 2, replace=False).tolist())
    up = ((phrase.key or Key()).tonic_pitch_class - (other.key or Key()).tonic_pitch_class) % 12
    semitones = up if up <= 6 else up - 12
    if semitones not in allowed_transpositions(other):
        return None
    start, end = first * phrase.bar_ticks, last * phrase.bar_ticks
    moved = other.transposed(semitones).notes
    if any(_crosses(note, cut) for note in (*phrase.notes, *moved) for cut in (start, end)):
        return None
    before, inside, after = (
        [note for note in notes if since <= note.onset_ticks < until]
        for notes, since, until in (
            (phrase.notes, 0, start),
            (moved, start, end),
            (phrase.notes, end, phrase.length_ticks),
        )
    )
    for left, right in ((before, inside), (inside, after)):
        if not left or not right or abs(right[0].pitch - left[-1].pitch) > WIDEST_LEAP:
            return None
    return replace(phrase, notes=(*before, *inside, *after))


def _crosses(note: Note, cut: int) -> bool:
    return note.onset_ticks < cut < note.end_ticks
