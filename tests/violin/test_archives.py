"""Hostile archives: each refused with one line, before anything large is unpacked."""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from violin.archives import Limits, read_members
from violin.errors import ArchiveError

Make = Callable[[], bytes]


def _packed(entries: list[tuple[zipfile.ZipInfo | str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for entry, data in entries:
            archive.writestr(entry, data, compress_type=method)
    return file.getvalue()


def _good() -> bytes:
    return _packed([("composer1/001.mid", b"MThd" * 50), ("composer1/002.mid", b"MTrk" * 50)])


def _named(name: str) -> Make:
    return lambda: _packed([("composer1/001.mid", b"MThd"), (name, b"MThd")])


def _moded(mode: int) -> Make:
    def make() -> bytes:
        entry = zipfile.ZipInfo("composer1/001.mid")
        entry.create_system = 3
        entry.external_attr = mode << 16
        return _packed([(entry, b"/etc/passwd")])

    return make


def _patched(data: bytes, mark: bytes, offset: int, layout: str, value: int) -> bytes:
    """Overwrite a field in every record that begins with a mark."""
    changed = bytearray(data)
    at = changed.find(mark)
    while at >= 0:
        struct.pack_into(layout, changed, at + offset, value)
        at = changed.find(mark, at + 4)
    return bytes(changed)


def _encrypted() -> bytes:
    data = _patched(_good(), b"PK\x01\x02", 8, "<H", 1)
    return _patched(data, b"PK\x03\x04", 6, "<H", 1)


def _method(number: int) -> Make:
    return lambda: _patched(
        _patched(_good(), b"PK\x01\x02", 10, "<H", number), b"PK\x03\x04", 8, "<H", number
    )


def _declares(size: int) -> Make:
    return lambda: _patched(_good(), b"PK\x01\x02", 24, "<L", size)


def _quoted_overlap() -> bytes:
    """Every entry of the directory points at the same local header."""
    data = bytearray(_packed([("composer1/001.mid", b"a" * 60), ("composer1/002.mid", b"a" * 60)]))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    struct.pack_into("<L", data, second + 42, 0)
    return bytes(data)


def _doubled() -> bytes:
    data = _packed([("composer1/001.mid", b"a"), ("composer1/00X.mid", b"b")])
    return data.replace(b"00X.mid", b"001.mid")


def _zero_byte() -> bytes:
    return _named("composer1/00Z.mid")().replace(b"00Z.mid", b"00\0.mid")


def _flipped() -> bytes:
    data = bytearray(_packed([("composer1/001.mid", bytes(range(256)) * 4)], zipfile.ZIP_STORED))
    data[100] ^= 0xFF
    return bytes(data)


def _zip64() -> bytes:
    data = _good()
    end = data.rfind(b"PK\x05\x06")
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    return data[:end] + locator + data[end:]


HOSTILE: dict[str, Make] = {
    "empty file": lambda: b"",
    "text": lambda: b"this is no archive\n" * 100,
    "end record alone, cut": lambda: _good()[-10:],
    "cut in the directory": lambda: _good()[:-30],
    "cut in the middle": lambda: _good()[: len(_good()) // 2],
    "front missing": lambda: _good()[60:],
    "climbs out": _named("../../evil.mid"),
    "climbs out inside": _named("composer1/../../evil.mid"),
    "climbs out by backslash": _named("..\\..\\evil.mid"),
    "absolute": _named("/etc/cron.d/evil.mid"),
    "drive": _named("C:\\evil.mid"),
    "link": _moded(stat.S_IFLNK | 0o777),
    "device": _moded(stat.S_IFBLK | 0o600),
    "pipe": _moded(stat.S_IFIFO | 0o600),
    "zero byte in a name": _zero_byte,
    "encrypted": _encrypted,
    "packed by bzip2": lambda: _packed([("composer1/001.mid", b"a" * 999)], zipfile.ZIP_BZIP2),
    "packed by lzma": lambda: _packed([("composer1/001.mid", b"a" * 999)], zipfile.ZIP_LZMA),
    "packed by an unknown method": _method(97),
    "bomb by ratio": lambda: _packed([("composer1/001.mid", b"\0" * (2 << 20))]),
    "bomb by ratio beside the phrases": lambda: _packed([("big.bin", b"\0" * (8 << 20))]),
    "bomb by one size": lambda: _packed([("composer1/001.mid", os.urandom(3 << 20))], zipfile.ZIP_STORED),
    "bomb by count": lambda: _packed([(f"x/{number}", b"") for number in range(20_001)]),
    "overlapping entries": _quoted_overlap,
    "one name twice": _doubled,
    "declares too much": _declares(250),
    "declares too little": _declares(50),
    "declares gigabytes": _declares(0xFFFFFFF0),
    "damaged contents": _flipped,
    "zip64": _zip64,
    "other name in the local header": lambda: _good().replace(b"composer1/001", b"composer1/00X", 1),
}


def test_there_are_fifteen_kinds() -> None:
    assert len(HOSTILE) >= 15


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_archive_is_refused_in_one_line(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "set.zip"
    source.write_bytes(HOSTILE[kind]())
    begun = time.process_time()
    with pytest.raises(ArchiveError):
        read_members(source)
    assert time.process_time() - begun < 1  # of the processor, which a busy machine does not stretch
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match=r"set\.zip: ") as refusal:
            read_members(source)
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 300 + len(str(source))
    assert [path.name for path in tmp_path.iterdir()] == ["set.zip"]


def test_a_bomb_by_total_size(tmp_path: Path) -> None:
    source = tmp_path / "set.zip"
    source.write_bytes(_packed([(f"composer1/{n:03d}.mid", os.urandom(900)) for n in range(100)]))
    with pytest.raises(ArchiveError, match="too large"):
        read_members(source, limits=Limits(total_bytes=50_000))


def test_every_prefix_of_an_archive_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "set.zip"
    whole = _good()
    for length in range(len(whole)):
        source.write_bytes(whole[:length])
        with pytest.raises(ArchiveError):
            read_members(source)
    source.write_bytes(whole)
    assert len(read_members(source)) == 2


def test_flipping_a_byte_never_breaks_the_reader(tmp_path: Path) -> None:
    source = tmp_path / "set.zip"
    whole = _good()
    for place in range(len(whole)):
        source.write_bytes(whole[:place] + bytes((whole[place] ^ 0xFF,)) + whole[place + 1 :])
        try:
            members = read_members(source)
        except ArchiveError:
            continue
        assert all(len(member.data) <= 200 for member in members)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "set" / "composer1"
    folder.mkdir(parents=True)
    (folder / "001.mid").symlink_to("/etc/hostname")
    with pytest.raises(ArchiveError, match="link"):
        read_members(tmp_path / "set")


def test_a_deep_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    deep = tmp_path / "deep" / "/".join("abcdefgh")
    deep.mkdir(parents=True)
    with pytest.raises(ArchiveError, match="deeper"):
        read_members(tmp_path / "deep")
    (tmp_path / "piped").mkdir()
    os.mkfifo(tmp_path / "piped" / "001.mid")
    with pytest.raises(ArchiveError, match="neither file nor folder"):
        read_members(tmp_path / "piped")


def test_no_such_path(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no such zip or folder"):
        read_members(tmp_path / "absent.zip")


def test_unwanted_members_are_named_but_not_read(tmp_path: Path) -> None:
    source = tmp_path / "set.zip"
    source.write_bytes(_packed([("a.txt", b"text"), ("b.mid", b"music")]))
    members = read_members(source, lambda name: name.endswith(".mid"))
    assert [(member.name, member.data) for member in members] == [("a.txt", b""), ("b.mid", b"music")]
