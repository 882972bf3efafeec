"""Phrases as JSON values and back."""

from __future__ import annotations

from typing import Any

from violin.errors import NotationError
from violin.music import (
    DEFAULT_TEMPO_US_PER_BEAT,
    DEFAULT_VELOCITY,
    TICKS_PER_BEAT,
    Key,
    Meter,
    Note,
    Phrase,
)
from violin.studio import fields
from violin.studio.fields import Fields

KEYS = {str(key): key for minor in (False, True) for key in (Key(fifths, minor) for fifths in range(-7, 8))}
MOST_NOTES = 20_000
MOST_BARS = 2_000
_MOST_TICKS = 1 << 28


def notes_json(phrase: Phrase) -> dict[str, Any]:
    """Every value of a phrase; `phrase_from` gives the same phrase back.

    >>> phrase = Phrase((Note(0, 69, 48),), bars=1, key=Key(2))
    >>> phrase_from(notes_json(phrase)) == phrase
    True
    """
    return {
        "notes": [[note.onset_ticks, note.pitch, note.duration_ticks] for note in phrase.notes],
        "bars": phrase.bars,
        "meter": str(phrase.meter),
        "key": str(phrase.key) if phrase.key else None,
        "tempo_us_per_beat": phrase.tempo_us_per_beat,
        "velocity": phrase.velocity,
        "ticks_per_beat": phrase.ticks_per_beat,
    }


def phrase_from(values: Fields) -> Phrase:
    """The phrase in a JSON object; SettingsError or NotationError says what is wrong with it."""
    listed = fields.rows(values, "notes", 3, MOST_NOTES)
    if any(max(row) >= _MOST_TICKS for row in listed):
        raise NotationError(f"the phrase cannot be read: a number is too large; legal: below {_MOST_TICKS}")
    key = fields.choice(values, "key", list(KEYS))
    try:
        return Phrase(
            tuple(Note(*row) for row in listed),
            fields.integer(values, "bars", 1, MOST_BARS, 1) or 1,
            meter_from(fields.text(values, "meter", "4/4")),
            KEYS[key] if key else None,
            fields.integer(values, "tempo_us_per_beat", 1, (1 << 24) - 1) or DEFAULT_TEMPO_US_PER_BEAT,
            fields.integer(values, "velocity", 1, 127) or DEFAULT_VELOCITY,
            fields.integer(values, "ticks_per_beat", 1, 0x7FFF) or TICKS_PER_BEAT,
        )
    except ValueError as error:
        raise NotationError(f"the phrase cannot be read: {error}") from None


def meter_from(text: str) -> Meter:
    """The meter of a text such as '3/4'; ValueError for any other text."""
    above, slash, below = text.partition("/")
    if not (slash and above.isdecimal() and below.isdecimal() and len(text) < 8):
        raise ValueError(f"meter {text!r}; legal: such as 3/4")
    return Meter(int(above), int(below))
