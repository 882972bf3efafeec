"""What pictures and sound need, whether it is here, and the command that installs it."""

from __future__ import annotations

from typing import NamedTuple

from violin.errors import MissingLibraryError
from violin.render.soundfont import find_soundfont, missing_for_fluidsynth


class Check(NamedTuple):
    """One need: what it is for, what was found, and how to install it ("" if it is installed)."""

    needed_for: str
    found: str
    remedy: str


def diagnose(soundfont: str | None = None) -> list[Check]:
    """Every library that `violin render` can use, in the order of the forms."""
    return [
        Check("midi, musicxml, abc, wav", "built in", ""),
        _engraving(),
        _pictures(),
        _piano_roll(),
        _flac_and_mp3(),
        _fluidsynth(soundfont),
    ]


def _engraving() -> Check:
    try:
        import verovio
    except ImportError:
        return Check("svg", "verovio is missing", "pip install 'violin[score]'")
    return Check("svg", f"verovio {verovio.toolkit().getVersion()}", "")


def _pictures() -> Check:
    try:
        import cairosvg
    except ImportError:
        return Check("png, pdf", "cairosvg is missing", "pip install 'violin[score]'")
    except OSError:
        return Check("png, pdf", "the cairo library is missing", "apt-get install libcairo2")
    return Check("png, pdf", f"cairosvg {cairosvg.__version__}", "")


def _piano_roll() -> Check:
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        return Check("roll.png", "matplotlib is missing", "pip install matplotlib")
    return Check("roll.png", "matplotlib", "")


def _flac_and_mp3() -> Check:
    try:
        import soundfile
    except (ImportError, OSError):
        return Check("flac, mp3", "soundfile is missing", "pip install 'violin[audio]'")
    return Check("flac, mp3", f"soundfile {soundfile.__version__}", "")


def _fluidsynth(soundfont: str | None) -> Check:
    what = "sound of a sampled violin"
    try:
        missing = missing_for_fluidsynth(soundfont)
        found = find_soundfont(soundfont)
    except MissingLibraryError as error:
        return Check(what, str(error), "name another --soundfont")
    if missing:
        reason, _, remedy = missing.partition(": ")
        return Check(what, f"{reason}; the built-in instrument plays", remedy)
    return Check(what, f"FluidSynth with {found}", "")
