"""The pieces that were opened: their bytes in the studio's folder, the last few of them in memory.

    DIR/.pieces/3f9a2c0d41b7e6a8.json     name, profile, part and the bytes

A piece's id is a hash of its contents, so that two tabs share it and a restarted server finds it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections import OrderedDict
from pathlib import Path

from violin.errors import NotationError
from violin.files import read_regular, write_whole
from violin.studio.answers import NotFoundError
from violin.studio.lint.piece import Piece

_ID = re.compile(r"[0-9a-f]{16}")
_MOST_OPEN = 6
_MOST_FILE_BYTES = 16 << 20


class Pieces:
    """The pieces in one folder. All methods are thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ".pieces"
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Piece] = OrderedDict()

    def add(self, data: bytes, name: str, profile: str, part: str | None) -> str:
        """Open and save a file; returns its id. MidiError or NotationError if it cannot be read."""
        stored = {"name": name, "profile": profile, "part": part, "data": base64.b64encode(data).decode()}
        content = json.dumps(stored).encode()
        piece_id = hashlib.sha256(content).hexdigest()[:16]
        self._remember(piece_id, Piece(data, name, profile, part))
        write_whole(self._folder / f"{piece_id}.json", content)
        return piece_id

    def get(self, piece_id: str) -> Piece:
        """The piece with that id; NotFoundError if there is none."""
        with self._lock:
            if piece_id in self._open:
                self._open.move_to_end(piece_id)
                return self._open[piece_id]
        piece = Piece(*self._stored(piece_id))
        self._remember(piece_id, piece)
        return piece

    def with_profile(self, piece_id: str, profile: str) -> str:
        """The id of the same piece, checked by another profile."""
        data, name, _, part = self._stored(piece_id)
        return self.add(data, name, profile, part)

    def _stored(self, piece_id: str) -> tuple[bytes, str, str, str | None]:
        if not _ID.fullmatch(piece_id):
            raise NotFoundError(f"there is no piece {piece_id[:20]!r}")
        try:
            found = json.loads(read_regular(self._folder / f"{piece_id}.json", _MOST_FILE_BYTES))
            return base64.b64decode(found["data"]), found["name"], found["profile"], found["part"]
        except FileNotFoundError:
            raise NotFoundError(f"there is no piece {piece_id}; open the file again") from None
        except (OSError, ValueError, LookupError, TypeError):
            raise NotationError(f"the piece {piece_id} cannot be read; open the file again") from None

    def _remember(self, piece_id: str, piece: Piece) -> None:
        with self._lock:
            self._open[piece_id] = piece
            self._open.move_to_end(piece_id)
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
