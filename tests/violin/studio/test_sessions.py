"""Sessions on disk: nothing that is finished is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from studio_client import PAIR, WHOLE

from violin.errors import OutputError, SettingsError
from violin.studio.answers import NotFoundError
from violin.studio.copies import copy_bytes, open_copy
from violin.studio.record import Record
from violin.studio.sessions import Session, Sessions


def _nobody(session_id: str, summary: dict[str, Any]) -> None:
    pass


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path / "kept", _nobody)


def _again(sessions: Sessions) -> Sessions:
    """The same folder, read by a server that was started again."""
    return Sessions(sessions.folder, _nobody)


def _put(session: Session, **values: Any) -> Record:
    return session.add(**{"title": "a", "kind": "phrase", "phrase": WHOLE, **values})


def test_the_folder_opens_again_with_music_history_and_title(sessions: Sessions) -> None:
    session = sessions.create()
    first = _put(session, title="Study", kind="pair", phrase=PAIR, given=(1, 8), split=(1, 1))
    second = _put(session, kind="answer", parent=first.id, composer="bach", certificate={"unchanged": True})
    session.step(-1)
    found = _again(sessions).get(session.id)
    again, before = found.summary(), session.summary()
    assert again.pop("revision") > before.pop("revision")  # older messages have lower revisions
    assert again == before
    assert (found.title, found.current, found.record(second.id)) == ("Study", first.id, second)
    assert found.origin(found.record(second.id)) == first


def test_an_answer_without_history_is_still_there(sessions: Sessions) -> None:
    session = sessions.create()
    _put(session)
    kept = _put(session, kind="answer", show=False)
    (sessions.folder / session.id / "session.json").unlink()
    found = _again(sessions).get(session.id)
    assert found.record(kept.id) == kept
    assert _put(found).id == "p3"  # no finished answer is overwritten


def test_a_damaged_file_is_named_and_the_others_are_read(sessions: Sessions) -> None:
    session = sessions.create()
    for _ in range(3):
        _put(session)
    folder = sessions.folder / session.id / "phrases"
    (folder / "p2.json").write_bytes((folder / "p2.json").read_bytes()[:40])
    found = _again(sessions).get(session.id)
    assert [one["id"] for one in found.summary()["phrases"]] == ["p1", "p3"]
    assert [name.partition(":")[0] for name in found.unreadable] == ["p2.json"]
    assert _put(found).id == "p4"


def test_undo_and_redo_end_at_the_ends(sessions: Sessions) -> None:
    session = sessions.create()
    one, two, three = (_put(session).id for _ in range(3))
    for by, current in ((-1, two), (-1, one), (-1, one), (1, two)):
        session.step(by)
        assert session.current == current
    session.show(three)
    assert session.summary()["history"] == [one, two, three]
    session.step(-1)
    session.show(one)
    assert (session.summary()["history"], session.summary()["can_redo"]) == ([one, two, one], False)


@pytest.mark.parametrize("name", ["..", "../kept", "a/b", "", "A", ".hidden", "x" * 41, "none"])
def test_only_sessions_of_the_folder_are_opened(sessions: Sessions, name: str) -> None:
    with pytest.raises(NotFoundError):
        sessions.get(name)


def test_a_link_out_of_the_folder_is_not_followed(sessions: Sessions, tmp_path: Path) -> None:
    (tmp_path / "other" / "phrases").mkdir(parents=True)
    (sessions.folder / "linked").symlink_to(tmp_path / "other")
    with pytest.raises(NotFoundError):
        sessions.get("linked")
    assert sessions.listed() == []


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be made"):
        Sessions(tmp_path / "file" / "folder", _nobody)


def test_a_copy_opens_as_a_new_session(sessions: Sessions) -> None:
    session = sessions.create("Duo")
    first = _put(session, kind="pair", phrase=PAIR, given=(1, 8), split=(1, 1))
    _put(session, kind="answer", parent=first.id)
    session.step(-1)
    found = open_copy(sessions, copy_bytes(session))
    assert found.id != session.id
    own = {"id": session.id, "revision": session.summary()["revision"]}
    assert {**found.summary(), **own} == session.summary()


def test_every_change_makes_the_summary_newer(sessions: Sessions) -> None:
    session = sessions.create("Duo")
    revisions = [session.summary()["revision"]]
    first = _put(session, kind="pair", phrase=PAIR, given=(1, 8), split=(1, 1))
    for change in (
        lambda: session.update(first.id, why={"rank": 1}),
        lambda: session.rename("Trio"),
        lambda: session.step(-1),
    ):
        revisions.append(session.summary()["revision"])
        change()
    revisions.append(session.summary()["revision"])
    assert revisions == sorted(set(revisions))


@pytest.mark.parametrize(
    "change",
    [
        {"violin_session": 2},
        {"phrases": None},
        {"phrases": [{}]},
        {"history": [1]},
        {"position": "0"},
        {"phrases": [{"id": "p1", "kind": "exec", "phrase": {"notes": []}}]},
    ],
)
def test_a_wrong_copy_is_refused_and_leaves_nothing(sessions: Sessions, change: dict[str, object]) -> None:
    session = sessions.create()
    _put(session)
    values = {**json.loads(copy_bytes(session)), **change}
    with pytest.raises(SettingsError):
        open_copy(sessions, json.dumps(values).encode())
    assert len(list(sessions.folder.iterdir())) == 1
