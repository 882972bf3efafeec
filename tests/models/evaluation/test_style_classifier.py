"""A style classifier names who wrote inner bars of plainly different styles."""

from __future__ import annotations

import numpy as np
import pytest
from stored_phrases import stored_phrase

from data_prep.corpus.store import PhraseStore
from models.evaluation.style_classifier import StyleHits, inner_bars, style_hits
from violin.music import Key, Note, Phrase


def phrase(composer: str, seed: int) -> Phrase:
    """Bach runs in sixteenths, Vivaldi leaps in quarters."""
    random = np.random.default_rng(seed)
    ticks, widest = (12, 2) if composer == "bach" else (48, 12)
    notes, pitch = [], 74
    for onset in range(0, 8 * 192, ticks):
        pitch = int(np.clip(pitch + random.integers(-widest, widest + 1), 60, 88))
        notes.append(Note(onset, pitch, ticks))
    return Phrase(tuple(notes), 8, key=Key(2))


@pytest.fixture(scope="module")
def store() -> PhraseStore:
    return PhraseStore(
        stored_phrase(
            phrase(composer, index), composer, f"{composer}{index // 2}", "train" if index < 20 else "test"
        )
        for composer in ("bach", "vivaldi")
        for index in range(26)
    )


def test_it_names_the_composer_of_unseen_phrases_and_of_answers_like_them(store: PhraseStore) -> None:
    human = store.select("test")
    right = [phrase(one.composer, 100 + index) for index, one in enumerate(human)]
    wrong = [phrase("vivaldi" if one.composer == "bach" else "bach", 7) for one in human]
    found = style_hits(store, human, {"right": right, "wrong": wrong}, 1)
    assert found["human"].by_composer == {"bach": (6, 6), "vivaldi": (6, 6)}
    assert found["right"].mean == 1.0
    assert found["wrong"].mean == 0.0


def test_inner_bars_are_cut_out_and_short_ones_left_out() -> None:
    notes = (Note(0, 60, 48), *(Note(192 + 48 * beat, 62, 48) for beat in range(8)), Note(1300, 65, 200))
    found = inner_bars(Phrase(notes, 8), 1)
    assert found is not None
    assert found.bars == 6
    assert found.notes[0] == Note(0, 62, 48)
    assert found.notes[-1] == Note(1300 - 192, 65, 6 * 192 - (1300 - 192))
    assert inner_bars(Phrase(notes[:5], 8), 1) is None


def test_the_mean_is_over_composers_not_over_phrases() -> None:
    assert StyleHits({"bach": (8, 2), "mozart": (2, 2)}).mean == pytest.approx((1 / 4 + 1) / 2)
    assert np.isnan(StyleHits({}).mean)
