"""A phrase in every form that it can be saved in: MIDI, MusicXML, ABC, pictures, sound."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from violin.errors import NotationError
from violin.files import write_whole
from violin.midi import phrase_bytes
from violin.music import Phrase
from violin.notation.marks import Marks

FORMS = ("mid", "musicxml", "mxl", "abc", "svg", "png", "pdf", "roll.png", "wav", "flac", "mp3")
_OTHER_SUFFIXES = {"midi": "mid", "xml": "musicxml"}
_SOUNDS = ("wav", "flac", "mp3")


@dataclass(frozen=True)
class FormOptions:
    """What a picture or a sound shows.

    fingering       write a finger over each note of pictures and scores
    given_bars      bars, from 0, that are shaded in pictures
    colored         colours "#RRGGBB" by the place of a note in `Phrase.on_grid().notes`
    title           written into MusicXML and ABC
    width_px        of SVG; PNG has `scale` pixels for each
    rate            samples a second; `seconds` cuts or fills the sound to this length
    engine          "auto", "fluidsynth" or "builtin"; `soundfont` the path of an .sf2 file
    """

    fingering: bool = True
    given_bars: tuple[int, ...] = ()
    colored: Mapping[int, str] = field(default_factory=dict)
    title: str = ""
    width_px: int = 840
    scale: float = 2.0
    rate: int = 44_100
    seconds: float | None = None
    engine: str = "auto"
    soundfont: str | None = None


def form_of(path: str | os.PathLike[str]) -> str:
    """The form of a file name's suffix; NotationError names the legal suffixes.

    >>> form_of("a.MID"), form_of("b.roll.png"), form_of("c.png")
    ('mid', 'roll.png', 'png')
    """
    name = os.fspath(path).lower()
    suffix = "roll.png" if name.endswith(".roll.png") else Path(name).suffix[1:]
    form = _OTHER_SUFFIXES.get(suffix, suffix)
    if form not in FORMS:
        raise NotationError(
            f"{os.fspath(path)}: unknown suffix; legal: {', '.join('.' + one for one in FORMS)}"
        )
    return form


def save(phrase: Phrase, path: str | os.PathLike[str], **options: Any) -> Path:
    """Write the phrase in the form of the suffix, whole or not at all; returns the path.

    `options` are fields of `FormOptions`; TypeError for another name. Scores and pictures hold
    `phrase.on_grid()`; a MIDI file keeps the phrase's own ticks.
    """
    written = Path(path)
    write_whole(written, form_bytes(phrase, form_of(path), FormOptions(**options)))
    return written


def form_bytes(phrase: Phrase, form: str, options: FormOptions | None = None) -> bytes:
    """The bytes of a file of one of `FORMS`. MissingLibraryError if a library for it is missing."""
    options = options or FormOptions()
    if form == "mid":
        return phrase_bytes(phrase)
    if form in _SOUNDS:
        return _sound(phrase, form, options)
    if form == "roll.png":
        from violin.interop.piano_roll import piano_roll_png

        return piano_roll_png(phrase)
    marks = finger_marks(phrase) if options.fingering else {}
    if form in ("musicxml", "mxl"):
        from violin.notation.musicxml import musicxml_bytes, mxl_bytes

        data = musicxml_bytes(phrase, marks=marks, colored=dict(options.colored), title=options.title)
        return mxl_bytes(data) if form == "mxl" else data
    if form == "abc":
        from violin.notation.abc import abc_text

        return abc_text(phrase, title=options.title).encode()
    return _picture(phrase, form, marks, options)


def finger_marks(phrase: Phrase) -> Marks:
    """The fingers and strings of a playable fingering, for scores and pictures."""
    from constraints.hand.fingering import find_path
    from constraints.hand.playability import onset_sets
    from violin.notation.marks import fingering_marks

    grid = phrase.on_grid()
    onsets = [(note.onset_ticks, note.pitch) for note in grid.notes]
    return fingering_marks(phrase, find_path(onset_sets(onsets, grid.ticks_per_beat)).steps)


def _picture(phrase: Phrase, form: str, marks: Marks, options: FormOptions) -> bytes:
    from violin.render.engraving import engrave
    from violin.render.pictures import pdf_bytes, png_bytes

    svg = engrave(
        phrase,
        marks=marks,
        given_bars=options.given_bars,
        colored=options.colored,
        title=options.title,
        width_px=options.width_px,
    )
    if form == "svg":
        return svg.encode()
    return png_bytes(svg, options.scale) if form == "png" else pdf_bytes(svg)


def _sound(phrase: Phrase, form: str, options: FormOptions) -> bytes:
    from violin.render.sound import audio_bytes, fitted, synthesize

    samples = synthesize(phrase, options.rate, options.engine, options.soundfont)
    if options.seconds is not None:
        samples = fitted(samples, options.rate, options.seconds)
    return audio_bytes(samples, options.rate, form)
