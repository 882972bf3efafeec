"""Machine music from third-party systems, used only for evaluation.

A folder of systems holds `NAME/machine/SYSTEM/*.mid` or `NAME/machine/SYSTEM.txt` (folk-rnn token
text: ABC with spaces). Human phrases of the same kind may be under `NAME/human/`. They are the
better control, because they have the same kind of music and the same encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from models.judge.features.canonical import Line, canonical
from models.judge.files import midi_files
from models.judge.training.sources import cut
from violin.challenge import DEFAULT_BARS, METERS
from violin.errors import MidiError
from violin.midi import read_phrase
from violin.music import TICKS_PER_BEAT, Note, Phrase

_LEAST_NOTES = 8
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_MODES = {"maj": 0, "mix": -1, "dor": -2, "min": -3}
_SHARP_ORDER, _FLAT_ORDER = "FCGDAEB", "BEADGCF"
_NOTE = re.compile(r"([_^=]*)([A-Ga-gz])([,']*)\Z")
_LENGTH = re.compile(r"(\d*)(/?)(\d*)([<>]?)\Z")


class System(NamedTuple):
    """The lines of one system and of its human control (empty if there is none)."""

    name: str
    lines: list[Line]
    control: list[Line]


def systems(folder: Path) -> Iterator[System]:
    """Every system under a folder, sorted by name."""
    for home in sorted(folder.iterdir()):
        machine = home / "machine"
        if not machine.is_dir():
            continue
        control = _lines(home / "human") if (home / "human").is_dir() else []
        for place in sorted(machine.iterdir()):
            name = f"{home.name}/{place.stem if place.is_file() else place.name}"
            lines = list(_abc_lines(place)) if place.suffix == ".txt" else _lines(place)
            if lines:
                yield System(name, lines, control)


def _lines(place: Path) -> list[Line]:
    found = []
    for file in midi_files(place):
        try:
            phrase = read_phrase(file.data, name=file.name)
        except MidiError:
            continue
        found += [canonical(part) for _, part in cut(phrase) if len(part.notes) >= _LEAST_NOTES]
    return found


def _abc_lines(place: Path) -> Iterator[Line]:
    """The first eight bars of every tune in 3/4 or 4/4 of a file of folk-rnn tokens."""
    for tune in place.read_text(encoding="utf-8", errors="replace").split("\n\n"):
        phrase = abc_phrase(tune)
        if phrase is not None and len(phrase.notes) >= _LEAST_NOTES:
            yield canonical(phrase)


def abc_phrase(tune: str) -> Phrase | None:
    """Eight bars of a tune in spaced ABC (M:, K:, tokens; the unit is an eighth). None if the meter
    is not supported, a token is unknown, or the bars do not add up."""
    fields = dict(re.findall(r"^([MK]):\s*(\S+)", tune, re.MULTILINE))
    meter = next((one for one in METERS if str(one) == fields.get("M")), None)
    body = [line for line in tune.splitlines() if line and not re.match(r"[A-Z]:", line)]
    signature = _signature(fields.get("K", ""))
    if meter is None or signature is None or not body:
        return None
    bars = [bar for bar in re.split(r"\|\d?|:\|?|\|:", " ".join(body)) if bar.strip()]
    notes: list[Note] = []
    number = 0
    for bar in bars:
        read = _bar(bar.split(), signature)
        if read is None:
            return None
        length = sum((duration for _, duration in read), Fraction(0)) * TICKS_PER_BEAT / 2
        if length != meter.bar_ticks():
            if number == 0:
                continue  # an upbeat
            return None
        tick = Fraction(number * meter.bar_ticks())
        for pitch, duration in read:
            ticks = duration * TICKS_PER_BEAT / 2
            if pitch is not None and ticks >= 1:
                notes.append(Note(int(tick), pitch, max(1, int(ticks))))
            tick += ticks
        number += 1
        if number == DEFAULT_BARS:
            return Phrase(tuple(notes), number, meter)
    return None


def _bar(tokens: list[str], signature: dict[str, int]) -> list[tuple[int | None, Fraction]] | None:
    """(pitch or None for a rest, length in eighths) of a bar's tokens; None at an unknown token."""
    read: list[tuple[int | None, Fraction]] = []
    altered: dict[str, int] = {}
    carried = Fraction(1)  # the factor that "<" or ">" applies to the next note
    tuplet = 0
    for token in tokens:
        note, length = _NOTE.match(token), _LENGTH.match(token)
        if token == "(3":
            tuplet = 3
        elif note:
            read.append((_pitch(note, signature, altered), carried * (Fraction(2, 3) if tuplet else 1)))
            carried = Fraction(1)
            tuplet = max(0, tuplet - 1)
        elif length and read:
            over, slash, under, swing = length.groups()
            factor = Fraction(int(over or 1), int(under or 2) if slash else 1)
            if swing:
                factor *= Fraction(3, 2) if swing == ">" else Fraction(1, 2)
                carried = Fraction(1, 2) if swing == ">" else Fraction(3, 2)
            read[-1] = (read[-1][0], read[-1][1] * factor)
        else:
            return None
    return read


def _pitch(note: re.Match[str], signature: dict[str, int], altered: dict[str, int]) -> int | None:
    accidentals, letter, marks = note.groups()
    if letter == "z":
        return None
    place = letter + marks
    if accidentals:
        altered[place] = accidentals.count("^") - accidentals.count("_")
    name = letter.upper()
    octave = marks.count("'") - marks.count(",") + (letter.islower())
    return 60 + _LETTERS[name] + 12 * octave + altered.get(place, signature.get(name, 0))


def _signature(key: str) -> dict[str, int] | None:
    """The accidentals by letter of a key such as 'Cdor' or 'Gmaj'; None for an unknown key."""
    found = re.match(r"([A-G])([#b]?)(maj|min|dor|mix)\Z", key)
    if not found:
        return None
    letter, sign, mode = found.groups()
    fifths = "FCGDAEB".index(letter) - 1 + 7 * ((sign == "#") - (sign == "b")) + _MODES[mode]
    if abs(fifths) > 7:
        return None
    order = _SHARP_ORDER if fifths > 0 else _FLAT_ORDER
    return dict.fromkeys(order[: abs(fifths)], 1 if fifths > 0 else -1)
