"""Sessions: make, list, open, rename; put music in; show, undo, redo."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from violin.studio import fields
from violin.studio.answers import body_object
from violin.studio.copies import copy_bytes, open_copy
from violin.studio.incoming import add_file, add_notes, read_as
from violin.studio.studio import Studio


def routes(studio: Studio) -> list[Route]:
    def listed(request: Request) -> Response:
        return JSONResponse(studio.sessions.listed())

    async def create(request: Request) -> Response:
        title = fields.text(body_object(await request.body()), "title")
        return JSONResponse((await run_in_threadpool(studio.sessions.create, title)).summary())

    async def paste(request: Request) -> Response:
        session = await run_in_threadpool(open_copy, studio.sessions, await request.body())
        return JSONResponse(session.summary())

    def copy(request: Request) -> Response:
        headers = {"content-disposition": "attachment"}
        return Response(copy_bytes(studio.session(request)), media_type="application/json", headers=headers)

    def opened(request: Request) -> Response:
        return JSONResponse(studio.session(request).summary())

    async def rename(request: Request) -> Response:
        session = studio.session(request)
        title = fields.text(body_object(await request.body()), "title")
        await run_in_threadpool(session.rename, title)
        return JSONResponse(session.summary())

    async def file(request: Request) -> Response:
        session = studio.session(request)
        name = fields.text(dict(request.query_params), "name", "phrase")
        record = await run_in_threadpool(add_file, session, await request.body(), name)
        return JSONResponse({"session": session.summary(), "phrase": record.summary()})

    async def notes(request: Request) -> Response:
        session = studio.session(request)
        record = await run_in_threadpool(add_notes, session, body_object(await request.body()))
        return JSONResponse({"session": session.summary(), "phrase": record.summary()})

    async def reading(request: Request) -> Response:
        session, record = studio.session(request), studio.record(request)
        await run_in_threadpool(read_as, session, record, body_object(await request.body()))
        return JSONResponse(session.summary())

    async def show(request: Request) -> Response:
        session = studio.session(request)
        phrase = fields.text(body_object(await request.body()), "phrase")
        await run_in_threadpool(session.show, phrase)
        return JSONResponse(session.summary())

    def undo(request: Request) -> Response:
        session = studio.session(request)
        session.step(-1)
        return JSONResponse(session.summary())

    def redo(request: Request) -> Response:
        session = studio.session(request)
        session.step(1)
        return JSONResponse(session.summary())

    async def events(request: Request) -> Response:
        session = studio.session(request)
        return StreamingResponse(studio.events.stream(session.id), media_type="text/event-stream")

    here = "/api/sessions/{session}"
    return [
        Route("/api/sessions", listed, methods=["GET"]),
        Route("/api/sessions", create, methods=["POST"]),
        Route("/api/sessions/copy", paste, methods=["POST"]),
        Route(here, opened, methods=["GET"]),
        Route(f"{here}/copy", copy, methods=["GET"]),
        Route(f"{here}/title", rename, methods=["POST"]),
        Route(f"{here}/files", file, methods=["POST"]),
        Route(f"{here}/phrases", notes, methods=["POST"]),
        Route(f"{here}/phrases/{{phrase}}/reading", reading, methods=["POST"]),
        Route(f"{here}/current", show, methods=["POST"]),
        Route(f"{here}/undo", undo, methods=["POST"]),
        Route(f"{here}/redo", redo, methods=["POST"]),
        Route(f"{here}/events", events, methods=["GET"]),
    ]
