"""A phrase engraved as SVG, through verovio: fingering, shaded given bars, coloured notes.

Each notehead's group has the id "n" and the note's index in `Phrase.on_grid().notes`, such as "n12", as in
`violin.notation.musicxml`; `note_times` says when each sounds. The picture needs only a text font: all
music glyphs, that of the metronome mark too, are drawn as paths.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree as ET

from violin.errors import MissingLibraryError, NotationError
from violin.music import Phrase
from violin.notation.excerpt import WHOLE, Excerpt
from violin.notation.marks import Marks
from violin.notation.musicxml import musicxml_bytes

DEFAULT_WIDTH_PX = 840
GIVEN_FILL = "#e8edf3"
FINDING_COLOR = "#c0262d"

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_SCALE = 40  # percent
_OPTIONS = {
    "scale": _SCALE,
    "adjustPageHeight": True,
    "pageHeight": 60_000,
    "pageMarginTop": 80,
    "pageMarginBottom": 40,
    "pageMarginLeft": 40,
    "pageMarginRight": 40,
    "breaks": "auto",
    "header": "none",
    "footer": "none",
    "fingeringScale": 0.7,
    "xmlIdSeed": 1,  # the same phrase gives the same picture
    "smuflTextFont": "none",  # `_draw_tempo` replaces the only text that needs a music font
    "svgCss": "g.fing {font-weight:normal}",
}
# SMuFL metNoteQuarterUp of the font Leipzig (verovio, SIL Open Font Licence), at 1,000 units an em
_QUARTER_NOTE = (
    "M203 126c29 0 53 -9 70 -24l4 -4l3 570h22l-2 -625c0 -85 -111 -169 -201 -169c-55 0 -97 31 -97 82"
    "c0 87 89 170 201 170z"
)


def engrave(
    phrase: Phrase,
    *,
    marks: Marks | None = None,
    given_bars: Collection[int] = (),
    colored: Mapping[int, str] | None = None,
    title: str = "",
    width_px: int = DEFAULT_WIDTH_PX,
    numbers_each_bar: bool = False,
    excerpt: Excerpt = WHOLE,
) -> str:
    """The phrase as one SVG picture, in systems of `width_px` (at least 200) pixels.

    `marks` (see `violin.notation.marks.fingering_marks`) and `colored` ("#RRGGBB") are by the place of a note
    in `phrase.on_grid().notes`; `given_bars` counts bars from 0. Bars are numbered at the start of each
    system, or all of them. `excerpt` is for a page of a longer piece. MissingLibraryError without verovio.
    """
    data = musicxml_bytes(
        phrase, marks=marks, colored=dict(colored or {}), title=title, rounded_tempo=True, excerpt=excerpt
    )
    root = ET.fromstring(_verovio_svg(data, max(width_px, 200), numbers_each_bar))
    _draw_tempo(root)
    _shade(root, given_bars)
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    return ET.tostring(root, encoding="unicode") + "\n"


def _verovio_svg(data: bytes, width_px: int, numbers_each_bar: bool) -> str:
    try:
        import verovio
    except ImportError as error:
        raise MissingLibraryError(
            "engraving needs verovio; install it: pip install 'violin[score]'"
        ) from error
    verovio.enableLog(verovio.LOG_OFF)
    verovio.setDefaultResourcePath(str(files("verovio") / "data"))  # verovio stores it per thread
    toolkit: Any = verovio.toolkit()
    changing = {"pageWidth": round(width_px * 100 / _SCALE), "mnumInterval": int(numbers_each_bar)}
    toolkit.setOptions({**_OPTIONS, **changing})
    if not toolkit.loadData(data.decode("utf-8")):
        raise NotationError("verovio cannot engrave this phrase")
    return str(toolkit.renderToSVG(1))


def _draw_tempo(root: ET.Element) -> None:
    """Replace the metronome mark, which needs a music font, by a drawn note and plain text, above any
    fingering there."""
    texts = [text for group in _of_class(root, "fing") for text in group.iter(f"{{{_SVG}}}text")]
    fingers = [(float(text.get("x", 0)), float(text.get("y", 0))) for text in texts]
    for group in _of_class(root, "tempo"):
        text = group.find(f"{{{_SVG}}}text")
        if text is None:
            continue
        x, y = float(text.get("x", 0)), float(text.get("y", 0))
        near = [place for place in fingers if x - 300 < place[0] < x + 1_200 and place[1] < y + 2_000]
        y = min([y, *(finger_y - 420 for _, finger_y in near)])
        number = "".join(text.itertext()).rpartition("=")[2].strip()
        group.clear()
        group.set("class", "tempo")
        note = ET.SubElement(group, f"{{{_SVG}}}path", d=_QUARTER_NOTE)
        note.set("transform", f"translate({x:.0f}, {y:.0f}) scale(0.62, -0.62)")
        words = ET.SubElement(group, f"{{{_SVG}}}text", {"x": f"{x + 260:.0f}", "y": f"{y:.0f}"})
        words.set("font-size", "380px")
        words.text = f"= {number}"


def _shade(root: ET.Element, bars: Collection[int]) -> None:
    """Lay a grey rectangle under the staff of each given bar."""
    for index, measure in enumerate(_of_class(root, "measure")):
        if index not in bars:
            continue
        staff = next(iter(_of_class(measure, "staff")))
        lines = [
            path.get("d", "").replace("M", "").replace("L", "").split()
            for path in staff.findall(f"{{{_SVG}}}path")
        ]
        left, top, right = (float(lines[0][place]) for place in (0, 1, 2))
        bottom = float(lines[-1][1])
        margin = (bottom - top) / 4
        shade = ET.Element(f"{{{_SVG}}}rect", {"class": "given", "fill": GIVEN_FILL, "stroke": "none"})
        shade.set("style", "stroke:none")
        for name, value in (
            ("x", left),
            ("y", top - margin),
            ("width", right - left),
            ("height", bottom - top + 2 * margin),
        ):
            shade.set(name, f"{value:.0f}")
        measure.insert(0, shade)


def _of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [group for group in root.iter(f"{{{_SVG}}}g") if group.get("class") == name]
