"""A user's folder of scores as training phrases."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_prep.corpus.own_scores import phrases_of_scores
from violin.errors import CorpusError
from violin.midi import save_phrase
from violin.music import Note, Phrase


def piece(step: int) -> Phrase:
    """24 bars whose line depends on `step`."""
    return Phrase(tuple(Note(24 * at, 62 + (at * step + at // 7) % 12, 24) for at in range(192)), 24)


def test_every_piece_is_for_training_and_the_same_music_is_one_piece(tmp_path: Path) -> None:
    for name, step in (("a", 2), ("b", 3), ("b again", 3)):
        save_phrase(piece(step), tmp_path / f"{name}.mid")
    found = phrases_of_scores(tmp_path)
    assert {stored.split for stored in found} == {"train"}
    assert {stored.work_group for stored in found} == {"other:a", "other:b"}
    assert any(stored.window for stored in found)
    assert all(8 <= stored.phrase.bars <= 16 for stored in found)


def test_a_folder_without_a_phrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no such folder"):
        phrases_of_scores(tmp_path / "absent")
    save_phrase(Phrase((Note(0, 69, 48),), 1), tmp_path / "short.mid")
    with pytest.raises(CorpusError, match="no phrase of 8 to 16 bars of a violin"):
        phrases_of_scores(tmp_path)
