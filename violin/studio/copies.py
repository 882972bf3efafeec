"""A session as one JSON file, which can be saved elsewhere and opened again.

{"violin_session": 1, "title": …, "history": […], "position": …, "phrases": [record, …]}
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from violin.errors import SettingsError
from violin.studio.record import Record
from violin.studio.sessions import Session, Sessions

_FORMAT = 1
_MOST_PHRASES = 2_000


def copy_bytes(session: Session) -> bytes:
    """The whole session."""
    summary = session.summary()
    records = [json.loads(session.record(one["id"]).to_bytes()) for one in summary["phrases"]]
    kept = {name: summary[name] for name in ("title", "history", "position")}
    return json.dumps({"violin_session": _FORMAT, **kept, "phrases": records}, ensure_ascii=False).encode()


def open_copy(sessions: Sessions, data: bytes) -> Session:
    """A new session with the contents of a copy. SettingsError if it is not one; then nothing is saved."""
    values = _values(data)
    records = [Record.from_bytes(json.dumps(one).encode()) for one in values["phrases"]]
    session = sessions.create(str(values.get("title", "")))
    names: dict[str, str] = {}
    for record in records:
        parent = names.get(record.parent or "")
        names[record.id] = session.keep(replace(record, parent=parent)).id
    history = [names[one] for one in values.get("history", []) if one in names]
    session.restore(history, int(values.get("position", -1)))
    return session


def _values(data: bytes) -> dict[str, Any]:
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        raise SettingsError("the file is not a saved session: it is not JSON") from None
    if not isinstance(values, dict) or values.get("violin_session") != _FORMAT:
        raise SettingsError(f"the file is not a saved session; legal: violin_session {_FORMAT}")
    phrases, history, position = values.get("phrases"), values.get("history"), values.get("position")
    if not isinstance(phrases, list) or len(phrases) > _MOST_PHRASES:
        raise SettingsError(f"the saved session has no list of phrases, or more than {_MOST_PHRASES}")
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise SettingsError("the saved session has no history")
    if type(position) is not int:
        raise SettingsError("the saved session does not say which phrase it showed")
    return values
