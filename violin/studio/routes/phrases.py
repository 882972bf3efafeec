"""One phrase: its values, picture, sound, files and fixes."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from violin.api.checking import fix
from violin.api.forms import FORMS, FormOptions, finger_marks, form_bytes, form_of
from violin.errors import NotationError
from violin.midi import read_phrase
from violin.render.engraving import engrave
from violin.studio import fields
from violin.studio.answers import body_object
from violin.studio.music.findings import findings_json
from violin.studio.music.hand import hand_json
from violin.studio.music.shapes import notes_json
from violin.studio.record import Record
from violin.studio.routes.media import played_sound, ranged, width_of
from violin.studio.sessions import Session
from violin.studio.studio import Studio

_TYPES = {
    "mid": "audio/midi",
    "musicxml": "application/vnd.recordare.musicxml+xml",
    "mxl": "application/vnd.recordare.musicxml",
    "abc": "text/vnd.abc; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "roll.png": "image/png",
    "pdf": "application/pdf",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
}


def routes(studio: Studio) -> list[Route]:
    def view(request: Request) -> Response:
        session, record = studio.session(request), studio.record(request)
        return JSONResponse({**record.summary(), **_view(session, record)})

    def score(request: Request) -> Response:
        record, query = studio.record(request), request.query_params
        marks = finger_marks(record.phrase) if query.get("fingering") == "1" else {}
        svg = engrave(
            record.phrase,
            marks=marks,
            given_bars=record.shaded_bars,
            width_px=width_of(request),
            numbers_each_bar=query.get("numbers") == "1",
        )
        return Response(svg, media_type="image/svg+xml")

    def sound(request: Request) -> Response:
        record = studio.record(request)
        with studio.sound_slots:
            data = played_sound(record.phrase)
        return ranged(request, data)

    def take(request: Request) -> Response:
        record, name = studio.record(request), request.path_params["name"]
        form = form_of(name)
        options = FormOptions(
            given_bars=record.shaded_bars,
            title=record.title,
            fingering=request.query_params.get("fingering", "1") == "1",
        )
        data = form_bytes(record.phrase, form, options)
        headers = {"content-disposition": "attachment"}  # the name is the last part of the address
        return Response(data, media_type=_TYPES[form], headers=headers)

    async def fixed(request: Request) -> Response:
        session, record = studio.session(request), studio.record(request)
        unsafe = fields.flag(body_object(await request.body()), "unsafe")
        found = await run_in_threadpool(_fix, session, record, unsafe)
        return JSONResponse({"session": session.summary(), "phrase": found.summary()})

    here = "/api/sessions/{session}/phrases/{phrase}"
    return [
        Route(here, view),
        Route(f"{here}/score.svg", score),
        Route(f"{here}/sound.wav", sound),
        Route(f"{here}/take/{{name}}", take),
        Route(f"{here}/fix", fixed, methods=["POST"]),
    ]


def _view(session: Session, record: Record) -> dict[str, object]:
    origin = session.origin(record)
    given = origin.pair() if origin is not None and origin is not record else None
    return {
        "phrase": notes_json(record.phrase),
        "forms": list(FORMS),
        **hand_json(record.phrase),
        "findings": [] if record.kind == "pair" else findings_json(record.phrase, given),
    }


def _fix(session: Session, record: Record, unsafe: bool) -> Record:
    """A new phrase with the linter's fixes; NotationError if there is nothing to fix."""
    fixed = fix(record.phrase, unsafe=unsafe, name=record.title)
    if not fixed.applied:
        refused = f"; refused: {', '.join(fixed.refused)}" if fixed.refused else ""
        raise NotationError(f"{record.title}: nothing here can be fixed{refused}")
    phrase = read_phrase(fixed.data, record.title)
    return session.add(
        title=record.title,
        kind="fixed",
        phrase=phrase,
        parent=record.id,
        given=tuple(bar for bar in record.given if bar <= phrase.bars),
        composer=record.composer,
        settings={"fixed": fixed.applied},
    )
