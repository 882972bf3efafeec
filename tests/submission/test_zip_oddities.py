"""Zips that we can read and that other programs may read differently."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from submission.archive import write_archive
from submission.zip_oddities import zip_oddities
from violin.cli import cli

FILES = {f"composer{n}.txt": b"0.500\r\n" for n in range(1, 9)}


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    write_archive(tmp_path / "plain.zip", FILES)
    return tmp_path / "plain.zip"


def test_a_plain_archive_has_none(plain: Path) -> None:
    assert zip_oddities(plain) == ()
    assert zip_oddities(plain.parent) == ()


def changed(plain: Path, how: str) -> bytes:
    data = bytearray(plain.read_bytes())
    end = data.rfind(b"PK\x05\x06")
    if how == "trailing":
        data += b"\0" * 10
    elif how == "comment":
        data[end + 20 : end + 22] = struct.pack("<H", 5)
        data += b"hello"
    elif how == "prepended":
        data[:0] = b"#!/bin/sh\n"
    elif how == "disk":
        data[end + 4 : end + 6] = struct.pack("<H", 1)
    elif how == "sizes":
        data[18:26] = struct.pack("<2L", 3, 3)
    elif how == "name":
        data[30:39] = b"composer9"
    return bytes(data)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("trailing", "10 bytes of other data follow the end of the archive"),
        ("comment", "5 bytes of a comment follow the end of the archive"),
        ("prepended", "10 bytes precede the archive"),
        ("disk", "split over several disks"),
        ("sizes", "the local header says 3 bytes packed and 3 unpacked"),
        ("name", "the local header names it composer9.txt"),
    ],
)
def test_each_oddity_is_reported(plain: Path, how: str, message: str) -> None:
    plain.write_bytes(changed(plain, how))
    assert any(message in line for line in zip_oddities(plain)), zip_oddities(plain)


def test_a_backslash_in_a_name(tmp_path: Path) -> None:
    path = tmp_path / "back.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("composer1\\001.mid", b"x")
    assert "a backslash in the name" in zip_oddities(path)[0]


def test_verify_warns_and_still_passes(plain: Path) -> None:
    plain.write_bytes(changed(plain, "prepended"))
    result = CliRunner().invoke(cli, ["verify", str(plain)])
    assert result.exit_code == 0, result.output
    warning = f"Warning: {plain}: 10 bytes precede the archive; other programs may unpack it differently"
    assert warning in result.stderr
