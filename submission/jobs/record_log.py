"""The log of the finished items of an unfinished part: append-only, one record per line.

Each line begins with the SHA-256 of its plan, its part and the rest of the line, so a line that is
torn, damaged or from another job is ignored, and the others remain valid. Each worker writes its
own log and reads all logs of its part. So workers never wait for each other, and two may work on
the same part, which happens when a cluster wrongly assumes that a worker died.

A record survives the end of its process immediately, and a power failure after a second.
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
    """The location of the records of one part. It is sent to worker processes.

    On a machine that cannot access the folder, nothing is read or written; only the result of the
    part counts there.
    """

    folder: Path
    plan: str
    index: int

    def read(self) -> list[Record]:
        """All intact records, in order for each writer."""
        return [json.loads(line[65:]) for path in self._paths() for line in self._whole_lines(path)]

    def count(self) -> int:
        """The approximate number of records, including damaged ones."""
        return sum(self._contents(path).count(b"\n") for path in self._paths())

    def remove(self) -> None:
        """Delete the records after their part is stored."""
        for path in self._paths():
            with contextlib.suppress(OSError):  # a remaining file is harmless
                path.unlink()

    def writer(self) -> RecordWriter:
        return RecordWriter(self)

    def line(self, record: Record) -> bytes:
        body = json.dumps(record, separators=(",", ":")).encode()
        return self._digest(body) + b" " + body + b"\n"

    def _paths(self) -> list[Path]:
        try:
            return sorted(self.folder.glob(f"{self.stem}*{SUFFIX}"))
        except FileNotFoundError:  # the job ended and removed the folder during the listing
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
        except FileNotFoundError:  # another worker has just stored its part
            return b""
        except OSError as error:
            raise ArchiveError(f"{path}: cannot be read: {error.strerror}") from error

    def _digest(self, body: bytes) -> bytes:
        return hashlib.sha256(f"{self.plan}/{self.index}/".encode() + body).hexdigest().encode()


class RecordWriter:
    """Appends records to its own file, created with the first record. Use as a context manager.

    Raises OutputError if the disk is full or the folder cannot be written.
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
