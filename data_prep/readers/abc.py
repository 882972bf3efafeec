"""Rewrites ABC tune books without shorthand that music21 misreads.

music21 reads the notes of ABC, but not all of its shorthand. `plain_text` writes these out:

* an accidental holds to the barline, and through a tie, in every version of ABC (music21: from 2.0 on):
  each later note of the bar gets the sign itself;
* `Z4` and `X4`, rests of several bars, become so many bars of rest, and `x`, an invisible rest, becomes `z`;
* text before the first tune is left out; its fields and directives stay;
* a tempo with words or spaces around it, `Q: "Allegro" 1/4 = ca. 120`, becomes `Q:1/4=120`.

Source: Walshaw, The ABC Music Standard 2.1 (2011), sections 2.2, 3.1.8, 4.2, 4.5 and 11.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

FIELD = re.compile(r"[A-Za-z]:")
TOKEN = re.compile(
    r'"[^"\n]*"'  # a chord symbol or an annotation
    r"|![^!|\n]+!|\+[a-z]+\+"  # a decoration
    r"|\[[A-Za-z]:[^\]\n]*\]"  # an inline field
    r"|%.*"  # a comment
    r"|\$|\\"
    r"|\[\||:*\|+[:\]|]*|::+"  # a barline
    r"|(?P<sign>\^\^|\^|__|_|=)?(?P<note>[A-Ga-g])(?P<octave>[,']*)(?P<length>\d*/*\d*)(?P<tie>-?)"
    r"|[ZX]\d*|x"
    r"|.",
)
BARLINE = re.compile(r"\[\||:*\|+[:\]|]*$|::+$")
_VERSION = re.compile(r"%abc\b")
_PROPAGATION = re.compile(r"(?:%%|I:)\s*propagate-accidentals\s+(not|octave|pitch)")
_TEMPO = re.compile(r"(\d+/\d+)\s*=[^\d]*(\d+(?:\.\d+)?)")
_PLAIN_TEMPO = re.compile(r"\s*(?:[A-Ga-g]\d*/?\d*\s*=\s*)?\d+\s*(?:%.*)?$")
_METERS = {"C": Fraction(1), "C|": Fraction(1)}
_SIGNS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
_SHARP_ORDER = "FCGDAEB"


@dataclass
class PlainBook:
    """A book in plain ABC, and how many notes of each tune are altered by an accidental earlier in the
    bar."""

    text: str
    carried: list[int] = field(default_factory=list)


@dataclass
class _State:
    """What is in force at the place that the scan has reached."""

    meter: Fraction = Fraction(1)
    unit: Fraction | None = None
    propagation: str = "pitch"
    key: dict[str, int] = field(default_factory=dict)  # step -> alteration of the key signature
    bar: dict[str, str] = field(default_factory=dict)  # step, or step and octave -> sign in this bar
    tied: dict[str, str] = field(default_factory=dict)  # step and octave -> sign carried by an open tie
    last: dict[str, str] = field(default_factory=dict)  # the same of the last note or chord
    in_chord: bool = False
    in_grace: bool = False

    @property
    def bar_units(self) -> str:
        """The length of a bar in unit notes: "8", "3/2"."""
        unit = self.unit or (Fraction(1, 8) if self.meter >= Fraction(3, 4) else Fraction(1, 16))
        length = self.meter / unit
        return f"{length.numerator}" + (f"/{length.denominator}" if length.denominator > 1 else "")


def plain_text(text: str) -> PlainBook:
    """A book of tunes in plain ABC; see the module for what is written out."""
    book = PlainBook("")
    state = _State()
    lines = []
    in_header = True
    for line in _from_first_tune(text):
        directive = _PROPAGATION.match(line)
        if directive:
            state.propagation = directive.group(1)
        if _VERSION.match(line) or directive:
            continue  # with it music21 would apply accidentals a second time
        if line.startswith("X:"):
            state = _State(propagation=state.propagation)
            book.carried.append(0)
            in_header = True
        if FIELD.match(line):
            line = _field(line, state)
            in_header = in_header and not line.startswith("K:")
        elif not in_header and not line.startswith("%"):
            line = "".join(_music(line, state, book))
        lines.append(line)
    book.text = "\n".join(lines) + "\n"
    return book


def _from_first_tune(text: str) -> list[str]:
    """The lines without those before the first X: line that are not fields, directives or comments."""
    lines = text.splitlines()
    first = next((index for index, line in enumerate(lines) if line.startswith("X:")), 0)
    head = [line for line in lines[:first] if FIELD.match(line) or line.startswith("%")]
    return head + lines[first:]


def _field(line: str, state: _State) -> str:
    """Stores meter, unit and key in the state; returns the line, a tempo in its plain form."""
    kind, value = line[0], line[2:].partition("%")[0].strip()
    if kind == "M":
        state.meter = _METERS.get(value) or _fraction(value) or state.meter
    elif kind == "L":
        state.unit = _fraction(value) or state.unit
    elif kind == "K":
        state.key = _alterations(value)
        state.bar, state.tied = {}, {}
    elif kind == "V":
        state.bar, state.tied = {}, {}
    elif kind == "Q":
        tempo = _TEMPO.search(value)
        if tempo:
            return f"Q:{tempo.group(1)}={tempo.group(2)}"
        return line if _PLAIN_TEMPO.match(value) else "%"
    return line


def _fraction(text: str) -> Fraction | None:
    """ "6/8", "(2+3)/8" -> the fraction; None for anything else."""
    above, _, below = text.replace("(", "").replace(")", "").partition("/")
    try:
        found = Fraction(sum(int(part) for part in above.split("+")), int(below))
    except (ValueError, ZeroDivisionError):
        return None
    return found if found > 0 else None


def _alterations(value: str) -> dict[str, int]:
    """What a K: field alters: step -> semitones."""
    from music21 import abcFormat

    try:
        signature = abcFormat.ABCMetadata(f"K:{value}")
        signature.preParse()
        sharps, _ = signature.getKeySignatureParameters()
    except (abcFormat.ABCTokenException, ValueError, LookupError, TypeError, AttributeError):
        return {}
    sharps = int(sharps or 0)
    steps = _SHARP_ORDER[:sharps] if sharps > 0 else _SHARP_ORDER[7 + sharps :]
    return dict.fromkeys(steps, 1 if sharps > 0 else -1)


def _music(line: str, state: _State, book: PlainBook) -> Iterator[str]:
    """The tokens of a line of music, written out."""
    for match in TOKEN.finditer(line):
        token = match.group()
        if match.group("note"):
            yield _note(match, state, book)
        elif BARLINE.match(token):
            state.bar = {}
            yield token
        elif token[0] in "ZX":
            state.bar = {}
            yield "|".join([f"z{state.bar_units}"] * max(int(token[1:] or 1), 1))
        elif token == "x":
            yield "z"
        elif token == "-":  # a tie after a chord
            state.tied |= state.last
            yield token
        elif token[0] == "[" and token[1:2].isalpha() and token[2:3] == ":":
            plain = _field(token[1:-1], state)
            yield "" if plain == "%" else f"[{plain}]"
        else:
            if token in "[]{}":
                state.in_chord = token == "["
                state.in_grace = token == "{"
                state.last = {} if token == "[" else state.last
            yield token


def _note(match: re.Match[str], state: _State, book: PlainBook) -> str:
    """A note with the sign that applies to it."""
    step, sign = match.group("note").upper(), match.group("sign") or ""
    place = match.group("note") + match.group("octave")
    held = step if state.propagation == "pitch" else place
    carried = ""
    if sign:
        state.bar[held] = sign
    else:
        carried = state.tied.get(place, "")
        if not carried and state.propagation != "not":
            carried = state.bar.get(held, "")
        if carried and _SIGNS[carried] != state.key.get(step, 0) and book.carried and not state.in_grace:
            book.carried[-1] += 1
    state.tied.pop(place, None)
    if not state.in_chord:
        state.last = {}
    if sign or carried:
        state.last[place] = sign or carried
    if match.group("tie") and (sign or carried):
        state.tied[place] = sign or carried
    return (sign or carried) + match.group()[len(sign) :]
