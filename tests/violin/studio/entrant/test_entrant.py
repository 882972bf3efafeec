"""A dataset or an archive in the studio: rows, versions on disk, and the archive's bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from submission_fakes import write_dataset

from submission.archive import archive_bytes
from violin.errors import ArchiveError
from violin.midi import phrase_bytes
from violin.music import Note, Phrase
from violin.studio.answers import NotFoundError
from violin.studio.entrant.entrant import ARCHIVE, DATASET, Entrant
from violin.studio.entrant.row import COMPOSED, REDONE, Score, Version
from violin.studio.entrant.store import Entrants

NAME = "composer2/001.mid"


def tune(pitch: int) -> bytes:
    return phrase_bytes(Phrase((Note(0, pitch, 48),), 8))


@pytest.fixture(scope="session")
def dataset_zip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Sixteen pairs, two per composer, in a zip."""
    folder = write_dataset(tmp_path_factory.mktemp("data") / "dataset", per_composer=2)
    return archive_bytes({str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.mid")})


@pytest.fixture
def opened(dataset_zip: bytes, tmp_path: Path) -> Entrant:
    return Entrants(tmp_path).add(DATASET, dataset_zip, "pairs.zip", 1, 1)


def reopened(folder: Path, entrant: Entrant) -> Entrant:
    return Entrants(folder).get(entrant.id)


def test_a_dataset_has_a_row_for_each_pair(opened: Entrant) -> None:
    rows = opened.summary()["rows"]
    assert len(rows) == 16
    assert rows[0] == {
        "name": "composer1/001.mid", "composer": "bach", "composer_name": "J. S. Bach", "number": 1,
        "state": "to compose", "versions": 0, "shown": -1, "digest": "", "remarks": [], "judge": None,
        "own": None, "inherited": None, "error": "", "has_score": True, "bars": 8, "notes": 8,
        "meter": "4/4", "key": "C major", "bpm": 100,
    }  # fmt: skip
    with pytest.raises(ArchiveError, match=r"16 files are not composed yet, the first is composer1/001\.mid"):
        opened.archive()


def test_versions_and_scores_outlive_the_server(opened: Entrant, tmp_path: Path) -> None:
    opened.add_version(NAME, Version(tune(69), COMPOSED, 1))
    row = opened.add_version(NAME, Version(tune(71), REDONE, opened.next_seed(opened.row(NAME))))
    opened.add_score(row.versions[1].digest, Score(0.25, ("C041 low",), ()))
    again = reopened(tmp_path, opened)
    found = again.row(NAME)
    assert [(one.origin, one.seed) for one in found.versions] == [(COMPOSED, 1), (REDONE, 1_000_004)]
    assert again.row_json(found)["judge"] == 0.25
    assert again.row_json(found)["own"] == ["C041 low"]
    again.show_version(NAME, 0)
    assert reopened(tmp_path, opened).row(NAME).version == Version(tune(69), COMPOSED, 1)
    with pytest.raises(NotFoundError, match="there is no version 3"):
        again.show_version(NAME, 2)


def test_a_damaged_answer_is_named_and_the_others_stay(opened: Entrant, tmp_path: Path) -> None:
    for name in (NAME, "composer2/002.mid"):
        opened.add_version(name, Version(tune(69), COMPOSED, 1))
    [path] = tmp_path.rglob("composer2-001.json")
    path.write_bytes(b"{")
    again = reopened(tmp_path, opened)
    assert again.row(NAME).version is None
    assert again.row("composer2/002.mid").version is not None
    assert f"{NAME}: its kept versions cannot be read" in again.notices


def test_an_archive_gives_its_own_bytes_back(tmp_path: Path) -> None:
    files = {f"composer{number}/001.mid": tune(60 + number) for number in range(1, 9)}
    data = archive_bytes(files)
    entrants = Entrants(tmp_path)
    entrant = entrants.add(ARCHIVE, data, "answers.zip", 1, 1)
    assert {row["state"] for row in entrant.summary()["rows"]} == {"opened"}
    assert entrant.archive() == data
    entrant.add_version(NAME, Version(tune(80), REDONE, 5))
    changed = zipfile.ZipFile(io.BytesIO(entrant.archive()))
    assert {name for name, old in files.items() if changed.read(name) != old} == {NAME}
    entrant.show_version(NAME, 0)
    assert entrant.archive() == data


def test_a_dataset_is_opened_beside_an_archive(dataset_zip: bytes, tmp_path: Path) -> None:
    entrants = Entrants(tmp_path)
    entrant = entrants.add(ARCHIVE, archive_bytes({NAME: tune(69)}), "answers.zip", 1, 1)
    assert entrant.row(NAME).given is None
    entrant = entrants.put_in(entrant.id, DATASET, dataset_zip, "pairs.zip")
    assert entrant.row(NAME).given is not None
    assert entrant.row(NAME).version is not None
    assert len(entrant.missing()) == 15
    with pytest.raises(ArchiveError, match=r"^bad\.zip: "):
        entrants.put_in(entrant.id, DATASET, b"no zip", "bad.zip")
    assert len(entrants.get(entrant.id).rows) == 16


def test_bytes_that_are_not_an_archive_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as raised:
        Entrants(tmp_path).add(ARCHIVE, b"no zip", "bad.zip", 1, 1)
    assert str(raised.value).startswith("bad.zip: ")
    assert str(tmp_path) not in str(raised.value)
    assert list((tmp_path / ".entrants").iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "", "0123456789ab", "."])
def test_another_id_opens_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError):
        Entrants(tmp_path).get(name)
