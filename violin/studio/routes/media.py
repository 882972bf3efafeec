"""Functions of several routes: sound to play, and the width of a picture."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from violin.api.forms import FormOptions, form_bytes
from violin.music import Phrase

_PLAYED_RATE = 22_050
_NARROWEST_PX, _WIDEST_PX, _USUAL_PX = 240, 2_400, 840


@lru_cache(maxsize=16)
def played_sound(phrase: Phrase) -> bytes:
    """A phrase as a wav file, 22,050 samples a second, one channel."""
    return form_bytes(phrase, "wav", FormOptions(rate=_PLAYED_RATE))


def ranged(request: Request, data: bytes) -> Response:
    """A whole sound, or the range of bytes that a player asks for to jump in it."""
    # A phrase never changes, so a browser may cache its sound; the token in the address keeps it private.
    headers = {"cache-control": "private, max-age=3600", "accept-ranges": "bytes"}
    unit, _, span = request.headers.get("range", "").partition("=")
    first, dash, last = span.partition("-")
    if unit == "bytes" and dash and first.isdecimal() and (not last or last.isdecimal()):
        start, end = int(first), min(int(last or len(data) - 1), len(data) - 1)
        if start <= end:
            headers["content-range"] = f"bytes {start}-{end}/{len(data)}"
            return Response(data[start : end + 1], 206, headers, "audio/wav")
    return Response(data, media_type="audio/wav", headers=headers)


def width_of(request: Request) -> int:
    """The width in pixels that a request asks for, within what verovio draws well."""
    text = request.query_params.get("width", "")
    wanted = int(text) if text.isdecimal() and len(text) < 6 else _USUAL_PX
    return min(max(wanted, _NARROWEST_PX), _WIDEST_PX)
