"""Features of a zip archive that other programs may read differently.

Most programs read a zip by its central directory, some from its first byte on. If the two differ,
or if names or offsets are ambiguous, a receiver may see different files.
Section numbers are those of PKWARE's APPNOTE.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from violin.errors import printable

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")  # section 4.3.7
_END_RECORD = struct.Struct("<4s4H2LH")  # section 4.3.16
_LOCAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x05\x06"
_SIZES_FOLLOW = 0x8  # the local header has no sizes; they follow the data


def zip_oddities(path: str | Path) -> tuple[str, ...]:
    """One line for each feature of a readable zip that unpackers treat differently; () for a folder.

    Checks for names with a backslash, local headers that differ from the directory, bytes before or
    after the archive, and archives split over several disks.
    """
    path = Path(path)
    if not path.is_file():
        return ()
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
    found = [*_end_oddities(data)]
    first = min((info.header_offset for info in infos), default=0)
    if first:
        found.append(f"{first} bytes precede the first file")
    for info in infos:
        found += (f"{printable(info.orig_filename)}: {what}" for what in _entry_oddities(data, info))
    return tuple(found)


def _end_oddities(data: bytes) -> Iterator[str]:
    at = data.rfind(_END_MARK)
    if at < 0 or len(data) - at < _END_RECORD.size:
        return
    _, disk, first_disk, here, entries, size, offset, comment = _END_RECORD.unpack_from(data, at)
    if disk or first_disk or here != entries:
        yield "the archive says that it is split over several disks"
    behind = len(data) - at - _END_RECORD.size
    if behind:
        kind = "a comment" if behind == comment else "other data"
        yield f"{behind} bytes of {kind} follow the end of the archive"
    if at - size - offset > 0:
        yield f"{at - size - offset} bytes precede the archive"


def _entry_oddities(data: bytes, info: zipfile.ZipInfo) -> Iterator[str]:
    if "\\" in info.orig_filename:
        yield "a backslash in the name; some programs make folders of it, others do not"
    if data[info.header_offset : info.header_offset + 4] != _LOCAL_MARK:
        yield "no local header where the directory says"
        return
    header = _LOCAL_HEADER.unpack_from(data, info.header_offset)
    _, _, flags, method, _, _, _, packed, unpacked, name_length, _ = header
    start = info.header_offset + _LOCAL_HEADER.size
    name = data[start : start + name_length]
    if name not in (_encoded(info.orig_filename, "utf-8"), _encoded(info.orig_filename, "cp437")):
        yield f"the local header names it {printable(name.decode('cp437'))}"
    if method != info.compress_type:
        yield "the local header gives another method of packing"
    sizes = (packed, unpacked)
    if not flags & _SIZES_FOLLOW and sizes != (info.compress_size, info.file_size):
        yield f"the local header says {packed} bytes packed and {unpacked} unpacked; the directory differs"


def _encoded(name: str, encoding: str) -> bytes:
    return name.encode(encoding, errors="replace")
