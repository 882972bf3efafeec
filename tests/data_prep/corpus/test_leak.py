from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner
from stored_phrases import stored_phrase

from data_prep.corpus.leak import check_leaks
from data_prep.corpus.store import PhraseStore, StoredPhrase
from violin.cli.data.check import command
from violin.music import Key, Note, Phrase


def stored(seed: int, group: str, split: str, window: bool = False, shift: int = 0) -> StoredPhrase:
    choice = random.Random(seed)
    notes = tuple(Note(48 * beat, choice.randint(60, 80) + shift, 48) for beat in range(32))
    phrase = Phrase(notes, 8, key=Key(0))
    return stored_phrase(
        phrase, work=f"{group}:1", work_group=group, split=split, window=window, path=f"{group}.mxl"
    )


def test_a_clean_store_has_no_leak() -> None:
    found = check_leaks(PhraseStore([stored(1, "a", "train"), stored(2, "b", "test")]))
    assert found.leaks == () and found.greatest_share == 0.0
    assert (found.works, found.training, found.held_out) == (2, 1, 1)


def test_a_work_in_two_splits_is_a_leak() -> None:
    found = check_leaks(PhraseStore([stored(1, "a", "train"), stored(2, "a", "test")]))
    assert [leak.message for leak in found.leaks] == ["a lies in test and train"]


def test_a_transposed_copy_in_training_is_a_leak_even_in_a_window() -> None:
    for window in (False, True):
        pair = [stored(1, "a", "train", window, shift=3), stored(1, "b", "validation")]
        found = check_leaks(PhraseStore(pair))
        assert found.greatest_share == 1.0
        assert len(found.leaks) == 2 and "b.mxl solo bars 1-8 (validation): 100%" in found.leaks[0].message


def test_a_window_outside_training_is_a_leak() -> None:
    found = check_leaks(PhraseStore([stored(1, "a", "test", window=True)]))
    assert "overlapping window" in found.leaks[0].message


def test_rebarred_music_outside_training_is_a_leak() -> None:
    rebarred = replace(stored(1, "a", "validation"), written_meter="6/8")
    assert "rebarred music outside training" in check_leaks(PhraseStore([rebarred])).leaks[0].message


def test_the_exit_code_of_the_command(tmp_path: Path) -> None:
    PhraseStore([stored(1, "a", "train"), stored(2, "b", "test")]).save(tmp_path / "clean")
    result = CliRunner().invoke(command, ["--store", str(tmp_path / "clean"), "--phrases"])
    assert result.exit_code == 0 and "0 findings" in result.output
    PhraseStore([stored(1, "a", "train"), stored(1, "b", "test")]).save(tmp_path / "leaky")
    result = CliRunner().invoke(command, ["--store", str(tmp_path / "leaky")])
    assert result.exit_code == 1 and "b.mxl solo" in result.output
