"""What is checked before a route sees a request: Host, Origin, token and the size of the body.

The token is part of the address, so that pictures, sounds and links need no header. Another site open in the
same browser does not know the token. A foreign Host is refused too: otherwise a site whose name resolves to
this machine (DNS rebinding) would count as ours.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from violin.studio.answers import refusal

MOST_BODY_BYTES = 8 << 20
_MOST_DISCARDED_BYTES = 256 << 20
_NAMES = ("127.0.0.1", "localhost")

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guarded:
    """The application behind the checks. It sees the path without the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        status, reason = self._refused(scope, headers)
        if not status:
            limited = _LimitedBody(receive)
            if int(headers.get("content-length", 0) or 0) <= MOST_BODY_BYTES and await limited.read():
                path = str(scope["path"])[len(self._token) + 1 :] or "/"
                inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
                await self._app(inner, limited.replay, send_with_headers)
                return
            await limited.discard()
            status, reason = 413, f"the body is too large; legal: up to {MOST_BODY_BYTES >> 20} MB"
        await refusal(status, reason)(scope, receive, send_with_headers)

    def _refused(self, scope: Scope, headers: Headers) -> tuple[int, str]:
        """(status, reason), or (0, "") for a request that may pass."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if not _is_ours(f"http://{host}", scope):
            return 403, "this Host is not the studio's; open the address that `violin studio` printed"
        if origin is not None and not _is_ours(origin, scope):
            return 403, "the request comes from another site"
        found = str(scope["path"]).split("/")
        if len(found) < 3 or not hmac.compare_digest(found[1].encode(), self._token.encode()):
            return 404, "the address lacks the token; open the address that `violin studio` printed"
        if not (headers.get("content-length") or "0").isdecimal():
            return 400, "the length of the body is not a number"
        return 0, ""


def _is_ours(origin: str, scope: Scope) -> bool:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    ours = (scope.get("server") or ("", 0))[1]
    return parts.scheme == "http" and parts.hostname in _NAMES and port == ours


class _LimitedBody:
    """A request's body, read whole up to the limit before a route sees it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._body = bytearray()
        self._is_whole = False
        self._is_given = False

    async def read(self) -> bool:
        """Whether the whole body is within the limit."""
        while not self._is_whole:
            message = await self._receive()
            if message["type"] != "http.request":
                break
            self._body += message.get("body", b"")
            self._is_whole = not message.get("more_body", False)
            if len(self._body) > MOST_BODY_BYTES:
                return False
        return True

    async def discard(self) -> None:
        """Read and drop the rest, so that the sender gets the refusal and not a broken connection."""
        dropped = len(self._body)
        self._body.clear()
        while not self._is_whole and dropped < _MOST_DISCARDED_BYTES:
            message = await self._receive()
            if message["type"] != "http.request":
                return
            dropped += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)

    async def replay(self) -> Message:
        if self._is_given or not self._is_whole:
            return await self._receive()
        self._is_given = True
        return {"type": "http.request", "body": bytes(self._body), "more_body": False}
