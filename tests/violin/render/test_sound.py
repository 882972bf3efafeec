"""Sound: pitch, timing and length of what is synthesized, and the files that hold it."""

from __future__ import annotations

import io
import sys
import wave

import numpy as np
import pytest

from violin.errors import MissingLibraryError, SettingsError
from violin.music import Note, Phrase
from violin.render.sound import audio_bytes, fitted, note_times, synthesize
from violin.render.soundfont import find_soundfont, missing_for_fluidsynth

RATE = 16_000
PHRASE = Phrase((Note(0, 69, 96), Note(96, 81, 48)), 1, tempo_us_per_beat=500_000)  # 1 s of A4, half of A5


def _loudest_hertz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE / len(samples))


@pytest.mark.parametrize("engine", ["builtin", "fluidsynth"])
def test_each_note_sounds_at_its_time_and_pitch(engine: str) -> None:
    if engine == "fluidsynth" and missing_for_fluidsynth():
        pytest.skip(missing_for_fluidsynth())
    samples = synthesize(PHRASE, RATE, engine)
    assert samples.dtype == np.float32
    assert np.abs(samples).max() == pytest.approx(0.9, abs=1e-3)
    assert len(samples) == round(2.8 * RATE)  # a bar of two seconds and the tail

    def harmonic(start: float, end: float, fundamental: float) -> float:
        found = _loudest_hertz(samples[round(start * RATE) : round(end * RATE)]) / fundamental
        return abs(found - round(found)) / round(found) if round(found) else 1.0

    assert harmonic(0.1, 0.9, 440) < 0.02
    assert harmonic(1.05, 1.45, 880) < 0.02
    assert np.abs(samples[round(1.8 * RATE) : round(1.9 * RATE)]).max() < 0.3  # the rest


def test_the_builtin_instrument_is_deterministic() -> None:
    assert np.array_equal(synthesize(PHRASE, RATE, "builtin"), synthesize(PHRASE, RATE, "builtin"))


def test_ten_seconds_at_16_khz_are_exactly_that() -> None:
    samples = fitted(synthesize(PHRASE, RATE, "builtin"), RATE, 10.0)
    with wave.open(io.BytesIO(audio_bytes(samples, RATE, "wav"))) as file:
        assert (file.getnframes(), file.getframerate(), file.getnchannels()) == (160_000, RATE, 1)
    soundfile = pytest.importorskip("soundfile")
    for form in ("flac", "mp3"):
        info = soundfile.info(io.BytesIO(audio_bytes(samples, RATE, form)))
        assert (info.duration, info.samplerate) == (10.0, RATE)


def test_longer_sound_is_cut_with_a_fade() -> None:
    cut = fitted(np.ones(RATE, np.float32), RATE, 0.5)
    assert len(cut) == RATE // 2
    assert cut[0] == 1.0
    assert cut[-1] == 0.0


def test_note_times_are_seconds() -> None:
    assert note_times(PHRASE) == [(0.0, 1.0, 69), (1.0, 1.5, 81)]


@pytest.mark.parametrize(
    ("rate", "engine", "message"),
    [(RATE, "organ", "unknown engine 'organ'"), (100, "builtin", "100 samples a second; legal: 8000")],
)
def test_illegal_settings(rate: int, engine: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        synthesize(PHRASE, rate, engine)


def test_without_libraries_there_is_still_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    monkeypatch.setitem(sys.modules, "soundfile", None)
    assert "pip install 'violin[audio]'" in missing_for_fluidsynth()
    samples = synthesize(PHRASE, RATE)
    assert np.array_equal(samples, synthesize(PHRASE, RATE, "builtin"))
    assert audio_bytes(samples, RATE, "wav")[:4] == b"RIFF"
    with pytest.raises(MissingLibraryError, match="flac needs soundfile"):
        audio_bytes(samples, RATE, "flac")
    with pytest.raises(MissingLibraryError, match="pyfluidsynth"):
        synthesize(PHRASE, RATE, "fluidsynth")


def test_a_named_soundfont_must_be_there() -> None:
    with pytest.raises(MissingLibraryError, match=r"nowhere\.sf2: no such SoundFont"):
        find_soundfont("nowhere.sf2")
