"""Opened pieces on disk: a new server finds them, other names are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from violin.errors import NotationError
from violin.midi import phrase_bytes
from violin.music import Note, Phrase
from violin.studio.answers import NotFoundError
from violin.studio.lint.store import Pieces

DATA = phrase_bytes(Phrase((Note(0, 69, 48),), 8))


def test_a_piece_is_found_again_by_a_new_server(tmp_path: Path) -> None:
    piece_id = Pieces(tmp_path).add(DATA, "a.mid", "corpus", None)
    again = Pieces(tmp_path)
    assert again.get(piece_id).name == "a.mid"
    assert again.add(DATA, "a.mid", "corpus", None) == piece_id
    other = again.with_profile(piece_id, "submission")
    assert other != piece_id
    assert again.get(other).profile.value == "submission"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "0123456789abcdef", "x" * 16, "."])
def test_another_name_opens_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError):
        Pieces(tmp_path).get(name)


def test_a_damaged_piece_is_refused_in_a_line(tmp_path: Path) -> None:
    piece_id = Pieces(tmp_path).add(DATA, "a.mid", "corpus", None)
    (tmp_path / ".pieces" / f"{piece_id}.json").write_bytes(b"{}")
    with pytest.raises(NotationError, match="open the file again"):
        Pieces(tmp_path).get(piece_id)


def test_a_file_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotationError):
        Pieces(tmp_path).add(b"<score", "a.xml", "corpus", None)
    assert not (tmp_path / ".pieces").exists()
