"""What all routes share: the sessions, the queue of the composing process, the events."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import Any

from starlette.requests import Request

from violin.studio.record import Record
from violin.studio.sessions import Session, Sessions
from violin.studio.work.events import Events
from violin.studio.work.jobs import Jobs


class Studio:
    """One running studio: `folder` holds its sessions, `token` is part of its address."""

    def __init__(self, folder: Path, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(24)
        self.events = Events()
        self.sessions = Sessions(folder, self._session_changed)
        self.jobs = Jobs(self.events.publish)
        self.sound_slots = threading.Semaphore(2)  # sounds made at the same time

    def start(self) -> None:
        self.jobs.start()

    def close(self) -> None:
        """End the composing process and all streams of events."""
        self.events.close()
        self.jobs.close()

    def session(self, request: Request) -> Session:
        """The session that an address names; NotFoundError."""
        return self.sessions.get(request.path_params["session"])

    def record(self, request: Request) -> Record:
        """The phrase that an address names; NotFoundError."""
        return self.session(request).record(request.path_params["phrase"])

    def _session_changed(self, session_id: str, summary: dict[str, Any]) -> None:
        self.events.publish(session_id, "session", summary)
