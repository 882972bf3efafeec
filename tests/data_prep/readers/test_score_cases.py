"""Small scores from public bug reports, each with the notes that are right."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from data_prep.grid.raw_part import RawNote, ScoreError
from data_prep.readers.musicxml import unpacked
from data_prep.readers.scores import read_parts

CASES = Path(__file__).with_name("cases")


def notes(file: Path) -> list[RawNote]:
    ((_, part),) = read_parts(file)
    return part.notes


def pitches(file: Path) -> list[int]:
    return [note.pitch for note in notes(file)]


def test_a_transposed_part_is_read_as_it_sounds() -> None:
    assert pitches(CASES / "x02.musicxml") == [67, 69, 70, 72] * 2


def test_a_cue_note_is_a_rest() -> None:
    found = notes(CASES / "x09.musicxml")
    assert [(note.onset_beats, note.pitch) for note in found] == [
        (0, 69), (1, 71), (4, 69), (5, 71), (6, 72), (7, 74),
    ]  # fmt: skip


def test_the_container_names_the_score() -> None:
    assert pitches(CASES / "x10.mxl") == [69, 71, 72, 74]


def test_notes_of_a_chord_keep_their_own_lengths() -> None:
    found = [(note.pitch, note.end_beats) for note in notes(CASES / "x14.musicxml")]
    assert found == [(62, 1), (71, 1), (74, 2), (79, 4)]


def test_an_accidental_holds_to_the_barline_in_abc() -> None:
    assert pitches(CASES / "x20.abc") == [66, 64, 62, 66, 67, 63, 62, 67]


def test_a_rest_of_several_bars_takes_its_time_in_abc() -> None:
    assert [note.onset_beats for note in notes(CASES / "x28.abc")] == [0, 1, 2, 3, 12, 13, 14, 15]


def test_an_overlay_sounds_with_its_bar_in_abc() -> None:
    found = [(note.onset_beats, note.end_beats, note.pitch) for note in notes(CASES / "x29.abc")]
    assert found == [(0, 1, 69), (0, 4, 62), (1, 2, 71), (2, 3, 72), (3, 4, 74), (4, 8, 69)]


def packed(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "container",
    ["<container", "<container/>", '<container><rootfile full-path="absent.xml"/></container>'],
)
def test_a_container_that_names_no_member_is_passed_over(container: str) -> None:
    archive = packed(**{"META-INF__container.xml": container, "a.xml": "first", "b.xml": "second"})
    assert unpacked(archive) == b"first"


def test_a_rootfile_of_another_kind_is_passed_over() -> None:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="a.pdf" media-type="application/pdf"/>'
        '<rootfile full-path="b.xml"/></rootfiles></container>'
    )
    archive = packed(**{"META-INF__container.xml": container, "a.xml": "1", "a.pdf": "2", "b.xml": "3"})
    assert unpacked(archive) == b"3"


def test_an_archive_without_a_score_is_refused() -> None:
    with pytest.raises(ScoreError, match="no score in it"):
        unpacked(packed(**{"readme.txt": "nothing"}))
