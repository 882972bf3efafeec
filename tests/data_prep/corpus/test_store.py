from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from data_prep.corpus.store import MANIFEST_NAME, PHRASES_NAME, PhraseStore, StoredPhrase, columns_of
from violin.errors import CorpusError
from violin.music import Key, Meter, Note, Phrase


def stored(**changes: object) -> StoredPhrase:
    notes = tuple(Note(48 * beat, 60 + beat % 12, 48) for beat in range(32))
    phrase = Phrase(notes, bars=8, meter=Meter(4, 4), key=Key(2, True), tempo_us_per_beat=600_000)
    base = StoredPhrase(
        phrase,
        "bach",
        "bach",
        "bach:bwv1:1",
        "bach:bwv1",
        "solo",
        4,
        "train",
        False,
        "a/b@c",
        "pd",
        1.0,
        "x.mxl",
    )
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


def several() -> list[StoredPhrase]:
    waltz = Phrase((Note(0, 55, 144), Note(0, 62, 144)), bars=16, meter=Meter(3, 4), key=None)
    return [
        stored(),
        stored(phrase=waltz, composer="other", source_composer="kątski", weight=0.25, split="test"),
        stored(window=True, start_bar=6),
        stored(start_bar=9, texture="section", written_meter="6/8"),
    ]


def test_a_saved_store_comes_back_as_it_was(tmp_path: Path) -> None:
    store = PhraseStore(several(), {"seed": 1})
    store.save(tmp_path / "phrases")
    loaded = PhraseStore.load(tmp_path / "phrases")
    assert list(loaded) == several()
    assert loaded.manifest["seed"] == 1
    assert loaded.manifest["phrases"] == 4
    assert list(PhraseStore.load(tmp_path / "phrases" / PHRASES_NAME)) == several()


def test_an_empty_store_is_a_store(tmp_path: Path) -> None:
    PhraseStore().save(tmp_path)
    assert list(PhraseStore.load(tmp_path)) == []


def test_the_same_phrases_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        PhraseStore(several()).save(tmp_path / name)
    first, second = ((tmp_path / name / PHRASES_NAME).read_bytes() for name in ("one", "two"))
    assert first == second


def test_select_by_split_composer_and_window() -> None:
    store = PhraseStore(several())
    assert [item.start_bar for item in store.select("train")] == [4]
    assert [item.start_bar for item in store.select("train", windows=True)] == [4, 6, 9]
    assert [item.source_composer for item in store.select(composer="other")] == ["kątski"]
    with pytest.raises(ValueError, match="legal: train, validation, test"):
        store.select("dev")


def test_only_phrases_on_the_grid_are_stored(tmp_path: Path) -> None:
    coarse = Phrase((Note(0, 60, 1),), bars=8, ticks_per_beat=24)
    with pytest.raises(ValueError, match="48 ticks"):
        PhraseStore([stored(phrase=coarse)]).save(tmp_path)


def test_an_unknown_texture_is_not_stored(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown texture 'choir'; legal: solo, section"):
        PhraseStore([stored(texture="choir")]).save(tmp_path)


def test_a_store_of_format_1_reads_as_solo_and_as_written(tmp_path: Path) -> None:
    columns = columns_of(several()[:3])
    for name in ("texture", "written_meter"):
        del columns[name], columns[f"{name}_table"]
    np.savez(tmp_path / PHRASES_NAME, **{**columns, "format": np.array([1])})
    assert list(PhraseStore.load(tmp_path)) == several()[:3]


def test_a_store_of_another_format_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / PHRASES_NAME, **{**columns_of(several()), "format": np.array([3])})
    with pytest.raises(CorpusError, match="store format 3; legal: 1 or 2; run violin prepare"):
        PhraseStore.load(tmp_path)


def test_a_missing_store_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="make one: violin prepare"):
        PhraseStore.load(tmp_path / "nothing")


@pytest.mark.parametrize("keep", [0, 10, 500])
def test_a_damaged_store_is_one_clear_error(tmp_path: Path, keep: int) -> None:
    PhraseStore(several()).save(tmp_path)
    file = tmp_path / PHRASES_NAME
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(CorpusError, match="damaged"):
        PhraseStore.load(tmp_path)


def test_a_manifest_of_other_phrases_is_left_out(tmp_path: Path) -> None:
    PhraseStore(several(), {"seed": 1}).save(tmp_path)
    manifest = json.loads((tmp_path / MANIFEST_NAME).read_text())
    (tmp_path / MANIFEST_NAME).write_text(json.dumps({**manifest, "sha256": "0"}))
    assert PhraseStore.load(tmp_path).manifest == {}


def test_nothing_is_left_beside_the_store(tmp_path: Path) -> None:
    PhraseStore(several()).save(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [MANIFEST_NAME, PHRASES_NAME]


def test_major_and_minor_come_back(tmp_path: Path) -> None:
    keys = [Key(2, False), Key(2, True), None, Key(-3, False)]
    phrases = [stored(phrase=dataclasses.replace(stored().phrase, key=key)) for key in keys]
    PhraseStore(phrases).save(tmp_path)
    assert [one.phrase.key for one in PhraseStore.load(tmp_path)] == keys
