from __future__ import annotations

from pathlib import Path

import pytest
from stored_phrases import stored_phrase

from data_prep.corpus import assemble
from data_prep.corpus.held_out import held_out_works, known_splits
from data_prep.corpus.split import TRAIN
from data_prep.corpus.store import StoredPhrase
from violin.music import Note, Phrase


def stored(group: str) -> StoredPhrase:
    phrase = Phrase((Note(0, 69, 192),), bars=8)
    return stored_phrase(phrase, work=group, split="")


def test_the_shipped_list_has_works_in_every_split() -> None:
    splits = known_splits()
    assert set(splits.values()) == {"train", "validation", "test"}
    assert set(held_out_works()) == {group for group, split in splits.items() if split != TRAIN}


def test_without_a_list_no_work_is_known(tmp_path: Path) -> None:
    assert known_splits(tmp_path / "absent.json") == {}


def test_a_known_work_keeps_its_split_and_a_new_one_follows_the_training_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"bach:a": "test", "bach:b": "validation", "bach:c": "train", "bach:d": "test"}
    monkeypatch.setattr(assemble, "known_splits", lambda: known)
    equals = {group: group for group in known} | {"bach:d": "bach:c", "bach:e": "bach:c", "bach:f": "bach:a"}
    phrases = [stored(group) for group in equals]
    assert assemble.assign_works(phrases, equals) == {
        "bach:a": "test",
        "bach:b": "validation",
        "bach:c": "train",
        "bach:d": "test",
        "bach:e": "train",
        "bach:f": "test",
    }
