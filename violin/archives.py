"""The files inside a zip or a folder from an unknown source, read into memory, never unpacked.

A zip is refused, before anything is inflated, if its directory is too long, a name leaves the
archive, an entry is a link, encrypted or packed by an unusual method, entries overlap or repeat
a name, or its declared sizes are those of a zip bomb. It is also refused if an entry inflates to
another size than declared. All refusals are an `ArchiveError` of one line.

The overlap test follows D. Fifield, "A better zip bomb", WOOT 2019; the layout of the end record
is section 4.3.16 of PKWARE's APPNOTE.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

from violin.errors import ArchiveError

_END_RECORD = struct.Struct("<4s4H2LH")
_END_MARK, _END64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
_LONGEST_COMMENT = 65_535
_LOCAL_HEADER_BYTES = 30
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1 | 0x40  # traditional and strong encryption
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper limits, far above what an archive of 1,600 phrases needs. Sizes in bytes."""

    archive_bytes: int = 64 << 20
    directory_bytes: int = 4 << 20
    entries: int = 20_000
    entry_bytes: int = 2 << 20
    total_bytes: int = 64 << 20
    ratio: int = 200
    ratio_from_bytes: int = 64 << 10  # a short file may well shrink a lot
    depth: int = 6


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its name with forward slashes, and its bytes (b"" if not wanted).

    `problem` says why a file of a folder could not be read; its data are b"" then.
    """

    name: str
    data: bytes
    problem: str = ""


def read_members(
    source: str | Path, wanted: Callable[[str], bool] = lambda name: True, limits: Limits | None = None
) -> list[Member]:
    """Every file of a zip or folder, in the order of its names; `wanted(name)` says whose bytes
    are needed. ArchiveError if there is no such path, if it is unsafe, damaged or too large, and
    if a folder cannot be listed. A single file that cannot be opened has the reason in its `problem`."""
    source = Path(source)
    limits = limits or Limits()
    if source.is_dir():
        members = list(_folder_members(source, wanted, limits))
    elif source.is_file():
        members = _zip_members(source, wanted, limits)
    else:
        raise ArchiveError(f"{source}: no such zip or folder")
    return sorted(members, key=lambda member: member.name)


def shown(name: str, longest: int = 60) -> str:
    """A file name from outside, safe for a message: without control characters, shortened."""
    clean = name.encode("unicode_escape").decode("ascii")
    return clean if len(clean) <= longest else clean[: longest - 3] + "..."


def _folder_members(source: Path, wanted: Callable[[str], bool], limits: Limits) -> Iterator[Member]:
    total = count = 0
    for folder, folders, files in os.walk(source, onerror=_refuse_unlisted):
        here = Path(folder)
        if len(here.relative_to(source).parts) >= limits.depth:
            raise ArchiveError(f"{source}: folders nested deeper than {limits.depth}")
        for name in sorted([*folders, *files]):
            path = here / name
            place = path.relative_to(source).as_posix()
            if path.is_symlink():
                raise ArchiveError(f"{source}: {shown(place)} is a link; put the file itself there")
            if name in folders:
                continue
            count += 1
            if count > limits.entries:
                raise ArchiveError(f"{source}: more than {limits.entries} files")
            if path.exists() and not path.is_file():
                raise ArchiveError(f"{source}: {shown(place)} is neither file nor folder")
            if not wanted(place):
                yield Member(place, b"")
                continue
            try:
                with path.open("rb") as file:
                    data = file.read(limits.entry_bytes + 1)
            except OSError as error:  # no permission, or removed since the folder was listed
                yield Member(place, b"", f"cannot be read: {error.strerror or error}")
                continue
            total += len(data)
            if len(data) > limits.entry_bytes or total > limits.total_bytes:
                raise ArchiveError(f"{source}: too large at {shown(place)} ({_sizes(limits)})")
            yield Member(place, data)


def _refuse_unlisted(error: OSError) -> None:
    raise ArchiveError(f"{error.filename}: cannot be listed: {error.strerror or error}") from error


def _zip_members(source: Path, wanted: Callable[[str], bool], limits: Limits) -> list[Member]:
    try:
        size = source.stat().st_size
        if size > limits.archive_bytes:
            raise ArchiveError(f"{source}: {size} bytes; legal: up to {limits.archive_bytes}")
        _check_end_record(source, size, limits)
        with zipfile.ZipFile(source) as archive:
            infos = archive.infolist()
            names = _checked_names(source, infos)
            _check_sizes(source, infos, limits)
            return [
                Member(name, _inflated(archive, info) if wanted(name) else b"")
                for info, name in zip(infos, names, strict=True)
                if not info.is_dir()
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError) as error:
        raise ArchiveError(f"{source}: damaged or cut short zip: {shown(str(error), 100)}") from error
    except OSError as error:
        raise ArchiveError(f"{source}: cannot be read: {error.strerror or error}") from error


def _check_end_record(source: Path, size: int, limits: Limits) -> None:
    """Refuse a huge directory before the library builds a list of it."""
    with source.open("rb") as file:
        file.seek(max(0, size - _LONGEST_COMMENT - _END_RECORD.size - 20))
        tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise ArchiveError(f"{source}: not a zip archive, or cut short")
    _, _, _, _, entries, directory_bytes, _, _ = _END_RECORD.unpack_from(tail, at)
    if tail[max(0, at - 20) : at].startswith(_END64_LOCATOR) or entries == 0xFFFF:
        raise ArchiveError(f"{source}: a zip64 archive; a dataset needs no more than a plain zip")
    if entries > limits.entries or directory_bytes > limits.directory_bytes:
        raise ArchiveError(f"{source}: {entries} entries; legal: at most {limits.entries}")


def _checked_names(source: Path, infos: list[zipfile.ZipInfo]) -> list[str]:
    names = [_checked_name(source, info) for info in infos]
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ArchiveError(f"{source}: two entries are named {shown(name)}")
        seen.add(name)
    return names


def _checked_name(source: Path, info: zipfile.ZipInfo) -> str:
    place = shown(info.orig_filename)
    if "\0" in info.orig_filename:
        raise ArchiveError(f"{source}: the name {place} holds a zero byte")
    name = info.orig_filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or _DRIVE.match(name) or ".." in parts or not parts:
        raise ArchiveError(f"{source}: the name {place} leads out of the archive")
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(f"{source}: {place} is a link or a device, not a file")
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{source}: {place} is encrypted")
    if info.compress_type not in _METHODS:
        raise ArchiveError(f"{source}: {place} is packed by method {info.compress_type}; legal: 0 and 8")
    return name


def _check_sizes(source: Path, infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.entries:
        raise ArchiveError(f"{source}: {len(infos)} entries; legal: at most {limits.entries}")
    total = 0
    for info in infos:
        total += info.file_size
        packed = max(1, info.compress_size)
        if info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * packed:
            raise ArchiveError(
                f"{source}: {shown(info.orig_filename)} unpacks to {info.file_size // packed} times its size"
            )
        if info.file_size > limits.entry_bytes or total > limits.total_bytes:
            place = shown(info.orig_filename)
            raise ArchiveError(f"{source}: too large unpacked at {place} ({_sizes(limits)})")
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for info, following in pairwise(ordered):
        end = info.header_offset + _LOCAL_HEADER_BYTES + len(info.filename) + info.compress_size
        if end > following.header_offset:
            raise ArchiveError(f"{source}: {shown(following.orig_filename)} overlaps another entry")


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise zipfile.BadZipFile(f"{info.orig_filename} holds {len(data)} bytes, not {info.file_size}")
    return data


def _sizes(limits: Limits) -> str:
    return f"legal: {limits.entry_bytes >> 20} MiB a file, {limits.total_bytes >> 20} MiB in all"
