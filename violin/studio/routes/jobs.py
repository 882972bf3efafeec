"""Jobs for the composing process: compose, judge, cancel."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from violin.studio import fields
from violin.studio.answers import body_object
from violin.studio.studio import Studio
from violin.studio.work.composing import put_compose
from violin.studio.work.judging import put_judge

_PUT = {"compose": put_compose, "judge": put_judge}


def routes(studio: Studio) -> list[Route]:
    async def put(request: Request) -> Response:
        session = studio.session(request)
        values = body_object(await request.body())
        kind = fields.choice(values, "kind", tuple(_PUT), "compose") or "compose"
        job = await run_in_threadpool(_PUT[kind], studio, session, values)
        return JSONResponse({"job": job.summary()})

    def cancel(request: Request) -> Response:
        session = studio.session(request)
        return JSONResponse({"job": studio.jobs.cancel(session.id, request.path_params["job"]).summary()})

    here = "/api/sessions/{session}/jobs"
    return [
        Route(here, put, methods=["POST"]),
        Route(f"{here}/{{job}}/cancel", cancel, methods=["POST"]),
    ]
