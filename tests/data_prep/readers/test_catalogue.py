from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from data_prep.readers import catalogue
from data_prep.readers.catalogue import (
    MUSIC21_QUARTETS,
    MUSIC21_TUNES,
    Source,
    checksum_of,
    folder_entries,
    manifest_entries,
    music21_entries,
    sources,
)
from data_prep.readers.reading import read_sources
from violin.challenge import SLUGS
from violin.errors import CorpusError


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_every_source_has_an_address_a_version_a_licence_and_a_citation(source: Source) -> None:
    assert source.url.startswith("https://")
    assert re.fullmatch(r"[0-9a-f]{40}|music21 \d+\.\d+\.\d+", source.commit)
    assert source.licence and source.holds and source.citation
    assert source.files > 0
    assert re.fullmatch(r"[0-9a-f]{64}", source.checksum)


def test_names_of_sources_are_distinct() -> None:
    names = [source.name for source in sources()]
    assert len(set(names)) == len(names)


def test_music21_holds_quartets_and_tunes_under_their_composers() -> None:
    entries = music21_entries()
    assert {entry.source for entry in entries} == {MUSIC21_QUARTETS, MUSIC21_TUNES}
    assert all(entry.file.is_file() for entry in entries)
    assert len({entry.path for entry in entries}) == len(entries)
    composers = {entry.composer for entry in entries}
    assert {"mozart", "beethoven", "other/haydn", "other/fiddle-tunes"} <= composers
    assert {entry.work_group for entry in entries if "opus18no4" in entry.path} == {"beethoven:sq4"}


def test_a_quartet_of_music21_is_read_as_two_violins() -> None:
    entries = [entry for entry in music21_entries() if entry.path.endswith("k155/movement2.mxl")]
    parts, refusals = read_sources(entries, workers=1)
    assert [part.role for part in parts] == ["violin1", "violin2"]
    assert not refusals
    assert parts[0].work_id == "mozart:k155:2"


def test_the_corpus_holds_what_the_catalogue_records(corpus_dir: Path) -> None:
    entries = manifest_entries(corpus_dir)
    assert {entry.source for entry in entries} < {source.name for source in sources()}
    for source in sources():
        if source.name.count("/") == 1 and source.files < 20:  # the large ones: violin data list
            assert checksum_of(entry for entry in entries if entry.source == source.name) == (
                source.files,
                source.checksum,
            )


def test_composers_of_the_manifest_are_slugs_or_other(corpus_dir: Path) -> None:
    for entry in manifest_entries(corpus_dir):
        assert entry.composer in SLUGS or entry.composer.startswith("other/")


def test_a_users_folder_is_a_source_too(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("one.mid", "sub/two.XML", "notes.txt", ".hidden.mid"):
        (tmp_path / name).write_bytes(b"")
    entries = folder_entries(tmp_path, "sarasate")
    assert [entry.path for entry in entries] == ["one.mid", "sub/two.XML"]
    assert entries[1].work_group == "sarasate:sub/two"


def test_folders_without_scores_or_manifest_are_errors_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no score; legal: \.abc"):
        folder_entries(tmp_path, "bach")
    with pytest.raises(CorpusError, match="no such folder"):
        folder_entries(tmp_path / "nowhere", "bach")
    with pytest.raises(CorpusError, match=r"no manifest\.csv"):
        manifest_entries(tmp_path)
    (tmp_path / "manifest.csv").write_text("file\nx.mid\n")
    with pytest.raises(CorpusError, match="no column composer, path"):
        manifest_entries(tmp_path)


def test_every_known_pickup_is_that_of_a_file_of_the_corpus(corpus_dir: Path) -> None:
    file = Path(catalogue.__file__).parents[1] / "grid" / "pickups.json"
    known = json.loads(file.read_text("utf-8"))["pickup_beats"]
    found = {entry.path: entry.pickup_beats for entry in manifest_entries(corpus_dir) if entry.path in known}
    assert found == known
