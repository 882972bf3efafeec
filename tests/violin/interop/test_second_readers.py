"""A file that another library reads differently is a fault."""

from __future__ import annotations

import zipfile
from pathlib import Path

from submission.second_readers import reader_faults
from violin.music import Key, Meter, Note, Phrase

PHRASE = Phrase(tuple(Note(144 * bar, 69, 144) for bar in range(8)), 8, Meter(3, 4), Key(1))


def _archive(path: Path, data: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("composer1/001.mid", data)
        archive.writestr("composer1/readme.txt", "no music")
    return path


def test_our_files_have_no_fault(tmp_path: Path) -> None:
    assert reader_faults(_archive(tmp_path / "good.zip", PHRASE.to_midi())) == []


def test_another_program_is_reported_once_per_library(tmp_path: Path) -> None:
    data = PHRASE.to_midi().replace(bytes((0xC0, 40)), bytes((0xC0, 0)))
    assert [str(fault) for fault in reader_faults(_archive(tmp_path / "piano.zip", data))] == [
        "composer1/001.mid: miditoolkit reads programs [0], not [40]",
        "composer1/001.mid: pretty_midi reads programs [0], not [40]",
    ]
