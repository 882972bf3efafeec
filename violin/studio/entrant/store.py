"""The datasets and archives that were opened, in one folder of the studio."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections import OrderedDict
from pathlib import Path

from violin.errors import ArchiveError
from violin.files import write_whole
from violin.studio.answers import NotFoundError
from violin.studio.entrant.entrant import Entrant

_ID = re.compile(r"[0-9a-f]{12}")
_MOST_OPEN = 4


class Entrants:
    """The opened datasets and archives, each in its own folder; the last few stay in memory. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ".entrants"
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Entrant] = OrderedDict()

    def add(self, kind: str, data: bytes, title: str, seed: int, candidates: int) -> Entrant:
        """Open a zip ("dataset" or "archive"); ArchiveError if it cannot be read."""
        entrant_id = secrets.token_hex(6)
        folder = self._folder / entrant_id
        settings = {"title": title, "seed": seed, "candidates": candidates}
        write_whole(folder / f"{kind}.zip", data)
        write_whole(folder / "entrant.json", json.dumps(settings).encode())
        try:
            return self.get(entrant_id)
        except ArchiveError as error:
            for name in (f"{kind}.zip", "entrant.json"):
                (folder / name).unlink(missing_ok=True)
            folder.rmdir()
            raise ArchiveError(str(error).replace(str(folder / f"{kind}.zip"), title)) from None

    def put_in(self, entrant_id: str, kind: str, data: bytes, title: str) -> Entrant:
        """Add the dataset to an archive, or the archive to a dataset."""
        entrant = self.get(entrant_id)
        try:
            entrant.put_in(kind, data)
        except ArchiveError as error:
            raise ArchiveError(f"{title}: {str(error).partition(': ')[2] or error}") from None
        with self._lock:
            self._open.pop(entrant_id).close()
        return self.get(entrant_id)

    def get(self, entrant_id: str) -> Entrant:
        """The dataset or archive with that id; NotFoundError if there is none."""
        with self._lock:
            if entrant_id not in self._open:
                folder = self._folder / entrant_id
                if not _ID.fullmatch(entrant_id) or folder.is_symlink() or not folder.is_dir():
                    raise NotFoundError(f"there is no opened archive {entrant_id[:20]!r}")
                self._open[entrant_id] = Entrant(folder)
                while len(self._open) > _MOST_OPEN:
                    self._open.popitem(last=False)[1].close()
            self._open.move_to_end(entrant_id)
            return self._open[entrant_id]
