"""Writing files so that a reader never sees a part of one."""

from __future__ import annotations

import os
from pathlib import Path

from violin.errors import ArchiveError


def write_whole(path: Path, data: bytes) -> None:
    """Put bytes at a path: readers see the old contents or the new ones, never a part.

    ArchiveError where the disk is full or the folder cannot be written; nothing is left behind.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written: {error.strerror or error}") from error
