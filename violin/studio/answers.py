"""What the server answers: JSON, and each error as one sentence in `{"error": …}`."""

from __future__ import annotations

import json
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from violin.errors import SettingsError, ViolinError, printable

_LOG = logging.getLogger("violin.studio")


class NotFoundError(ViolinError):
    """A session, phrase or job that the studio does not have."""


class BusyError(ViolinError):
    """Something that cannot be done now."""


def refusal(status: int, reason: str) -> Response:
    """An error as JSON with one sentence."""
    return JSONResponse({"error": printable(reason)}, status_code=status)


async def on_violin_error(request: Request, error: Exception) -> Response:
    """A user's error: 404 if something does not exist, 409 if it cannot be done now, else 400."""
    if isinstance(error, NotFoundError):
        return refusal(404, str(error))
    return refusal(409 if isinstance(error, BusyError) else 400, str(error))


async def on_http_error(request: Request, error: Exception) -> Response:
    """Starlette's own errors: an unknown address, a wrong method."""
    if not isinstance(error, HTTPException):
        return await on_failure(request, error)
    words = {404: "there is no such address in the studio", 405: "this address does not allow that method"}
    return refusal(error.status_code, words.get(error.status_code, error.detail))


async def on_failure(request: Request, error: Exception) -> Response:
    """An error of the program: the page gets one sentence, the log the traceback."""
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    if isinstance(error, OSError):
        return refusal(500, f"a file could not be read or written: {error.strerror or error}")
    return refusal(500, f"an error in the studio itself ({type(error).__name__}); nothing was changed")


def body_object(request_body: bytes) -> dict[str, Any]:
    """The JSON object in a body; SettingsError if it is not one."""
    try:
        found = json.loads(request_body or b"{}")
    except (ValueError, RecursionError):
        raise SettingsError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise SettingsError("the body is not a JSON object")
    return found
