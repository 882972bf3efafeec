"""Music that a user adds to a session: files, typed notes, and whether a phrase is read as a pair."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from violin.api.reading import read
from violin.challenge import METERS, MIN_BARS
from violin.errors import NotationError, PairError, SettingsError, printable
from violin.music import Phrase
from violin.pair import pair_of
from violin.studio import fields
from violin.studio.fields import Fields
from violin.studio.music.shapes import MOST_BARS, MOST_NOTES, phrase_from
from violin.studio.record import Record
from violin.studio.sessions import Session

_LONGEST_TITLE = 80


def add_file(session: Session, data: bytes, name: str) -> Record:
    """Add the phrase of a MIDI, MusicXML or ABC file. A phrase with a silent gap, or shorter than a phrase of
    the challenge, is read as a beginning and an ending."""
    shown = title_of(name)
    phrase = read(data, name=shown)
    if len(phrase.notes) > MOST_NOTES or phrase.bars > MOST_BARS:
        found = f"{len(phrase.notes)} notes in {phrase.bars} bars"
        raise NotationError(
            f"{shown}: {found}; legal: up to {MOST_NOTES} notes and {MOST_BARS} bars here; "
            "open longer pieces in the lint view"
        )
    return session.add(title=shown, phrase=phrase, **_reading(phrase, shown))


def add_notes(session: Session, values: Fields) -> Record:
    """Add a phrase that was typed in."""
    notes = values.get("phrase")
    if not isinstance(notes, dict):
        raise SettingsError("phrase: legal: an object with notes, bars, meter")
    phrase = phrase_from(notes)
    if not phrase.notes:
        raise NotationError("the phrase has no notes; legal: at least one")
    title = title_of(fields.text(values, "title", "Typed in"))
    return session.add(title=title, phrase=phrase, **_reading(phrase, title))


def read_as(session: Session, record: Record, values: Fields) -> Record:
    """Read an added phrase as a pair or as a whole phrase; `split` gives the bars of the beginning and of the
    ending. PairError if that makes no pair."""
    if record.kind not in ("pair", "phrase"):
        raise SettingsError("only an added phrase can be read as a pair")
    if fields.choice(values, "kind", ("pair", "phrase"), "pair") == "phrase":
        return session.update(record.id, kind="phrase", given=(), split=None)
    first, last = (fields.integer(values, name, 1, 15) for name in ("beginning", "ending"))
    split = (first, last) if first is not None and last is not None else None
    return session.update(record.id, **_as_pair(record.phrase, record.title, split))


def title_of(name: str) -> str:
    """The name of a file without folders and suffix, for display."""
    plain = PurePath(name.replace("\\", "/")).name
    stem = plain.rpartition(".")[0] or plain
    return printable(stem)[:_LONGEST_TITLE] or "phrase"


def _reading(phrase: Phrase, name: str) -> dict[str, Any]:
    whole: dict[str, Any] = {"kind": "phrase", "given": (), "split": None}
    if phrase.meter not in METERS:
        return whole
    try:
        found = pair_of(phrase, name)
    except PairError:
        return whole
    if found.bars is None and not found.gap_bars and phrase.bars >= MIN_BARS:
        return whole
    return _as_pair(phrase, name, None)


def _as_pair(phrase: Phrase, name: str, split: tuple[int, int] | None) -> dict[str, Any]:
    pair = pair_of(phrase, name, split)
    total = pair.given_bars + pair.gap_bars
    first, last = pair.sides
    given = (*range(1, first + 1), *range(total - last + 1, total + 1))
    return {"kind": "pair", "given": given, "split": (first, last)}
