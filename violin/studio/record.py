"""One phrase of a session: the music, where it came from, and what is known about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from violin.errors import SettingsError, ViolinError
from violin.music import Phrase
from violin.pair import Pair, pair_of
from violin.studio import fields
from violin.studio.music.shapes import notes_json, phrase_from

KINDS = ("pair", "phrase", "answer", "fixed")


@dataclass(frozen=True, slots=True)
class Record:
    """A phrase as a session keeps it.

    id        "p1", "p2", …
    kind      "pair": a beginning and an ending to be answered; "phrase": a whole one; "answer": composed;
              "fixed": a phrase after fixes of the linter
    parent    the phrase that it was made from
    given     the bars, from 1, that were given and may not change; in a pair all bars with given music
    split     of a pair: the bars of its beginning and its ending
    composer  the slug of the style in which it was composed, or for which it is judged
    why       the measures by which answers are ranked, None for others
    certificate  see `violin.studio.music.certificate`
    """

    id: str
    title: str
    kind: str
    phrase: Phrase
    made: str
    parent: str | None = None
    given: tuple[int, ...] = ()
    split: tuple[int, int] | None = None
    composer: str | None = None
    job: str | None = None
    why: dict[str, Any] | None = None
    certificate: dict[str, Any] | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def shaded_bars(self) -> tuple[int, ...]:
        """The given bars, counted from 0, for the engraver."""
        return tuple(bar - 1 for bar in self.given)

    def pair(self) -> Pair:
        """The given pair; PairError if the phrase is not a pair."""
        return pair_of(self.phrase, self.title, self.split)

    def summary(self) -> dict[str, Any]:
        """The values that lists of phrases show."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "parent": self.parent,
            "made": self.made,
            "bars": self.phrase.bars,
            "meter": str(self.phrase.meter),
            "key": str(self.phrase.key) if self.phrase.key else None,
            "tempo_bpm": round(self.phrase.tempo_bpm, 2),
            "given": list(self.given),
            "split": list(self.split) if self.split else None,
            "composer": self.composer,
            "job": self.job,
            "why": self.why,
            "certificate": self.certificate,
            "settings": self.settings,
        }

    def to_bytes(self) -> bytes:
        """The record as a file."""
        return json.dumps({**self.summary(), "phrase": notes_json(self.phrase)}, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Record:
        """The record in a file; SettingsError or NotationError if it is not one."""
        try:
            values = json.loads(data)
            if not isinstance(values, dict) or not isinstance(values.get("phrase"), dict):
                raise SettingsError("not a phrase of the studio")
            return cls(
                id=fields.text(values, "id"),
                title=fields.text(values, "title"),
                kind=fields.choice(values, "kind", KINDS) or "phrase",
                phrase=phrase_from(values["phrase"]),
                made=fields.text(values, "made"),
                parent=fields.text(values, "parent") or None,
                given=tuple(int(bar) for bar in values.get("given") or ()),
                split=_split(values.get("split")),
                composer=fields.text(values, "composer") or None,
                job=fields.text(values, "job") or None,
                why=_object(values, "why"),
                certificate=_object(values, "certificate"),
                settings=_object(values, "settings") or {},
            )
        except ViolinError:
            raise
        except (ValueError, TypeError, RecursionError) as error:
            raise SettingsError(f"not a phrase of the studio: {error}") from None


def _split(value: object) -> tuple[int, int] | None:
    if isinstance(value, list) and len(value) == 2 and all(type(one) is int for one in value):
        return value[0], value[1]
    return None


def _object(values: dict[str, Any], name: str) -> dict[str, Any] | None:
    found = values.get(name)
    return found if isinstance(found, dict) else None
