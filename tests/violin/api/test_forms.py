"""`Phrase.save`: every suffix, and what is read back."""

from __future__ import annotations

from pathlib import Path

import pytest

import violin
from violin import Key, Meter, Note, Phrase
from violin.api.forms import FORMS

PHRASE = Phrase(tuple(Note(48 * beat, 62 + beat, 48) for beat in range(12)), 4, Meter(3, 4), Key(1))
SIGNATURES = {
    "mid": b"MThd",
    "musicxml": b"<?xml",
    "mxl": b"PK",
    "abc": b"X:1",
    "svg": b"<svg",
    "png": b"\x89PNG",
    "pdf": b"%PDF",
    "roll.png": b"\x89PNG",
    "wav": b"RIFF",
    "flac": b"fLaC",
    "mp3": b"",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_suffix(form: str, tmp_path: Path) -> None:
    if form in ("svg", "png", "pdf"):
        pytest.importorskip("verovio")
        pytest.importorskip("cairosvg")
    if form in ("flac", "mp3"):
        pytest.importorskip("soundfile")
    path = PHRASE.save(str(tmp_path / "new" / f"phrase.{form}"), rate=16_000)
    assert path.read_bytes().startswith(SIGNATURES[form])
    assert path.stat().st_size > 100
    if form in ("mid", "musicxml", "mxl", "abc"):
        assert violin.read(path) == PHRASE


def test_a_score_carries_the_fingering_unless_it_is_not_wanted(tmp_path: Path) -> None:
    fingered = PHRASE.save(tmp_path / "a.musicxml").read_text(encoding="utf-8")
    assert fingered.count("<fingering>") == len(PHRASE.notes)
    assert "<fingering>" not in PHRASE.save(tmp_path / "b.musicxml", fingering=False).read_text(
        encoding="utf-8"
    )


def test_an_unknown_suffix_and_an_unknown_option(tmp_path: Path) -> None:
    with pytest.raises(violin.ViolinError, match=r"a\.docx: unknown suffix; legal: \.mid, \.musicxml"):
        PHRASE.save(tmp_path / "a.docx")
    with pytest.raises(TypeError, match="color"):
        PHRASE.save(tmp_path / "a.svg", color=True)
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_shows_score_and_player() -> None:
    pytest.importorskip("verovio")
    html = PHRASE._repr_html_()
    assert 'src="data:image/svg+xml;base64,' in html
    assert 'src="data:audio/wav;base64,' in html
