"""The bytes of an archive depend only on its files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from submission.archive import archive_bytes, write_archive
from violin.errors import ViolinError
from violin.files import check_writable

FILES = {"composer2/001.mid": b"two", "composer1/002.mid": b"", "composer1/001.mid": b"one"}


def test_the_order_of_files_does_not_matter() -> None:
    packed = archive_bytes(FILES)
    assert packed == archive_bytes(dict(sorted(FILES.items())))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == sorted(FILES)
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.compress_type == zipfile.ZIP_STORED
            assert entry.external_attr >> 16 == 0o100644


def test_an_archive_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "out.zip")
    with pytest.raises(ViolinError, match="is a folder; name a file"):
        check_writable(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ViolinError, match="cannot be written"):
        check_writable(tmp_path / "file" / "out.zip")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "new"]


def test_a_written_archive_is_whole(tmp_path: Path) -> None:
    write_archive(tmp_path / "out.zip", FILES)
    assert (tmp_path / "out.zip").read_bytes() == archive_bytes(FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]
