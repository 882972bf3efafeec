"""SVG as PNG and PDF, through cairosvg."""

from __future__ import annotations

from typing import Any

from violin.errors import MissingLibraryError


def png_bytes(svg: str, scale: float = 2.0) -> bytes:
    """The picture as PNG on white; `scale` is pixels of the PNG to one of the SVG."""
    return bytes(_cairosvg().svg2png(bytestring=svg.encode(), scale=scale, background_color="white"))


def pdf_bytes(svg: str) -> bytes:
    """The picture as a PDF of one page of the same size."""
    return bytes(_cairosvg().svg2pdf(bytestring=svg.encode()))


def _cairosvg() -> Any:
    try:
        import cairosvg
    except ImportError as error:
        raise MissingLibraryError(
            "PNG and PDF need cairosvg; install it: pip install 'violin[score]'"
        ) from error
    except OSError as error:  # the library of the system is missing
        raise MissingLibraryError(
            "PNG and PDF need the cairo library; install it: apt-get install libcairo2"
        ) from error
    return cairosvg
