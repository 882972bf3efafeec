"""Note names in keys, and which accidentals a bar needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from violin.music import Key
from violin.notation.spelling import BarAccidentals, key_alter, spell

_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@given(st.integers(0, 127), st.integers(-7, 7), st.booleans())
def test_a_name_sounds_as_its_pitch(pitch: int, fifths: int, minor: bool) -> None:
    name = spell(pitch, Key(fifths, minor))
    assert 12 * (name.octave + 1) + _SEMITONES[name.step] + name.alter == pitch
    assert abs(name.alter) <= 2


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (Key(), "C C# D Eb E F F# G G# A Bb B"),
        (Key(0, minor=True), "C C# D D# E F F# G G# A Bb B"),
        (Key(-4), "C Db D Eb E F Gb G Ab A Bb Cb"),
        (Key(4), "B# C# D D# E E# F# G G# A A# B"),
        (Key(1, minor=True), "C C# D D# E F F# G G# A A# B"),
    ],
)
def test_the_twelve_names_of_a_key(key: Key, names: str) -> None:
    signs = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}
    found = {(name := spell(pitch, key)).step + signs[name.alter] for pitch in range(60, 72)}
    assert found == set(names.split())


def test_key_signatures() -> None:
    assert [key_alter(step, Key(2)) for step in "FCGDAEB"] == [1, 1, 0, 0, 0, 0, 0]
    assert [key_alter(step, Key(-3)) for step in "FCGDAEB"] == [0, 0, 0, 0, -1, -1, -1]


def test_an_accidental_holds_to_the_barline_in_its_octave() -> None:
    bar = BarAccidentals(Key(1))  # G major
    assert bar.sign(spell(66, Key(1))) is None  # F sharp is in the key
    assert bar.sign(spell(61, Key(1))) == 1
    assert bar.sign(spell(61, Key(1))) is None
    assert bar.sign(spell(73, Key(1))) == 1  # another octave
    assert bar.sign(spell(60, Key(1))) == 0
