from __future__ import annotations

from pathlib import Path

import pytest
from stored_phrases import stored_phrase

from data_prep.corpus import assemble
from data_prep.corpus.held_out import held_out_works, known_sides
from data_prep.corpus.split import TRAIN
from data_prep.corpus.store import StoredPhrase
from violin.music import Note, Phrase


def stored(group: str) -> StoredPhrase:
    phrase = Phrase((Note(0, 69, 192),), bars=8)
    return stored_phrase(phrase, work=group, split="")


def test_the_shipped_list_knows_works_on_every_side() -> None:
    sides = known_sides()
    assert set(sides.values()) == {"train", "validation", "test"}
    assert set(held_out_works()) == {group for group, side in sides.items() if side != TRAIN}


def test_without_a_list_no_work_is_known(tmp_path: Path) -> None:
    assert known_sides(tmp_path / "absent.json") == {}


def test_a_known_work_keeps_its_side_and_a_new_one_follows_the_work_that_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"bach:a": "test", "bach:b": "validation", "bach:c": "train", "bach:d": "test"}
    monkeypatch.setattr(assemble, "known_sides", lambda: known)
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
