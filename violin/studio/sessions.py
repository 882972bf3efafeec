"""Sessions on disk: each phrase is one file, written atomically as soon as it exists.

    DIR/2026-11-28-3f9a2c/session.json        title, history, the phrase that is shown
    DIR/2026-11-28-3f9a2c/phrases/p7.json     one phrase, see `violin.studio.record`

No finished answer is lost if the server is killed: the next start reads the folder again, and phrases that
are missing from the history are still listed.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from violin.errors import OutputError, ViolinError
from violin.files import read_regular, write_whole
from violin.studio.answers import NotFoundError
from violin.studio.record import Record

_SESSION_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PHRASE_FILE = re.compile(r"p([1-9][0-9]{0,5})\.json")
MOST_FILE_BYTES = 8 << 20


class Session:
    """The phrases of one tab and the history of what it showed. All methods are thread-safe."""

    def __init__(self, folder: Path, on_change: Callable[[str, dict[str, Any]], None]) -> None:
        self.id = folder.name
        self.title = ""
        self.unreadable: list[str] = []
        self._folder = folder
        self._on_change = on_change
        self._lock = threading.RLock()
        self._records: dict[str, Record] = {}
        self._history: list[str] = []
        self._position = -1
        self._next = 1
        self._revision = time.time_ns() // 1_000  # after a restart, larger than any before
        self._read()

    def _read(self) -> None:
        for path in sorted((self._folder / "phrases").glob("p*.json")):
            found = _PHRASE_FILE.fullmatch(path.name)
            if not found:
                continue
            self._next = max(self._next, int(found[1]) + 1)
            try:
                record = replace(Record.from_bytes(read_regular(path, MOST_FILE_BYTES)), id=path.stem)
            except (ViolinError, OSError) as error:
                self.unreadable.append(f"{path.name}: {error}")
                continue
            self._records[path.stem] = record
        values = _history_of(self._folder)
        self.title = values["title"]
        self._history = [one for one in values["history"] if one in self._records]
        self._position = min(values["position"], len(self._history) - 1)

    def add(self, show: bool = True, **values: Any) -> Record:
        """Save a new phrase and, unless `show` is false, show it."""
        with self._lock:
            record = self.keep(Record(id="", made=_now(), **values))
            if show:
                self.show(record.id)
            return record

    def keep(self, record: Record) -> Record:
        """Write a record under the next free id, without showing it."""
        with self._lock:
            record = replace(record, id=f"p{self._next}")
            write_whole(self._folder / "phrases" / f"{record.id}.json", record.to_bytes())
            self._next += 1
            self._revision += 1
            self._records[record.id] = record
            if not self.title:
                self.title = record.title
            return record

    def update(self, phrase_id: str, **values: Any) -> Record:
        """Change what is known about a phrase, such as its rank; the music stays."""
        with self._lock:
            record = replace(self.record(phrase_id), **values)
            write_whole(self._folder / "phrases" / f"{record.id}.json", record.to_bytes(), sync=False)
            self._revision += 1
            self._records[record.id] = record
            return record

    def record(self, phrase_id: str | None) -> Record:
        """The phrase of that id; NotFoundError."""
        found = self._records.get(phrase_id or "")
        if found is None:
            raise NotFoundError(f"the session has no phrase {phrase_id or ''!r}")
        return found

    def origin(self, record: Record) -> Record | None:
        """The pair that a phrase answers, directly or through other phrases."""
        with self._lock:
            seen: set[str] = set()
            while record.kind != "pair":
                if record.parent not in self._records or record.parent in seen:
                    return None
                seen.add(record.parent)
                record = self._records[record.parent]
            return record

    @property
    def current(self) -> str | None:
        return self._history[self._position] if self._history else None

    def show(self, phrase_id: str) -> None:
        """Show a phrase. Undone steps leave the history, but their phrases are not deleted."""
        with self._lock:
            self.record(phrase_id)
            if phrase_id == self.current:
                return
            self._history = [*self._history[: self._position + 1], phrase_id]
            self._position = len(self._history) - 1
            self._changed()

    def step(self, by: int) -> None:
        """Undo (-1) or redo (1); nothing happens at the end of the history."""
        with self._lock:
            if self._history:
                self._position = min(max(self._position + by, 0), len(self._history) - 1)
                self._changed()

    def restore(self, history: list[str], position: int) -> None:
        """Set the history to that of a saved session."""
        with self._lock:
            self._history = [one for one in history if one in self._records]
            self._position = min(max(position, 0), len(self._history) - 1)
            self._changed()

    def rename(self, title: str) -> None:
        with self._lock:
            self.title = title.strip()[:200] or self.title
            self._changed()

    def _changed(self) -> None:
        self._revision += 1
        values = {"title": self.title, "history": self._history, "position": self._position}
        write_whole(self._folder / "session.json", json.dumps(values).encode(), sync=False)
        self._on_change(self.id, self.summary())

    def summary(self) -> dict[str, Any]:
        """The session as JSON values. Of two summaries, the one with the larger revision is the newer."""
        with self._lock:
            return {
                "id": self.id,
                "revision": self._revision,
                "title": self.title,
                "history": list(self._history),
                "position": self._position,
                "current": self.current,
                "can_undo": self._position > 0,
                "can_redo": self._position < len(self._history) - 1,
                "phrases": [self._records[one].summary() for one in sorted(self._records, key=_number)],
                "unreadable": self.unreadable,
            }


class Sessions:
    """The sessions in one folder. Nothing outside of it is read or written."""

    def __init__(self, folder: Path, on_change: Callable[[str, dict[str, Any]], None]) -> None:
        self.folder = folder
        self._on_change = on_change
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from error

    def create(self, title: str = "") -> Session:
        """A new session; its folder is made when something is first saved."""
        name = f"{datetime.now():%Y-%m-%d}-{secrets.token_hex(4)}"
        with self._lock:
            session = self._open[name] = Session(self.folder / name, self._on_change)
        if title:
            session.rename(title)
        return session

    def get(self, session_id: str) -> Session:
        """The session of that id; NotFoundError."""
        with self._lock:
            if session_id not in self._open:
                folder = self.folder / session_id
                if not _SESSION_ID.fullmatch(session_id) or folder.is_symlink() or not folder.is_dir():
                    raise NotFoundError(f"there is no session {session_id[:60]!r}")
                self._open[session_id] = Session(folder, self._on_change)
            return self._open[session_id]

    def listed(self) -> list[dict[str, Any]]:
        """All sessions that hold a phrase, the latest first."""
        found = []
        for folder in self.folder.iterdir():
            if not _SESSION_ID.fullmatch(folder.name) or folder.is_symlink():
                continue
            count = len(list((folder / "phrases").glob("p*.json")))
            if count:
                changed = datetime.fromtimestamp((folder / "phrases").stat().st_mtime)
                title = _history_of(folder)["title"]
                found.append({"id": folder.name, "title": title, "phrases": count,
                              "changed": changed.isoformat(timespec="seconds")})  # fmt: skip
        return sorted(found, key=lambda one: str(one["changed"]), reverse=True)


def _history_of(folder: Path) -> dict[str, Any]:
    """Title, history and position in a session's folder; empty ones if its file is missing or damaged."""
    try:
        values = json.loads(read_regular(folder / "session.json", MOST_FILE_BYTES))
        history = [one for one in values["history"] if isinstance(one, str)]
        return {
            "title": str(values["title"])[:200],
            "history": history,
            "position": max(int(values["position"]), 0) if history else -1,
        }
    except (OSError, ValueError, TypeError, LookupError):
        return {"title": "", "history": [], "position": -1}


def _now() -> str:
    return datetime.now().isoformat(timespec="seconds")


def _number(phrase_id: str) -> int:
    return int(phrase_id[1:])
