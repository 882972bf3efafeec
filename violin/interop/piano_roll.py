"""A phrase as a piano roll: the matrix of pretty_midi, and a plot of it."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray

from violin.errors import MissingLibraryError
from violin.interop.midi_libraries import to_pretty_midi
from violin.music import Phrase, pitch_name

_STEPS_A_BEAT = 12
_LOWEST, _HIGHEST = 55, 88  # always shown: G3 to E6


def piano_roll(phrase: Phrase, steps_a_beat: int = _STEPS_A_BEAT) -> NDArray[np.float64]:
    """Velocities by pitch and time: float64[128, steps], as `PrettyMIDI.get_piano_roll` gives them."""
    steps_a_second = steps_a_beat * 1e6 / phrase.tempo_us_per_beat
    return np.asarray(to_pretty_midi(phrase).get_piano_roll(fs=steps_a_second), np.float64)


def piano_roll_png(phrase: Phrase) -> bytes:
    """The piano roll as a PNG with barlines and note names; MissingLibraryError without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingLibraryError(
            "a piano roll needs matplotlib; install it: pip install matplotlib"
        ) from error
    roll = piano_roll(phrase)
    pitches = [note.pitch for note in phrase.notes]
    low, high = min([*pitches, _LOWEST]), max([*pitches, _HIGHEST])
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    axes = figure.subplots()
    beats = phrase.bars * phrase.meter.beats_per_bar
    axes.imshow(
        roll[low : high + 1] > 0,
        aspect="auto",
        origin="lower",
        cmap="Greys",
        interpolation="nearest",
        extent=(0, roll.shape[1] / _STEPS_A_BEAT, low - 0.5, high + 0.5),
    )
    axes.set_xlim(0, beats)
    for bar in range(1, phrase.bars):
        axes.axvline(bar * phrase.meter.beats_per_bar, color="0.7", linewidth=0.6)
    ticks = [pitch for pitch in range(low, high + 1) if pitch % 12 in (0, 7)]
    axes.set_yticks(ticks, [pitch_name(pitch) for pitch in ticks])
    axes.set_xlabel("quarter notes")
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=110)
    return written.getvalue()
