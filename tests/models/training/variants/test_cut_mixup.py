"""Spliced phrases: whole bars of another phrase in the same key, with small leaps at the cuts."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch

from data_prep.corpus.store import PhraseStore
from models.composer.batch import TokenBatch
from models.composer.config import Config
from models.training.dataset import BatchSource
from models.training.variants import cut_mixup
from models.training.variants.cut_mixup import CutMixupSource, spliced
from violin.music import Key, Meter, Note, Phrase

BAR = 192


def _bars(*pitches: int, key: int = 0) -> Phrase:
    """A phrase of one whole note per bar."""
    notes = tuple(Note(index * BAR, pitch, BAR) for index, pitch in enumerate(pitches))
    return Phrase(notes, len(pitches), Meter(4, 4), Key(key))


def _results(phrase: Phrase, other: Phrase) -> set[tuple[int, ...] | None]:
    """The pitches of what 60 draws give."""
    found = (spliced(phrase, other, np.random.default_rng(seed)) for seed in range(60))
    return {None if each is None else tuple(note.pitch for note in each.notes) for each in found}


def test_inner_bars_are_replaced_in_the_same_key() -> None:
    # D major to C major: two semitones down, so 71 sounds as 69
    assert _results(_bars(67, 67, 67, 67), _bars(71, 71, 71, 71, key=2)) == {
        (67, 69, 67, 67),
        (67, 67, 69, 67),
        (67, 69, 69, 67),
    }


def test_the_tonic_takes_the_shorter_way() -> None:
    # B major to C major: one semitone up, not eleven down
    assert (67, 72, 67) in _results(_bars(67, 67, 67), _bars(71, 71, 71, key=5))


def test_no_leap_wider_than_a_fifth() -> None:
    assert _results(_bars(60, 60, 60), _bars(68, 68, 68)) == {None}
    assert _results(_bars(60, 60, 60), _bars(67, 67, 67)) == {(60, 67, 60)}


def test_no_note_is_cut() -> None:
    tied = Phrase((Note(0, 60, BAR), Note(BAR, 60, 2 * BAR), Note(3 * BAR, 60, BAR)), 4)
    assert _results(_bars(62, 62, 62, 62), tied) == {None, (62, 60, 62)}
    assert _results(tied, _bars(62, 62, 62, 62)) == {None, (60, 62, 62, 60)}


def test_a_phrase_that_is_too_short_or_the_same_stays() -> None:
    assert _results(_bars(60, 60), _bars(62, 62)) == {None}
    assert _results(_bars(60, 60, 60), _bars(60, 60, 60)) == {None}


def test_the_batches_hold_spliced_phrases(
    small_store: PhraseStore, tiny: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tokens(kind: type[BatchSource]) -> list[list[list[int]]]:
        source = kind(small_store, tiny.training, tiny.model)
        batches = list(islice(source.from_step(0), 2))
        assert all(isinstance(batch, TokenBatch) for batch in batches)
        return [batch.tokens.tolist() for batch in batches if isinstance(batch, TokenBatch)]

    torch.manual_seed(0)
    mixed = tokens(CutMixupSource)
    assert mixed == tokens(CutMixupSource)
    monkeypatch.setattr(cut_mixup, "MIXED_SHARE", 0.0)
    assert mixed != tokens(CutMixupSource)
