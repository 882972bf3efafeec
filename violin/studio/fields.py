"""Checked values of a JSON object; SettingsError says what was found and what is legal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from violin.errors import SettingsError

Fields = Mapping[str, Any]
MOST_TEXT = 200


def text(fields: Fields, name: str, default: str = "") -> str:
    """A text of at most 200 characters."""
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise SettingsError(f"{name}: {_shown(value)}; legal: a text of at most {MOST_TEXT} characters")
    return value


def integer(fields: Fields, name: str, low: int, high: int, default: int | None = None) -> int | None:
    """A whole number from `low` to `high`."""
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SettingsError(f"{name}: {_shown(value)}; legal: {low} to {high}")
    return value


def number(fields: Fields, name: str, low: float, high: float, default: float | None = None) -> float | None:
    """A number from `low` to `high`."""
    value = fields.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SettingsError(f"{name}: {_shown(value)}; legal: {low:g} to {high:g}")
    return float(value)


def choice(fields: Fields, name: str, legal: Sequence[str], default: str | None = None) -> str | None:
    """One of the legal words."""
    value = fields.get(name)
    if value is None:
        return default
    if value not in legal:
        raise SettingsError(f"{name}: {_shown(value)}; legal: {', '.join(legal)}")
    return str(value)


def flag(fields: Fields, name: str, default: bool = False) -> bool:
    """True or false."""
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise SettingsError(f"{name}: {_shown(value)}; legal: true or false")
    return value


def rows(fields: Fields, name: str, width: int, most: int) -> list[list[int]]:
    """A list of at most `most` rows of `width` whole numbers; an absent one is empty."""
    value = fields.get(name) or []
    if not isinstance(value, list) or len(value) > most:
        raise SettingsError(f"{name}: legal: a list of at most {most} entries")
    for row in value:
        if not isinstance(row, list) or len(row) != width or not all(type(one) is int for one in row):
            raise SettingsError(f"{name}: {_shown(row)}; legal: {width} whole numbers")
    return value


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
