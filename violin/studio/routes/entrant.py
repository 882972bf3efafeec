"""The challenge view: a dataset or an archive, its answers, and the archive built again."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from violin.api.forms import finger_marks
from violin.challenge import GENERATOR_ARCHIVES
from violin.render.engraving import engrave
from violin.studio import fields
from violin.studio.answers import body_object
from violin.studio.entrant.entrant import ARCHIVE, DATASET, Entrant
from violin.studio.entrant.row import Row
from violin.studio.entrant.running import COMPOSING, SCORING, LongWork
from violin.studio.entrant.store import Entrants
from violin.studio.music.findings import findings_json
from violin.studio.music.hand import hand_json
from violin.studio.routes.media import played_sound, ranged, width_of
from violin.studio.studio import Studio

_THUMB_WIDTH_PX = 840  # shown at 270
_KINDS = (DATASET, ARCHIVE)
_WORK = {"compose": COMPOSING, "score": SCORING}
_MOST_CANDIDATES = 64


def routes(studio: Studio) -> list[Route]:
    entrants = Entrants(studio.sessions.folder)
    works: dict[tuple[str, str], LongWork] = {}

    def work_of(entrant: Entrant, kind: str) -> LongWork:
        return works.setdefault((entrant.id, kind), LongWork(studio, entrants, entrant.id, kind))

    def entrant_of(request: Request) -> Entrant:
        return entrants.get(request.path_params["entrant"])

    def row_of(request: Request) -> tuple[Entrant, Row]:
        entrant = entrant_of(request)
        return entrant, entrant.row(request.path_params["name"])

    async def add(request: Request) -> Response:
        query = request.query_params
        title = PurePath(fields.text(query, "name", "archive.zip").replace("\\", "/")).name or "archive.zip"
        kind = fields.choice(query, "kind", _KINDS, ARCHIVE) or ARCHIVE
        data = await request.body()
        if known := query.get("entrant"):
            entrant = await run_in_threadpool(entrants.put_in, known, kind, data, title)
        else:
            seed = fields.integer(_numbers(query), "seed", 0, 2**31 - 1, 1) or 0
            count = fields.integer(_numbers(query), "candidates", 1, _MOST_CANDIDATES, 1) or 1
            entrant = await run_in_threadpool(entrants.add, kind, data, title, seed, count)
        return JSONResponse(await run_in_threadpool(entrant.summary))

    def view(request: Request) -> Response:
        return JSONResponse(entrant_of(request).summary())

    def events(request: Request) -> Response:
        stream = studio.events.stream(entrant_of(request).id)
        return StreamingResponse(stream, media_type="text/event-stream")

    async def work(request: Request) -> Response:
        """Compose or score the named files, or all without an answer or a score."""
        entrant = entrant_of(request)
        values = body_object(await request.body())
        kind = fields.choice(values, "kind", tuple(_WORK), "score") or "score"
        name = fields.text(values, "name")
        names = [entrant.row(name).name] if name else _unfinished(entrant, kind)
        await run_in_threadpool(work_of(entrant, _WORK[kind]).put, names, bool(name))
        return JSONResponse({"files": len(names)})

    def cancel(request: Request) -> Response:
        entrant = entrant_of(request)
        for kind in _WORK.values():
            work_of(entrant, kind).cancel()
        return JSONResponse({})

    def file(request: Request) -> Response:
        entrant, row = row_of(request)
        phrase = row.phrase()
        given = row.given if row.version else None
        return JSONResponse(
            {
                **entrant.row_json(row),
                "title": row.name,
                "given": [bar + 1 for bar in row.given_bars(phrase.bars)],
                **hand_json(phrase),
                "findings": findings_json(phrase, given) if row.version else [],
            }
        )

    def score(request: Request) -> Response:
        return _picture(
            row_of(request)[1], width_of(request), request.query_params.get("fingering") == "1", True
        )

    def thumb(request: Request) -> Response:
        return _picture(row_of(request)[1], _THUMB_WIDTH_PX)

    def sound(request: Request) -> Response:
        phrase = row_of(request)[1].phrase()
        with studio.sound_slots:
            data = played_sound(phrase)
        return ranged(request, data)

    async def version(request: Request) -> Response:
        entrant, row = row_of(request)
        values = body_object(await request.body())
        place = fields.integer(values, "version", 0, 10_000, 0) or 0
        row = await run_in_threadpool(entrant.show_version, row.name, place)
        return JSONResponse(entrant.row_json(row))

    def archive(request: Request) -> Response:
        headers = {"content-disposition": f'attachment; filename="{GENERATOR_ARCHIVES["final"]}"'}
        return Response(entrant_of(request).archive(), media_type="application/zip", headers=headers)

    here = "/api/entrants/{entrant}"
    one = f"{here}/files/{{name:path}}"
    return [
        Route("/api/entrants", add, methods=["POST"]),
        Route(here, view),
        Route(f"{here}/events", events),
        Route(f"{here}/work", work, methods=["POST"]),
        Route(f"{here}/cancel", cancel, methods=["POST"]),
        Route(f"{here}/archive.zip", archive),
        Route(f"{one}/score.svg", score),
        Route(f"{one}/thumb.svg", thumb),
        Route(f"{one}/sound.wav", sound),
        Route(f"{one}/version", version, methods=["POST"]),
        Route(one, file),
    ]


def _unfinished(entrant: Entrant, kind: str) -> list[str]:
    return entrant.missing() if kind == "compose" else entrant.unscored()


def _numbers(query: Any) -> dict[str, Any]:
    """The values of a query; whole numbers as int."""
    values: dict[str, Any] = defaultdict(lambda: None)
    values.update(
        {name: int(text) if text.isdecimal() and len(text) < 12 else text for name, text in query.items()}
    )
    return values


def _picture(row: Row, width_px: int, fingering: bool = False, numbers: bool = False) -> Response:
    phrase = row.phrase()
    marks = finger_marks(phrase) if fingering else {}
    given = row.given_bars(phrase.bars)
    svg = engrave(phrase, marks=marks, given_bars=given, width_px=width_px, numbers_each_bar=numbers)
    return Response(svg, media_type="image/svg+xml")
