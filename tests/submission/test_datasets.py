"""Datasets as they really arrive: what is reported, what is read, what `strict` refuses."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from submission.datasets import Dataset, read_dataset
from violin.challenge import COMPOSERS
from violin.errors import ArchiveError


def _zip(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, f"contents of {name}")
    return path


def _tree(count: int = 3, top: str = "") -> list[str]:
    return [f"{top}composer{n}/{k:03d}.mid" for n in range(1, 9) for k in range(1, count + 1)]


def _notices_with(dataset: Dataset, part: str) -> int:
    return sum(part in notice for notice in dataset.notices)


def test_the_published_tree_gives_no_notice(tmp_path: Path) -> None:
    dataset = read_dataset(_zip(tmp_path / "set.zip", _tree(200)), strict=True)
    assert len(dataset) == 1600
    assert dataset.notices == ()
    assert [given.name for given in dataset][:2] == ["composer1/001.mid", "composer1/002.mid"]


def test_a_folder_is_read_as_the_zip_of_it(tmp_path: Path) -> None:
    names = _tree()
    archive = _zip(tmp_path / "set.zip", names)
    for name in names:
        path = tmp_path / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"contents of {name}")
    assert read_dataset(archive).digest() == read_dataset(tmp_path / "set").digest()
    assert list(read_dataset(archive)) == list(read_dataset(tmp_path / "set"))


@pytest.mark.parametrize(
    ("added", "removed", "message"),
    [
        (["__MACOSX/composer1/._001.mid", "composer2/.DS_Store"], [], "operating system"),
        (["readme.txt", "composer1/notes.mid", "composer1/000.mid"], [], "not composerN/NNN.mid"),
        (["composer4/004.MID"], [], "spelling"),
        (["Composer4/4.midi"], [], "spelling"),
        (["composer4/phrase_004.mid"], [], "spelling"),
        (["composer1/1.mid"], [], "another file has that number"),
        (["composer9/001.mid", "composer9/002.mid"], [], "composer9 ignored"),
        ([], ["composer3/002.mid"], "composer3/002.mid"),
        ([], [f"composer8/{k:03d}.mid" for k in (1, 2, 3)], "no files of composer8"),
        ([], [], "other than 200 files"),
    ],
)
def test_each_oddity_is_reported_once(
    tmp_path: Path, added: list[str], removed: list[str], message: str
) -> None:
    names = [name for name in _tree() if name not in removed] + added
    source = _zip(tmp_path / "set.zip", names)
    dataset = read_dataset(source)
    assert _notices_with(dataset, message) == 1
    with pytest.raises(ArchiveError, match=r"set\.zip"):
        read_dataset(source, strict=True)


def test_a_top_folder_is_looked_through(tmp_path: Path) -> None:
    plain = read_dataset(_zip(tmp_path / "plain.zip", _tree()))
    nested = read_dataset(_zip(tmp_path / "nested.zip", _tree(top="generator_evaluation_dataset/")))
    assert [given.name for given in nested] == [given.name for given in plain]
    assert _notices_with(nested, "top folder generator_evaluation_dataset/") == 1


def test_backslashes_separate_folders_too(tmp_path: Path) -> None:
    names = [name.replace("/", "\\") for name in _tree()]
    assert len(read_dataset(_zip(tmp_path / "windows.zip", names))) == 24


def test_two_top_folders_are_ambiguous(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="several places"):
        read_dataset(_zip(tmp_path / "set.zip", _tree(top="a/") + _tree(top="b/")))


def test_a_zip_without_challenge_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"composerN/NNN\.mid"):
        read_dataset(_zip(tmp_path / "set.zip", ["001.mid", "letter.txt"]))


def test_numbers_run_to_the_last_found(tmp_path: Path) -> None:
    dataset = read_dataset(_zip(tmp_path / "set.zip", ["composer2/003.mid", "composer2/205.mid"]))
    assert dataset.numbers(COMPOSERS[1]) == range(1, 206)
    assert len(dataset.numbers(COMPOSERS[0])) == 0


def test_of_two_files_with_one_number_the_one_of_the_published_name_counts(tmp_path: Path) -> None:
    dataset = read_dataset(_zip(tmp_path / "set.zip", ["composer1/1.mid", "composer1/001.mid"]))
    (given,) = dataset
    assert given.place == "composer1/001.mid"
    assert given.data == b"contents of composer1/001.mid"


def test_the_published_name_wins_over_another_spelling(tmp_path: Path) -> None:
    for folder, name, data in (
        ("COMPOSER1", "001.MID", b"upper"),
        ("composer1", "001.mid", b"published"),
        ("composer1", "phrase_1.mid", b"long"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_bytes(data)
    dataset = read_dataset(tmp_path)
    assert [given.data for given in dataset] == [b"published"]
    assert any(
        "2 files (COMPOSER1/001.MID, composer1/phrase_1.mid) ignored" in notice for notice in dataset.notices
    )


def test_a_number_that_asks_for_thousands_of_answers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "composer3").mkdir()
    (tmp_path / "composer3" / "4001.mid").write_bytes(b"x")
    with pytest.raises(
        ArchiveError, match=r"composer3/4001.mid asks for 4001 files of one composer; .*--allow-large"
    ):
        read_dataset(tmp_path)
    assert len(read_dataset(tmp_path, allow_large=True).numbers(COMPOSERS[2])) == 4_001
