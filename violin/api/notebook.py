"""A phrase in a notebook: its score, and a player."""

from __future__ import annotations

import base64
from html import escape

from violin.errors import MissingLibraryError
from violin.music import Phrase

_RATE = 22_050


def phrase_html(phrase: Phrase, given_bars: tuple[int, ...] = ()) -> str:
    """HTML of the engraved phrase and a player with its sound; without verovio, a line that says so."""
    from violin.api.forms import FormOptions, form_bytes

    try:
        svg = form_bytes(phrase, "svg", FormOptions(given_bars=given_bars))
        # As an image: the identifiers of two scores in one notebook stay apart.
        picture = f'<img alt="score" src="data:image/svg+xml;base64,{_base64(svg)}">'
    except MissingLibraryError as error:
        picture = f"<p>{escape(str(error))}</p>"
    sound = form_bytes(phrase, "wav", FormOptions(rate=_RATE))
    return f'<div>{picture}<br><audio controls src="data:audio/wav;base64,{_base64(sound)}"></audio></div>'


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
