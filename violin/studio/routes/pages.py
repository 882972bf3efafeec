"""The pages, their files, and the lists of choices that they show."""

from __future__ import annotations

from importlib import resources
from importlib.util import find_spec

from jinja2 import Environment, FunctionLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from violin import __version__
from violin.challenge import COMPOSERS, MAX_BARS, METERS, MIN_BARS
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH
from violin.render.soundfont import missing_for_fluidsynth
from violin.studio.answers import NotFoundError
from violin.studio.music.shapes import KEYS
from violin.studio.studio import Studio

_PAGES = {"/": "compose/index.html", "/lint": "lint/lint.html", "/entrant": "challenge/entrant.html"}
_PARTS = ("shared", "compose", "lint", "challenge")
_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
}
_FRESH = {"cache-control": "no-cache"}


def routes(studio: Studio) -> list[Route]:
    folder = resources.files("violin.studio") / "page"
    # Only names that the folders list: no path that a request builds is ever opened.
    files = {f"{part}/{file.name}": file for part in _PARTS for file in (folder / part).iterdir()}
    templates = Environment(
        loader=FunctionLoader(lambda name: files[name].read_text("utf-8")), autoescape=True
    )

    def page(request: Request) -> Response:
        return HTMLResponse(templates.get_template(_PAGES[request.scope["path"]]).render(), headers=_FRESH)

    def file(request: Request) -> Response:
        name = request.path_params["name"]
        kind = _TYPES.get(name.rpartition(".")[2])
        if name not in files or kind is None:
            raise NotFoundError(f"the page has no file {name[:60]!r}")
        return Response(files[name].read_bytes(), media_type=kind, headers=_FRESH)

    return [
        *(Route(path, page) for path in _PAGES),
        Route("/page/{name:path}", file),
        Route("/api/about", _about),
    ]


def _about(request: Request) -> Response:
    return JSONResponse(
        {
            "version": __version__,
            "composers": [{"slug": one.slug, "name": one.name} for one in COMPOSERS],
            "meters": [str(meter) for meter in METERS],
            "keys": list(KEYS),
            "tiers": ["easy", "wide", "virtuoso"],
            "bars": [MIN_BARS, MAX_BARS],
            "pitches": [LOWEST_PITCH, HIGHEST_PITCH],
            "engraving": find_spec("verovio") is not None,
            "pdf": find_spec("cairosvg") is not None,
            "mp3": find_spec("soundfile") is not None,
            "missing_for_sound": missing_for_fluidsynth(),
        }
    )
