"""Reproducible zip archives.

Entries are sorted by name and stored without compression (so the zlib version does not matter),
with a fixed time and fixed attributes. The same files give the same bytes on every machine.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from violin.files import write_whole

_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest time in a zip
_UNIX = 3
_REGULAR_FILE = 0o100644


def archive_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files, name -> contents; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = _UNIX
            entry.external_attr = _REGULAR_FILE << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()


def write_archive(path: str | Path, files: Mapping[str, bytes]) -> None:
    """Write the zip of the files to `path`, whole or not at all."""
    path = Path(path)
    write_whole(path, archive_bytes(files))
