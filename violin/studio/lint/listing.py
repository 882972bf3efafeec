"""The findings of a piece as rows: for the page's list, and as a CSV or JSON file."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from typing import Any

from constraints.linter.finding import Finding
from constraints.linter.selection import find_rule
from violin.music import pitch_name
from violin.studio.lint.piece import Piece, Place

COLUMNS = ("file", "bar", "beat", "code", "name", "severity", "message", "pitches")
MOST_ROWS = 5_000
# A spreadsheet reads a cell that begins with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(piece: Piece) -> list[dict[str, Any]]:
    """One row per finding: its index in the list, its page, and the ids of its notes there."""
    return [
        {
            "index": index,
            "code": place.finding.code,
            "name": place.finding.name,
            "severity": str(place.finding.severity),
            "message": place.finding.message,
            "bar": place.label,
            "beat": place.finding.beat,
            "page": place.page,
            "notes": [f"n{note}" for note in place.notes],
            "fix": place.finding.fix_kind.value,
        }
        for index, place in enumerate(piece.places[:MOST_ROWS])
    ]


def rules(piece: Piece) -> list[dict[str, Any]]:
    """The rules that found something, with their explanations and the number of their findings."""
    counts = Counter(place.finding.code for place in piece.places)
    worst: dict[str, Finding] = {}
    for place in piece.places:
        known = worst.setdefault(place.finding.code, place.finding)
        if place.finding.severity > known.severity:
            worst[place.finding.code] = place.finding
    return [
        {
            "code": code,
            "name": worst[code].name,
            "severity": str(worst[code].severity),
            "count": counts[code],
            **find_rule(code).documentation()._asdict(),
        }
        for code in sorted(counts)
    ]


def csv_bytes(piece: Piece) -> bytes:
    """All findings as CSV, UTF-8 with a byte order mark, as spreadsheets expect."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for place in piece.places:
        writer.writerow(_as_text(value) for value in _values(piece, place).values())
    return b"\xef\xbb\xbf" + written.getvalue().encode("utf-8", "replace")


def json_bytes(piece: Piece) -> bytes:
    """All findings as a JSON list, with the columns of the CSV file as keys."""
    listed = [_values(piece, place) for place in piece.places]
    return (json.dumps(listed, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _values(piece: Piece, place: Place) -> dict[str, Any]:
    finding = place.finding
    notes = piece.phrase(place.page).notes if place.page is not None else ()
    pitches = [pitch_name(notes[index].pitch) for index in place.notes]
    beat = None if finding.beat is None else round(finding.beat, 4)
    values = (piece.name, place.label, beat, finding.code, finding.name, str(finding.severity))
    return dict(zip(COLUMNS, (*values, finding.message, " ".join(pitches)), strict=True))


def _as_text(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
