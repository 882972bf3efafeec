"""What is finished of a part that is being worked at: a log that only grows, one record a line.

Each line begins with the SHA-256 of its plan, its part and the rest of the line, so that a line
that is torn, damaged or of another job counts as not written, and the others stand. Each worker
writes a log of its own and reads all logs of its part. So no worker waits for another, and two may
work at one part, as happens when a cluster takes a worker for dead.

A record survives the end of its process at once, and a power cut after a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from violin.errors import ArchiveError, OutputError

Record = dict[str, Any]

SUFFIX = ".log"
_SYNC_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RecordLog:
    """Where the records of one part lie; it travels to worker processes.

    On a machine that does not see the folder there is nothing to read and nothing is written:
    the part is then known by its result alone.
    """

    folder: Path
    plan: str
    index: int

    def read(self) -> list[Record]:
        """All whole records, those of each writer in their order."""
        return [json.loads(line[65:]) for path in self._paths() for line in self._whole_lines(path)]

    def count(self) -> int:
        """About how many there are: damaged ones count too."""
        return sum(self._contents(path).count(b"\n") for path in self._paths())

    def remove(self) -> None:
        """Drop the records, once their part is kept whole."""
        for path in self._paths():
            with contextlib.suppress(OSError):  # a file that stays does no harm
                path.unlink()

    def writer(self) -> RecordWriter:
        return RecordWriter(self)

    def line(self, record: Record) -> bytes:
        body = json.dumps(record, separators=(",", ":")).encode()
        return self._digest(body) + b" " + body + b"\n"

    def _paths(self) -> list[Path]:
        try:
            return sorted(self.folder.glob(f"{self.stem}*{SUFFIX}"))
        except FileNotFoundError:  # the job ended and the folder went as it was being listed
            return []

    @property
    def stem(self) -> str:
        return f"part-{self.index:05d}."

    def _whole_lines(self, path: Path) -> Iterator[bytes]:
        for line in self._contents(path).split(b"\n"):
            if line[64:65] == b" " and line[:64] == self._digest(line[65:]):
                yield line

    def _contents(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except FileNotFoundError:  # its part was just kept by another
            return b""
        except OSError as error:
            raise ArchiveError(f"{path}: cannot be read: {error.strerror}") from error

    def _digest(self, body: bytes) -> bytes:
        return hashlib.sha256(f"{self.plan}/{self.index}/".encode() + body).hexdigest().encode()


class RecordWriter:
    """Appends records to a file of its own, made with the first. Use as a context.

    OutputError where the disk is full or the folder cannot be written.
    """

    def __init__(self, log: RecordLog) -> None:
        self._log = log
        self._file: int | None = None
        self._synced = 0.0
        self._is_seen = log.folder.is_dir()

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def add(self, record: Record) -> None:
        if not self._is_seen:
            return
        try:
            if self._file is None:
                self._file, _ = tempfile.mkstemp(SUFFIX, self._log.stem, self._log.folder)
            data = self._log.line(record)
            while data:
                data = data[os.write(self._file, data) :]
            if time.monotonic() - self._synced > _SYNC_SECONDS:
                os.fsync(self._file)
                self._synced = time.monotonic()
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"{self._log.folder}: cannot be written: {reason}") from error
