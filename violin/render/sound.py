"""A phrase as sound: by FluidSynth and a SoundFont if they are installed, else by a built-in instrument.

    samples = synthesize(phrase, rate=44_100)        # float32[n], -1 to 1
    data = audio_bytes(samples, 44_100, "flac")

The built-in instrument is a plain bowed string: harmonics that fall off as 1/n, those near the violin's body
resonances raised, with a slow attack and vibrato. It needs numpy alone.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from violin.errors import MissingLibraryError, SettingsError
from violin.music import Phrase

Samples = NDArray[np.float32]

ENGINES = ("auto", "fluidsynth", "builtin")
DEFAULT_RATE = 44_100
LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
TAIL_SECONDS = 0.8  # after the last barline, for the last note to fade
_PEAK = 0.9
_ATTACK_SECONDS, _RELEASE_SECONDS = 0.035, 0.12
_VIBRATO_HZ, _VIBRATO_DEPTH, _VIBRATO_DELAY_SECONDS = 5.6, 0.0035, 0.25
_MOST_HARMONICS = 24
_BODY_HZ = ((280.0, 60.0, 1.2), (460.0, 80.0, 1.5), (2_600.0, 700.0, 1.4))  # centre, width, gain


def synthesize(
    phrase: Phrase, rate: int = DEFAULT_RATE, engine: str = "auto", soundfont: str | None = None
) -> Samples:
    """The phrase as mono samples, float32[n] from -1 to 1, with a short tail.

    `engine` "auto" takes FluidSynth if it is installed and else the built-in instrument;
    MissingLibraryError for "fluidsynth" without it.
    """
    if engine not in ENGINES:
        raise SettingsError(f"unknown engine {engine!r}; legal: {', '.join(ENGINES)}")
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise SettingsError(f"{rate} samples a second; legal: {LOWEST_RATE} to {HIGHEST_RATE}")
    from violin.render.soundfont import find_soundfont, fluidsynth_samples, missing_for_fluidsynth

    if engine == "builtin" or (engine == "auto" and missing_for_fluidsynth(soundfont)):
        return _normalized(_builtin(phrase, rate))
    return _normalized(fluidsynth_samples(phrase, rate, find_soundfont(soundfont), TAIL_SECONDS))


def fitted(samples: Samples, rate: int, seconds: float) -> Samples:
    """The first `seconds` of the sound, faded out over the last tenth of a second, or filled with silence.

    >>> len(fitted(np.ones(100, np.float32), 16_000, 10.0))
    160000
    """
    wanted = round(seconds * rate)
    found = np.zeros(wanted, np.float32)
    kept = min(wanted, len(samples))
    found[:kept] = samples[:kept]
    if len(samples) > wanted:
        fade = min(rate // 10, wanted)
        found[wanted - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return found


def audio_bytes(samples: Samples, rate: int, form: str) -> bytes:
    """The samples as the bytes of a wav (16 bits), flac or mp3 file, mono."""
    if form == "wav":
        return _wav_bytes(samples, rate)
    if form not in ("flac", "mp3"):
        raise SettingsError(f"unknown kind of sound file {form!r}; legal: wav, flac, mp3")
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise MissingLibraryError(
            f"{form} needs soundfile; install it: pip install 'violin[audio]' (wav needs nothing)"
        ) from error
    written = io.BytesIO()
    soundfile.write(written, samples, rate, format=form.upper())
    return written.getvalue()


def note_times(phrase: Phrase) -> list[tuple[float, float, int]]:
    """(onset, end, MIDI pitch) of each note of `phrase.on_grid()`, in its order, times in seconds."""
    grid = phrase.on_grid()
    second = grid.tempo_us_per_beat / 1e6 / grid.ticks_per_beat
    return [(note.onset_ticks * second, note.end_ticks * second, note.pitch) for note in grid.notes]


def _wav_bytes(samples: Samples, rate: int) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes())
    return written.getvalue()


def _normalized(samples: Samples) -> Samples:
    peak = float(np.abs(samples).max(initial=0.0))
    return samples if peak == 0 else (samples * np.float32(_PEAK / peak)).astype(np.float32)


def _builtin(phrase: Phrase, rate: int) -> Samples:
    second = phrase.tempo_us_per_beat / 1e6 / phrase.ticks_per_beat
    length = round((phrase.length_ticks * second + TAIL_SECONDS) * rate)
    mixed = np.zeros(length, np.float32)
    for note in phrase.notes:
        start = round(note.onset_ticks * second * rate)
        sound = _tone(note.pitch, note.duration_ticks * second, rate)
        stop = min(start + len(sound), length)
        mixed[start:stop] += sound[: stop - start]
    return mixed


def _tone(pitch: int, seconds: float, rate: int) -> Samples:
    """One bowed note with its release, float32[n]."""
    held = max(round(seconds * rate), 1)
    times = np.arange(held + round(_RELEASE_SECONDS * rate), dtype=np.float32) / np.float32(rate)
    hertz = 440.0 * 2 ** ((pitch - 69) / 12)
    depth = _VIBRATO_DEPTH * np.clip((times - _VIBRATO_DELAY_SECONDS) / 0.3, 0, 1)
    turn = 2 * np.pi * hertz * times
    wobble = depth * hertz / _VIBRATO_HZ * np.sin(2 * np.pi * _VIBRATO_HZ * times)
    phase = turn + wobble
    # All harmonics from one complex turn: z, z², z³, …
    step = np.exp(1j * phase).astype(np.complex64)
    harmonic = step.copy()
    sound = np.zeros(len(times), np.float32)
    for number, gain in _harmonics(hertz, rate):
        if number > 1:
            harmonic *= step
        sound += np.float32(gain) * harmonic.imag
    envelope = np.minimum(times / _ATTACK_SECONDS, 1.0)
    envelope[held:] *= np.linspace(1, 0, len(times) - held, dtype=np.float32) ** 2
    return np.asarray(sound * envelope, np.float32)


def _harmonics(hertz: float, rate: int) -> Iterable[tuple[int, float]]:
    """(number, gain) of the harmonics below half the rate."""
    for number in range(1, _MOST_HARMONICS + 1):
        here = number * hertz
        if here >= rate / 2:
            return
        body = 1 + sum(gain / (1 + ((here - centre) / width) ** 2) for centre, width, gain in _BODY_HZ)
        yield number, body / number
