"""Scales: the pitch classes to which composing can be limited, by the names that musicians use.

>>> scale_named("A minor").pitch_classes
(0, 2, 4, 5, 7, 9, 11)
>>> str(scale_named("f# Harmonic Minor"))
'F# harmonic minor'
"""

from __future__ import annotations

from dataclasses import dataclass

from violin.errors import SettingsError

SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
ACCIDENTALS = {"": 0, "#": 1, "b": -1}

# Semitones above the tonic. "minor" is the natural minor; the melodic minor has both forms of the sixth
# and of the seventh degree, since it rises with one and falls with the other.
MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 8, 9, 10, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "whole tone": (0, 2, 4, 6, 8, 10),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A tonic, by its name, and a mode of `MODES`."""

    tonic: str
    mode: str = "major"

    def __post_init__(self) -> None:
        name = self.tonic.lower()
        if name[:1] not in SEMITONES or name[1:] not in ACCIDENTALS:
            raise SettingsError(f"tonic {self.tonic!r}; legal: a letter A to G, also with # or b")
        if self.mode not in MODES:
            raise SettingsError(f"mode {self.mode!r}; legal: {', '.join(MODES)}")

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The pitch classes of the scale, ascending; 0 is C."""
        name = self.tonic.lower()
        tonic = SEMITONES[name[0]] + ACCIDENTALS[name[1:]]
        return tuple(sorted((tonic + step) % 12 for step in MODES[self.mode]))

    def __str__(self) -> str:
        return f"{self.tonic[:1].upper()}{self.tonic[1:].lower()} {self.mode}"


def scale_named(text: str) -> Scale:
    """The scale that a text names: a tonic and a mode, major if none is named.

    >>> scale_named("Bb"), scale_named("E dorian")
    (Scale(tonic='Bb', mode='major'), Scale(tonic='E', mode='dorian'))
    """
    words = text.lower().replace("♯", "#").replace("♭", "b").split()
    tonic, mode = (words[0], " ".join(words[1:]) or "major") if words else ("", "major")
    try:
        scale = Scale(tonic, mode)
    except SettingsError:
        modes = ", ".join(MODES)
        raise SettingsError(f"scale {text!r}; legal: a tonic such as A or F#, then one of {modes}") from None
    return Scale(tonic[:1].upper() + tonic[1:], scale.mode)
