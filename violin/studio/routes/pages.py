"""The pages, their files, and the lists of choices that they show."""

from __future__ import annotations

from importlib import resources
from importlib.util import find_spec

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from violin import __version__
from violin.challenge import COMPOSERS, MAX_BARS, METERS, MIN_BARS
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH
from violin.render.soundfont import missing_for_fluidsynth
from violin.studio.answers import NotFoundError
from violin.studio.music.shapes import KEYS
from violin.studio.studio import Studio

_PAGES = {"/": "index.html", "/lint": "lint.html", "/entrant": "entrant.html"}
_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
}


def routes(studio: Studio) -> list[Route]:
    return [
        *(Route(path, _page) for path in _PAGES),
        Route("/page/{name}", _file),
        Route("/api/about", _about),
    ]


def _page(request: Request) -> Response:
    return _asset(_PAGES[request.scope["path"]])


def _file(request: Request) -> Response:
    return _asset(request.path_params["name"])


def _asset(name: str) -> Response:
    suffix = name.rpartition(".")[2]
    folder = resources.files("violin.studio") / "page"
    # Only names that the folder lists: no path that a request builds is ever opened.
    found = next((one for one in folder.iterdir() if one.name == name and one.is_file()), None)
    if found is None or suffix not in _TYPES:
        raise NotFoundError(f"the page has no file {name[:60]!r}")
    return Response(found.read_bytes(), media_type=_TYPES[suffix], headers={"cache-control": "no-cache"})


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
