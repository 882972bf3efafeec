"""An HTTP client for a studio, and phrases to open in it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

BAR = 192
WHOLE = Phrase(tuple(Note(48 * beat, 64 + beat % 8, 48) for beat in range(32)), 8, key=Key(1))
PAIR = Phrase(tuple(note for note in WHOLE.notes if not BAR <= note.onset_ticks < 7 * BAR), 8, key=Key(1))


@dataclass
class Client:
    """Requests to one studio; paths begin after the token."""

    address: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def token(self) -> str:
        return urlsplit(self.address).path.strip("/")

    def raw(
        self,
        method: str,
        path: str,
        body: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes, dict[str, str]]:
        """(status, body, headers) of a request to a whole path."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, answer.read(), found
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        return self._json(*self.raw("GET", f"/{self.token}/{path}")[:2])

    def post(self, path: str, values: Any = None) -> Any:
        body = values if isinstance(values, bytes) else json.dumps(values or {}).encode()
        return self._json(*self.raw("POST", f"/{self.token}/{path}", body)[:2])

    def refused(self, path: str, values: Any = None) -> tuple[int, str]:
        """(status, sentence) of a request that must fail: a POST if values are given."""
        method = "GET" if values is None else "POST"
        body = (
            None if values is None else values if isinstance(values, bytes) else json.dumps(values).encode()
        )
        status, data, _ = self.raw(method, f"/{self.token}/{path}", body)
        assert status >= 400, data[:200]
        found = json.loads(data)
        assert list(found) == ["error"] and found["error"] and "\n" not in found["error"]
        return status, found["error"]

    @staticmethod
    def _json(status: int, data: bytes) -> Any:
        assert status == 200, data[:400]
        return json.loads(data)

    def session(self, phrase: Phrase | None = None, name: str = "study.mid") -> str:
        """The path of a new session, in which a phrase was opened as MIDI."""
        path = f"api/sessions/{self.post('api/sessions')['id']}"
        if phrase is not None:
            self.post(f"{path}/files?name={name}", phrase_bytes(phrase))
        return path
