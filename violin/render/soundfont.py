"""FluidSynth and its SoundFont: where they are, what is missing, and the phrase played through them."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from violin.challenge import VIOLIN_PROGRAM
from violin.errors import MissingLibraryError
from violin.music import Phrase

SOUNDFONT_VARIABLE = "VIOLIN_SOUNDFONT"
_PLACES = (
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/sounds/sf2/TimGM6mb.sf2",
    "/usr/share/soundfonts/FluidR3_GM.sf2",
    "/usr/share/soundfonts/default.sf2",
    "/opt/homebrew/share/soundfonts/default.sf2",
)


def find_soundfont(named: str | None = None) -> Path | None:
    """The SoundFont to use: the named one, that of $VIOLIN_SOUNDFONT, the system's, or the one that
    pretty_midi contains; None if there is none. MissingLibraryError if a named one is missing."""
    wanted = named or os.environ.get(SOUNDFONT_VARIABLE)
    if wanted:
        if not Path(wanted).is_file():
            raise MissingLibraryError(f"{wanted}: no such SoundFont; legal: the path of an .sf2 or .sf3 file")
        return Path(wanted)
    found = find_spec("pretty_midi")
    bundled = [Path(found.origin).with_name("TimGM6mb.sf2")] if found and found.origin else []
    return next((path for path in [*map(Path, _PLACES), *bundled] if path.is_file()), None)


def missing_for_fluidsynth(soundfont: str | None = None) -> str:
    """What FluidSynth lacks here, in one line; empty if it can play."""
    try:
        import fluidsynth  # noqa: F401
    except ModuleNotFoundError:
        return "pyfluidsynth is not installed: pip install 'violin[audio]'"
    except (ImportError, OSError):
        return "the FluidSynth library is not installed: apt-get install libfluidsynth3"
    if find_soundfont(soundfont) is None:
        return "no SoundFont is installed: apt-get install fluid-soundfont-gm"
    return ""


def fluidsynth_samples(
    phrase: Phrase, rate: int, soundfont: str | Path | None, tail_seconds: float
) -> NDArray[np.float32]:
    """The phrase played by the SoundFont's violin, mono float32[n]. MissingLibraryError if it cannot."""
    missing = missing_for_fluidsynth(str(soundfont) if soundfont else None)
    if missing or soundfont is None:
        raise MissingLibraryError(missing or "no SoundFont is installed: apt-get install fluid-soundfont-gm")
    import fluidsynth

    synth = fluidsynth.Synth(samplerate=float(rate), gain=0.5)
    try:
        bank = synth.sfload(str(soundfont))
        if bank < 0:
            raise MissingLibraryError(f"{soundfont}: FluidSynth cannot read this SoundFont")
        synth.program_select(0, bank, 0, VIOLIN_PROGRAM)
        return _played(synth, phrase, rate, tail_seconds)
    finally:
        synth.delete()


def _played(synth: Any, phrase: Phrase, rate: int, tail_seconds: float) -> NDArray[np.float32]:
    second = phrase.tempo_us_per_beat / 1e6 / phrase.ticks_per_beat
    changes = sorted(
        change
        for note in phrase.notes
        for change in ((note.onset_ticks, 1, note.pitch), (note.end_ticks, 0, note.pitch))
    )
    parts, now = [], 0
    for tick, begins, pitch in changes:
        sample = round(tick * second * rate)
        if sample > now:
            parts.append(synth.get_samples(sample - now))
            now = sample
        if begins:
            synth.noteon(0, pitch, phrase.velocity)
        else:
            synth.noteoff(0, pitch)
    end = round((phrase.length_ticks * second + tail_seconds) * rate)
    parts.append(synth.get_samples(end - now))
    stereo = np.concatenate(parts).reshape(-1, 2).astype(np.float32)
    return np.asarray(stereo.mean(axis=1) / 32768, np.float32)
