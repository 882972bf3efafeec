"""The work folder of a resumable job: stores finished parts so that they survive the process.

A job is divided into parts. Each finished part is one file, written atomically, that begins with
the SHA-256 of the rest; the rest names its plan. An incomplete file counts as not done, so a killed
process, a full disk or a damaged file loses only that part. The finished phrases of an unfinished
part are in its log (`submission.jobs.record_log`). Nothing depends on the clock. A plan is
everything that determines the result. Each plan has its own folder, so another seed neither uses
nor deletes finished parts.

Only one process at a time may use it: the lock is the kernel's (`flock`) and is released when the
process ends, in any way.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from submission.jobs.record_log import RecordLog
from violin.errors import ArchiveError
from violin.files import write_whole

try:
    import fcntl
except ImportError:  # not Unix: nothing stops two runs from sharing a folder
    fcntl = None  # type: ignore[assignment]

Payload = dict[str, Any]


def plan_digest(facts: Payload) -> str:
    """SHA-256 of everything that determines a job's result, as JSON with sorted names."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


class WorkFolder:
    """The parts of one plan. Use as a context manager: inside, the folder is locked."""

    def __init__(self, folder: str | Path, plan: str) -> None:
        folder = Path(folder)
        self.folder = folder
        self.plan = plan
        self.damaged = 0  # number of damaged parts found
        self._parts = folder.absolute() / plan[:16]
        self._lock: IO[str] | None = None

    def __enter__(self) -> WorkFolder:
        try:
            self._parts.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.folder / "lock")
        except OSError as error:
            raise ArchiveError(f"{self.folder}: no work folder: {error.strerror or error}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def part(self, index: int) -> Payload | None:
        """The payload of a part, or None if it is not done or damaged."""
        try:
            kept = self._path(index).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ArchiveError(f"{self._path(index)}: cannot be read: {error.strerror}") from error
        digest, _, body = kept.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() == digest:
            content = json.loads(body)
            if content["plan"] == self.plan and content["index"] == index:
                payload: Payload = content["payload"]
                return payload
        self.damaged += 1
        return None

    def keep(self, index: int, payload: Payload) -> None:
        """Store a finished part."""
        content = {"plan": self.plan, "index": index, "payload": payload}
        body = json.dumps(content, sort_keys=True).encode()
        write_whole(self._path(index), hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        self.log(index).remove()

    def log(self, index: int) -> RecordLog:
        """The log in which workers record the finished items of a part."""
        return RecordLog(self._parts, self.plan, index)

    def clear(self) -> None:
        """Delete the parts after the result is stored elsewhere, and the folder if it is empty."""
        with contextlib.suppress(OSError):  # a remaining folder is harmless
            shutil.rmtree(self._parts)
            if [path.name for path in self.folder.iterdir()] == ["lock"]:
                (self.folder / "lock").unlink()
                self.folder.rmdir()

    def _path(self, index: int) -> Path:
        return self._parts / f"part-{index:05d}.json"


def _locked(path: Path) -> IO[str]:
    """Open and lock a file; ArchiveError if another process has the lock."""
    while True:
        file = path.open("a+", encoding="ascii")
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                file.truncate(0)
                file.write(str(os.getpid()))
                file.flush()
                return file
            file.close()  # the previous run removed it between our open and our lock
        except FileNotFoundError:
            file.close()
        except BlockingIOError:
            file.seek(0)
            holder = file.read(20) or "unknown"
            file.close()
            raise ArchiveError(
                f"{path.parent}: another run (process {holder}) uses it; wait for it or use --work"
            ) from None
        except OSError:
            file.close()
            raise
