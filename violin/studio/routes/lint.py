"""The lint view: a piece of any length, its findings, and its pages one by one."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from constraints.linter.finding import Profile
from violin.api.forms import finger_marks
from violin.errors import NotationError
from violin.render.engraving import engrave
from violin.studio import fields
from violin.studio.answers import NotFoundError
from violin.studio.lint import listing
from violin.studio.lint.pages import MOST_BARS, Page
from violin.studio.lint.piece import Piece
from violin.studio.lint.store import Pieces
from violin.studio.music.hand import hand_json
from violin.studio.routes.media import played_sound, ranged, width_of
from violin.studio.studio import Studio

_PROFILES = tuple(profile.value for profile in Profile)
_EXPORTS = {
    "csv": ("text/csv; charset=utf-8", listing.csv_bytes),
    "json": ("application/json", listing.json_bytes),
}


def routes(studio: Studio) -> list[Route]:
    pieces = Pieces(studio.sessions.folder)

    async def add(request: Request) -> Response:
        query = request.query_params
        name = PurePath(fields.text(query, "name", "piece").replace("\\", "/")).name or "piece"
        profile = fields.choice(query, "profile", _PROFILES, "corpus") or "corpus"
        part = fields.text(query, "part") or None
        data = await request.body()
        piece_id = await run_in_threadpool(pieces.add, data, name, profile, part)
        return JSONResponse(_summary(piece_id, pieces.get(piece_id)))

    def view(request: Request) -> Response:
        piece_id = request.path_params["piece"]
        profile = fields.choice(request.query_params, "profile", _PROFILES)
        if profile and pieces.get(piece_id).profile.value != profile:
            piece_id = pieces.with_profile(piece_id, profile)
        return JSONResponse(_summary(piece_id, pieces.get(piece_id)))

    def page_of(request: Request) -> tuple[Piece, Page]:
        piece = pieces.get(request.path_params["piece"])
        index = request.path_params["page"]
        if index >= len(piece.pages):
            raise NotFoundError(f"{piece.name}: there is no page {index + 1}; legal: 1 to {len(piece.pages)}")
        return piece, piece.pages[index]

    def page(request: Request) -> Response:
        piece, found = page_of(request)
        return JSONResponse({**_page(found), **hand_json(piece.phrase(found.index))})

    def score(request: Request) -> Response:
        piece, found = page_of(request)
        phrase = piece.phrase(found.index)
        marks = finger_marks(phrase) if request.query_params.get("fingering") == "1" else {}
        svg = engrave(
            phrase, marks=marks, width_px=width_of(request), numbers_each_bar=True, excerpt=found.excerpt
        )
        return Response(svg, media_type="image/svg+xml")

    def sound(request: Request) -> Response:
        piece, found = page_of(request)
        with studio.sound_slots:
            data = played_sound(piece.phrase(found.index))
        return ranged(request, data)

    def export(request: Request) -> Response:
        piece = pieces.get(request.path_params["piece"])
        suffix = request.path_params["name"].rpartition(".")[2]
        if suffix not in _EXPORTS:
            raise NotationError(f"a list of findings is saved as {' or '.join(_EXPORTS)}, not as {suffix!r}")
        media_type, made = _EXPORTS[suffix]
        headers = {"content-disposition": "attachment"}  # the name is the last part of the address
        return Response(made(piece), media_type=media_type, headers=headers)

    here = "/api/pieces/{piece}"
    return [
        Route("/api/pieces", add, methods=["POST"]),
        Route(here, view),
        Route(f"{here}/pages/{{page:int}}", page),
        Route(f"{here}/pages/{{page:int}}/score.svg", score),
        Route(f"{here}/pages/{{page:int}}/sound.wav", sound),
        Route(f"{here}/findings/{{name}}", export),
    ]


def _summary(piece_id: str, piece: Piece) -> dict[str, Any]:
    return {
        "id": piece_id,
        "name": piece.name,
        "part": piece.part,
        "profile": piece.profile.value,
        "bars": piece.bars,
        "notes": len(piece.subject.notes),
        "shown_bars": min(piece.bars, MOST_BARS),
        "trouble": piece.trouble,
        "pages": [_page(page) for page in piece.pages],
        "rules": listing.rules(piece),
        "findings": listing.rows(piece),
        "all_findings": len(piece.places),
    }


def _page(page: Page) -> dict[str, Any]:
    labels = page.excerpt.bar_numbers
    return {
        "index": page.index,
        "bars": page.bars,
        "bar_labels": labels,
        "title": f"bars {labels[0]} to {labels[-1]}" if len(labels) > 1 else f"bar {labels[0]}",
        "meter": str(page.meter),
        "key": str(page.key) if page.key else None,
        "given": [],
    }
