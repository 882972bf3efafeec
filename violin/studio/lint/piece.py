"""A piece that the lint view shows: any MIDI file or one part of a score, its bars, pages and findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from constraints.linter.check import check_subject
from constraints.linter.finding import Finding, Profile
from constraints.linter.subject import Subject
from violin.api.reading import kind_of, score_part
from violin.errors import NotationError
from violin.music import Phrase
from violin.smf import parse
from violin.studio.lint.pages import MOST_BARS, Page, page_at, pages_of, phrase_of

Where = tuple[int, float | None]  # bar and beat, both from 1

_CHORD_RULES = ("P001", "P002", "P003", "P004", "P005")
"""Rules that report a chord once, at its first place, even if it returns."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a finding: its page, and the indices of its notes on that page."""

    finding: Finding
    page: int | None
    notes: tuple[int, ...]
    label: str


class Piece:
    """One piece. Findings and pages are computed when the piece is opened, phrases when asked for."""

    def __init__(self, data: bytes, name: str, profile: str = "corpus", part: str | None = None) -> None:
        """MidiError or NotationError (one line) if the file cannot be read."""
        self.name = name
        self.profile = Profile(profile)
        self.part: str | None = None
        self._measures: Any = None
        kind = kind_of(data)
        if kind != "midi":
            from data_prep.readers.score_midi import part_bytes

            found = score_part(data, name, kind, part)
            data, self.part, self._measures = part_bytes(found), found.name, found
        elif part:
            raise NotationError(f"{name}: a MIDI file is read whole; a part can be chosen in MusicXML")
        self.kind = kind
        self.subject = Subject(parse(data), name=name, profile=self.profile)
        self.pages: list[Page] = []
        self.trouble = ""  # why the piece cannot be written as a score
        if self.subject.smf.is_readable and self.subject.has_beats and self.subject.notes:
            try:
                self.pages = pages_of(self.subject, self.label)
            except NotationError as error:
                self.trouble = str(error)
        else:
            self.trouble = "there is no note that can be written"
        self.phrase = lru_cache(maxsize=64)(self._phrase)
        self.places = [self._labelled(finding) for finding in self._findings()]

    @property
    def bars(self) -> int:
        return self.subject.bars if self.subject.notes else 0

    @property
    def is_cut(self) -> bool:
        """Whether the piece has more bars than are shown."""
        return self.bars > MOST_BARS

    def label(self, bar: int) -> str:
        """The printed number of a bar (from 1): a score's own."""
        measures = self._measures.measures if self._measures is not None else ()
        return (measures[bar - 1] or str(bar)) if bar <= len(measures) else str(bar)

    def _phrase(self, index: int) -> Phrase:
        """The music of a page on the grid."""
        return phrase_of(self.subject, self.pages[index])

    def _findings(self) -> list[Finding]:
        """The findings in the order of the piece, those without a place first. A chord that returns has one
        at each of its places."""
        listed: list[Finding] = []
        for finding in check_subject(self.subject):
            listed += self._each_chord(finding) if finding.places > 1 else [finding]
        return sorted(listed, key=lambda one: (one.bar or 0, one.beat or 0, one.code))

    def _each_chord(self, finding: Finding) -> list[Finding]:
        if finding.code not in _CHORD_RULES or finding.bar is None:
            return [finding]
        by_place, places_of = self._hard_chords
        same = places_of.get(by_place.get((finding.bar, finding.beat), ()), [])
        if len(same) != finding.places:
            return [finding]
        return [replace(finding, bar=bar, beat=beat, places=1) for bar, beat in same]

    @cached_property
    def _hard_chords(self) -> tuple[dict[Where, tuple[int, ...]], dict[tuple[int, ...], list[Where]]]:
        """The pitches of each hard chord by its place, and its places (bar and beat) by its pitches."""
        by_place: dict[Where, tuple[int, ...]] = {}
        places_of: dict[tuple[int, ...], list[Where]] = {}
        for tick, pitches in sorted(chain.from_iterable(self.subject.hard_chords.values())):
            where = self.subject.bar_and_beat(tick)
            by_place[where] = pitches
            places_of.setdefault(pitches, []).append(where)
        return by_place, places_of

    def _labelled(self, finding: Finding) -> Place:
        page = page_at(self.pages, finding.bar - 1) if finding.bar is not None else None
        label = "" if finding.bar is None else self.label(finding.bar)
        if page is None or finding.bar is None:
            return Place(finding, None, (), label)
        tick = page.grid_tick(finding.bar - 1, finding.beat or 1.0)
        return Place(finding, page.index, self._notes_at(page, tick), label)

    def _notes_at(self, page: Page, tick: int) -> tuple[int, ...]:
        """The notes of a page that are struck at a grid tick, else those that sound then."""
        try:
            notes = self.phrase(page.index).notes
        except NotationError:
            return ()
        struck = tuple(index for index, note in enumerate(notes) if abs(note.onset_ticks - tick) <= 1)
        return struck or tuple(
            index for index, note in enumerate(notes) if note.onset_ticks <= tick < note.end_ticks
        )
