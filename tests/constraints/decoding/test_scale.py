"""Scales by name."""

from __future__ import annotations

import pytest

from constraints.decoding.scale import MODES, Scale, scale_named
from violin.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "pitch_classes"),
    [
        ("C", (0, 2, 4, 5, 7, 9, 11)),
        ("a MINOR", (0, 2, 4, 5, 7, 9, 11)),
        ("A harmonic minor", (0, 2, 4, 5, 8, 9, 11)),
        ("Eb major", (0, 2, 3, 5, 7, 8, 10)),
        ("F♯  dorian", (1, 3, 4, 6, 8, 9, 11)),
        ("Cb major pentatonic", (1, 3, 6, 8, 11)),
    ],
)
def test_a_name_gives_pitch_classes(text: str, pitch_classes: tuple[int, ...]) -> None:
    assert scale_named(text).pitch_classes == pitch_classes


def test_each_scale_reads_back_from_its_name() -> None:
    for mode in MODES:
        for tonic in ("C", "F#", "Bb"):
            scale = Scale(tonic, mode)
            assert scale_named(str(scale)) == scale


@pytest.mark.parametrize("text", ["", "H minor", "A blues", "minor", "A# b", "A minor minor"])
def test_an_unknown_scale_is_refused_with_the_legal_ones(text: str) -> None:
    with pytest.raises(SettingsError, match=f"scale {text!r}; legal: a tonic .* melodic minor"):
        scale_named(text)


def test_the_parts_of_a_scale_are_checked() -> None:
    with pytest.raises(SettingsError, match="tonic 'X'"):
        Scale("X")
    with pytest.raises(SettingsError, match="mode 'sad'; legal: major, minor"):
        Scale("A", "sad")
