"""The web application: all routes, behind the security checks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from violin.errors import ViolinError
from violin.studio import answers
from violin.studio.routes import entrant, jobs, lint, pages, phrases, sessions
from violin.studio.security import Guarded
from violin.studio.studio import Studio

_SUBJECTS = (pages, sessions, phrases, jobs, lint, entrant)


def application(studio: Studio) -> ASGIApp:
    """The studio as an ASGI application; it starts and ends the composing process."""

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        studio.start()
        yield
        studio.close()

    inner = Starlette(
        routes=[route for subject in _SUBJECTS for route in subject.routes(studio)],
        exception_handlers={
            ViolinError: answers.on_violin_error,
            HTTPException: answers.on_http_error,
            Exception: answers.on_failure,
        },
        lifespan=running,
    )
    return Guarded(inner, studio.token)
