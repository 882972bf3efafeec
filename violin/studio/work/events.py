"""Server-sent events for a session's open tabs (HTML Living Standard, 9.2)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

_SECONDS_BETWEEN_COMMENTS = 15.0
Listener = tuple[asyncio.AbstractEventLoop, "asyncio.Queue[str | None]"]


class Events:
    """Sends events to the listeners of a session; any thread may publish."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._is_closed = False

    def publish(self, session_id: str, name: str, data: dict[str, Any]) -> None:
        """Send one event to all tabs of a session."""
        self._send(session_id, f"event: {name}\ndata: {json.dumps(data)}\n\n")

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._is_closed = True
        for session_id in list(self._listeners):
            self._send(session_id, None)

    def _send(self, session_id: str, text: str | None) -> None:
        with self._lock:
            for loop, queue in self._listeners.get(session_id, ()):
                try:
                    loop.call_soon_threadsafe(queue.put_nowait, text)
                except RuntimeError:  # the event loop has ended, so the tab has no connection
                    continue

    async def stream(self, session_id: str) -> AsyncIterator[str]:
        """The events of a session from now on, until the tab closes or the server stops."""
        listener: Listener = (asyncio.get_running_loop(), asyncio.Queue())
        with self._lock:
            self._listeners[session_id].add(listener)
        try:
            yield "retry: 1000\n\n"
            while not self._is_closed:
                try:
                    text = await asyncio.wait_for(listener[1].get(), _SECONDS_BETWEEN_COMMENTS)
                except asyncio.TimeoutError:
                    text = ": still here\n\n"
                if text is None:
                    return
                yield text
        finally:
            with self._lock:
                self._listeners[session_id].discard(listener)
