"""Phrases from a user's own files: folders and zips of MIDI, for training and judging."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from data_prep.store import OTHER, PhraseStore, StoredPhrase
from models.judge.canonical import canonical
from models.judge.fit import Foreign
from violin.challenge import COMPOSERS, DEFAULT_BARS, METERS, SLUGS
from violin.errors import CorpusError, MidiError
from violin.midi import read_phrase
from violin.music import Phrase

_NUMBERED = re.compile(r"composer[ _-]?([1-8])\Z", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")
_MIDI_ENDINGS = (".mid", ".midi")


class Found(NamedTuple):
    """A file: its name for people, its folder's composer if that tells one, its bytes."""

    name: str
    composer: str | None
    data: bytes


def midi_files(place: Path) -> list[Found]:
    """All MIDI files under a folder, or a single file, in numeric order: 2.mid before 10.mid."""
    paths = [place] if place.is_file() else [one for one in place.rglob("*") if is_midi(one.name)]
    ordered = sorted(paths, key=lambda one: numeric_order(str(one)))
    return [
        Found(str(path), composer_of(path.parts), path.read_bytes()) for path in ordered if path.is_file()
    ]


def is_midi(name: str) -> bool:
    return name.lower().endswith(_MIDI_ENDINGS)


def numeric_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key under which numbers within names count as numbers."""
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in _DIGITS.split(name) if part
    )


def composer_of(folders: Iterable[str]) -> str | None:
    """The slug that the innermost telling folder names, as 'paganini' or 'composer4'."""
    for folder in reversed(list(folders)):
        numbered = _NUMBERED.match(folder)
        if numbered:
            return COMPOSERS[int(numbered[1]) - 1].slug
        if folder.lower() in SLUGS:
            return folder.lower()
    return None


def own_store(place: Path, on_skip: Callable[[str], None] = lambda line: None) -> PhraseStore:
    """A store of a user's own human files, cut into phrases of eight bars; every file is a work, and
    works are dealt to the sides by a hash of their name: 70 % training, 15 and 15."""
    stored = []
    for found in midi_files(place):
        try:
            phrase = read_phrase(found.data, name=found.name)
        except MidiError as error:
            on_skip(str(error))
            continue
        split = _side(Path(found.name).name)
        for start, part in cut(phrase):
            stored.append(
                StoredPhrase(
                    phrase=part.on_grid(),
                    composer=found.composer or OTHER,
                    source_composer=found.composer or OTHER,
                    work_id=found.name,
                    work_group=found.name,
                    part="solo",
                    start_bar=start,
                    split=split,
                    window=False,
                    source=str(place),
                    licence_class="own",
                )
            )
    if not stored:
        raise CorpusError(f"{place}: no phrase in 3/4 or 4/4 could be read")
    return PhraseStore(stored)


def foreign_system(place: Path, on_skip: Callable[[str], None] = lambda line: None) -> Foreign:
    """The phrases of one generator, from its folder; the folder's name is the system's."""
    lines, composers = [], []
    for number, found in enumerate(midi_files(place)):
        try:
            phrase = read_phrase(found.data, name=found.name)
        except MidiError as error:
            on_skip(str(error))
            continue
        for _, part in cut(phrase):
            lines.append(canonical(part))
            composers.append(found.composer or SLUGS[number % len(SLUGS)])
    if not lines:
        raise CorpusError(f"{place}: no phrase in 3/4 or 4/4 could be read")
    return Foreign(place.stem or str(place), lines, composers)


def cut(phrase: Phrase) -> Iterator[tuple[int, Phrase]]:
    """(first bar, phrase) of at most 16 bars; longer music is cut every eight bars."""
    if phrase.meter not in METERS:
        return
    if phrase.bars <= 2 * DEFAULT_BARS:
        yield 0, phrase
        return
    for start in range(0, phrase.bars - DEFAULT_BARS + 1, DEFAULT_BARS):
        part = phrase.slice_bars(start, DEFAULT_BARS)
        if part.notes:
            yield start, part


def _side(name: str) -> str:
    share = zlib.crc32(name.encode()) % 100
    return "train" if share < 70 else "validation" if share < 85 else "test"
