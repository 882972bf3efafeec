"""Musical values on the command line: lengths, keys, pitches, meters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from models.composer.blend import Blend, is_blend
from violin.challenge import MAX_BARS, METERS, MIN_BARS, composer_named
from violin.errors import SettingsError
from violin.music import Key, Meter

if TYPE_CHECKING:
    from constraints.decoding.scale import Scale

_LETTERS = {"c": 0, "g": 1, "d": 2, "a": 3, "e": 4, "b": 5, "f": -1}
_MINOR_BELOW_MAJOR_FIFTHS = 3
_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


class BarsType(click.ParamType):
    """8..16 or auto."""

    name = "8..16|auto"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        text = str(value)
        if text == "auto":
            return text
        if text.isdecimal() and MIN_BARS <= int(text) <= MAX_BARS:
            return int(text)
        raise click.BadParameter(f"{text!r} bars; legal: {MIN_BARS} to {MAX_BARS}, or auto", ctx, param)


class ComposerType(click.ParamType):
    """A composer's slug from what people write: 'bach', 'Bach', 'composer1', 'sibelius'.

    `more` are further legal words, which come back as they are.
    """

    name = "composer"

    def __init__(self, *more: str) -> None:
        self.more = more

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return "COMPOSER"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if text.lower() in self.more:
            return text.lower()
        try:
            return composer_named(text).slug
        except ValueError as error:
            also = f" (or {', '.join(self.more)})" if self.more else ""
            raise click.BadParameter(f"{error}{also}", ctx, param) from None


class StyleType(ComposerType):
    """A composer, or a blend of composers as in 'bach+paganini' or '70bach+30paganini'."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if not is_blend(text):
            return super().convert(value, param, ctx)
        try:
            return str(Blend.parse(text))
        except SettingsError as error:
            raise click.BadParameter(str(error), ctx, param) from None


class KeyType(click.ParamType):
    """'D', 'F# minor', 'Bbm'."""

    name = "key"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Key:
        if isinstance(value, Key):
            return value
        words = str(value).strip().lower().replace("♭", "b").replace("♯", "#").split()
        mode = words[1] if len(words) == 2 else "major"
        tonic = words[0] if words else ""
        if len(words) == 1 and len(tonic) > 1 and tonic.endswith("m"):
            tonic, mode = tonic[:-1], "minor"
        letter, sign = tonic[:1], tonic[1:]
        if letter in _LETTERS and sign in ("", "#", "b") and mode in ("major", "minor") and len(words) <= 2:
            fifths = _LETTERS[letter] + {"": 0, "#": 7, "b": -7}[sign]
            fifths -= _MINOR_BELOW_MAJOR_FIFTHS if mode == "minor" else 0
            if -7 <= fifths <= 7:
                return Key(fifths, mode == "minor")
        raise click.BadParameter(f"key {value!r}; legal: such as 'D', 'Bb', 'F# minor' or 'Am'", ctx, param)


class PitchType(click.ParamType):
    """A MIDI number or a name: 55, G3, F#5, Bb4."""

    name = "pitch"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip().lower()
        if text.isdecimal():
            return int(text)
        letter, sign, octave = text[:1], text[1:-1], text[-1:]
        if letter in _SEMITONES and sign in ("", "#", "b") and octave.isdecimal():
            return 12 * (int(octave) + 1) + _SEMITONES[letter] + {"": 0, "#": 1, "b": -1}[sign]
        raise click.BadParameter(
            f"pitch {value!r}; legal: a MIDI number or a name such as G3 or F#5", ctx, param
        )


class SplitType(click.ParamType):
    """The given bars of beginning and ending: 2+1."""

    name = "split"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        from violin.errors import PairError
        from violin.pair import parse_sides

        try:
            return parse_sides(str(value))
        except PairError as error:
            raise click.BadParameter(str(error), ctx, param) from None


class MeterType(click.ParamType):
    name = "meter"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Meter:
        for meter in METERS:
            if str(value) == str(meter):
                return meter
        raise click.BadParameter(f"meter {value!r}; legal: {' or '.join(map(str, METERS))}", ctx, param)


class SpansType(click.ParamType):
    """Bars of a phrase, from 1: '4-5' or '3,6-7'."""

    name = "bars"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        return "BARS"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from violin.errors import PairError
        from violin.pair import parse_spans

        try:
            parse_spans(str(value))
        except PairError as error:
            raise click.BadParameter(str(error), ctx, param) from None
        return str(value)


class ScaleType(click.ParamType):
    """'A minor', 'F# harmonic minor', 'D dorian'."""

    name = "scale"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Scale:
        from constraints.decoding.scale import Scale, scale_named
        from violin.errors import SettingsError

        if isinstance(value, Scale):
            return value
        try:
            return scale_named(str(value))
        except SettingsError as error:
            raise click.BadParameter(str(error), ctx, param) from None
