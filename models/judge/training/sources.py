"""Phrases from a user's own files: folders and zips of MIDI, for training and judging."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from data_prep.corpus.store import OTHER, PhraseStore, StoredPhrase
from models.judge.features.canonical import canonical
from models.judge.files import midi_files
from models.judge.training.fit import Foreign
from violin.challenge import DEFAULT_BARS, METERS, SLUGS
from violin.errors import CorpusError, MidiError
from violin.midi import read_phrase
from violin.music import Phrase

_HELD_OUT, _LEAST_HELD_OUT = 0.15, 30  # share of the phrases; their least number


def own_store(place: Path, on_skip: Callable[[str], None] = lambda line: None) -> PhraseStore:
    """A store of a user's own human files, cut into phrases of eight bars. Every file is a work.
    Works are assigned to the splits in the order of a hash of their names: validation and test get
    works until each has 15 % of the phrases, or thirty in a small collection; training gets the
    rest."""
    stored: list[StoredPhrase] = []
    for found in midi_files(place):
        try:
            phrase = read_phrase(found.data, name=found.name)
        except MidiError as error:
            on_skip(str(error))
            continue
        before = len(stored)
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
                    split="train",
                    window=False,
                    source=str(place),
                    licence_class="own",
                )
            )
        if len(stored) == before:
            on_skip(f"{found.name}: {phrase.meter}, nothing in 3/4 or 4/4")
    if not stored:
        raise CorpusError(f"{place}: no phrase in 3/4 or 4/4 could be read")
    side = _sides(Counter(one.work_group for one in stored))
    return PhraseStore(replace(one, split=side[one.work_group]) for one in stored)


def own_works(store: PhraseStore) -> PhraseStore:
    """The store with only the eight composers' own works for training, as in the challenge's call.
    The test split is unchanged, because false alarms on other composers' music are measured there."""
    kept = [one for one in store if one.composer != OTHER or one.split == "test"]
    return PhraseStore(kept, {**store.manifest, "sha256": f"own works of {store.manifest.get('sha256')}"})


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


def _sides(phrases: Mapping[str, int]) -> dict[str, str]:
    """The split of each work, from the works' numbers of phrases."""
    order = sorted(phrases, key=lambda name: (zlib.crc32(Path(name).name.encode()), name))
    total = sum(phrases.values())
    wanted = max(_HELD_OUT * total, min(_LEAST_HELD_OUT, total / 4))
    sides: dict[str, str] = {}
    for side in ("validation", "test"):
        taken = 0
        for name in order:
            if taken < wanted and name not in sides and len(sides) + 1 < len(order):
                sides[name] = side
                taken += phrases[name]
    return {name: sides.get(name, "train") for name in order}
