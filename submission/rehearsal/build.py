"""Builds a rehearsal of the official datasets, which are not public, from phrases outside the
training data.

For each composer, their own phrases (and, if these are too few, phrases by others, as in the
official sets) are cut to their outer bars for the generator. The judge dataset has the same human
phrases whole and, for each, a machine phrase with the same outer bars. All files have the same
resolution and velocity, so that they differ only in the music. The labels are in a separate file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from random import Random

from models.generation.engine import Engine
from submission.archive import write_archive
from submission.assignments import Assignment
from submission.datasets import GivenFile
from submission.generator import GeneratedFile, compose
from submission.given import read_pairs
from submission.rehearsal.labels import HUMAN, MACHINE, write_key
from submission.rehearsal.unseen import HumanPhrase
from violin.challenge import (
    COMPOSERS,
    FILES_PER_COMPOSER,
    GENERATOR_DATASET,
    JUDGE_DATASETS,
    MAX_BARS,
    MIN_BARS,
    Composer,
    folder_name,
    phrase_file_name,
)
from violin.errors import CorpusError
from violin.midi import phrase_bytes
from violin.music import Phrase
from violin.pair import Pair, pair_of

FILE_TICKS_PER_BEAT = 480
_GIVEN_BARS = ((1, 1), (2, 1), (2, 2))  # the splits that a file without a gap can express
_TRIES = 200


class Layout(str, Enum):
    """The layout of a pair in its file; see `violin.pair`."""

    SIDE_BY_SIDE = "side-by-side"
    GAP = "gap"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Item:
    """One human phrase of the rehearsal: the whole phrase, its outer bars and its origin."""

    folder: Composer
    number: int
    phrase: Phrase
    pair: Pair
    layout: Layout
    human: HumanPhrase

    @property
    def name(self) -> str:
        return f"{folder_name(self.folder)}/{phrase_file_name(self.number)}"


def build_rehearsal(
    out: str | Path,
    humans: Sequence[HumanPhrase],
    engine: Engine,
    *,
    per_composer: int = FILES_PER_COMPOSER,
    layout: Layout = Layout.BOTH,
    seed: int = 1,
    workers: int = 1,
    on_done: Callable[[int], None] = lambda count: None,
) -> list[Item]:
    """Write both datasets and the key into a folder: a pair, a human and a machine phrase for each
    of `per_composer` numbers of each composer. Raises CorpusError if there are too few phrases."""
    out = Path(out)
    items = _read_back(
        [item for folder in COMPOSERS for item in choose_items(folder, humans, per_composer, layout, seed)]
    )
    assignments = [
        Assignment(item.folder, item.number, item.pair, item.phrase.bars, item.pair, item.phrase.bars)
        for item in items
    ]

    def write(files: Sequence[GeneratedFile]) -> None:
        write_archive(
            out / GENERATOR_DATASET, {item.name: phrase_bytes(laid_out(item.pair)) for item in items}
        )
        _write_judge_dataset(out, items, {file.name: file.data for file in files}, seed)

    compose(assignments, engine, write, work=out / "work", seed=seed, workers=workers, on_done=on_done)
    return items


def _write_judge_dataset(out: Path, items: Sequence[Item], machine: Mapping[str, bytes], seed: int) -> None:
    files: dict[str, bytes] = {}
    key: dict[str, dict[str, object]] = {}
    for folder in COMPOSERS:
        own = [item for item in items if item.folder == folder]
        phrases = [(item, HUMAN, phrase_bytes(item.phrase)) for item in own]
        phrases += [(item, MACHINE, machine[item.name]) for item in own]
        Random(f"order/{seed}/{folder.slug}").shuffle(phrases)
        for number, (item, label, data) in enumerate(phrases, start=1):
            name = f"{folder_name(folder)}/{phrase_file_name(number)}"
            files[name] = data
            key[name] = {
                "label": label,
                "pair": item.name,
                "layout": item.layout.value,
                "by": item.human.composer,
                "source": item.human.source,
                "bars": item.phrase.bars,
            }
    write_archive(out / JUDGE_DATASETS["final"], files)
    write_key(out, key)


def choose_items(
    folder: Composer, humans: Sequence[HumanPhrase], count: int, layout: Layout, seed: int
) -> list[Item]:
    """`count` different phrases for a folder: the composer's own first, then others'. If whole
    phrases are too few, shorter excerpts are used."""
    random = Random(f"items/{seed}/{folder.slug}")
    own = [human for human in humans if human.composer == folder.slug]
    others = [human for human in humans if human.composer != folder.slug]
    random.shuffle(others)
    stock = [*own, *others]
    if not stock:
        raise CorpusError("no human phrase to rehearse with")
    items: list[Item] = []
    seen: set[Phrase] = set()
    tries = 0
    while len(items) < count:
        human = stock[tries % len(stock)]
        whole = tries < len(stock)
        tries += 1
        if tries > len(stock) * _TRIES:
            raise CorpusError(f"{len(stock)} unseen phrases are too few for {count} files a composer")
        phrase = _in_file(human.phrase if whole else _stretch(human.phrase, random))
        if phrase is None or phrase in seen:
            continue
        pair, laid = _pair(phrase, layout, len(items), random)
        seen.add(phrase)
        items.append(Item(folder, len(items) + 1, phrase, pair, laid, human))
    return items


def _read_back(items: list[Item]) -> list[Item]:
    """The items, each with the pair as it will be read from a dataset of all items.

    If rests beside a gap make this a different pair, one bar is given on each side instead: both
    bars have onsets, so they are read correctly.
    """
    while True:
        files = [
            GivenFile(item.folder, item.number, item.name, phrase_bytes(laid_out(item.pair)))
            for item in items
        ]
        read = read_pairs(files)
        kept = [
            item if read[item.name].pair == item.pair or item.pair.sides == (1, 1) else _narrowed(item)
            for item in items
        ]
        if kept == items:
            return items
        items = kept


def _narrowed(item: Item) -> Item:
    return replace(item, pair=_outer_bars(item.phrase, 1, 1, item.layout))


def _in_file(phrase: Phrase) -> Phrase | None:
    """The phrase as a file stores it; None if an outer bar has no onset."""
    begun = {note.onset_ticks // phrase.bar_ticks for note in phrase.notes}
    if not MIN_BARS <= phrase.bars <= MAX_BARS or not {0, phrase.bars - 1} <= begun:
        return None
    return phrase.with_resolution(FILE_TICKS_PER_BEAT)


def _stretch(phrase: Phrase, random: Random) -> Phrase:
    bars = random.randint(MIN_BARS, phrase.bars)
    return phrase.slice_bars(random.randint(0, phrase.bars - bars), bars)


def _pair(phrase: Phrase, layout: Layout, place: int, random: Random) -> tuple[Pair, Layout]:
    """The outer bars as they will be read, in the requested layout; with both, layouts alternate."""
    chosen = layout
    if layout is Layout.BOTH:
        chosen = Layout.GAP if place % 2 else Layout.SIDE_BY_SIDE
    for first, last in (*random.sample(_GIVEN_BARS, len(_GIVEN_BARS)), (1, 1)):
        pair = _outer_bars(phrase, first, last, chosen)
        if pair_of(laid_out(pair)) == pair:  # otherwise silent bars would be read as part of the gap
            break
    return pair, chosen


def _outer_bars(phrase: Phrase, first: int, last: int, layout: Layout) -> Pair:
    """The first and the last bars of a phrase, cut at their barlines."""
    return Pair(
        phrase.slice_bars(0, first).notes,
        first,
        phrase.slice_bars(phrase.bars - last, last).notes,
        last,
        phrase.bars if layout is Layout.GAP else None,
        phrase.meter,
        phrase.key,
        phrase.tempo_us_per_beat,
        phrase.velocity,
        phrase.ticks_per_beat,
    )


def laid_out(pair: Pair) -> Phrase:
    """The music of a pair's file: with its gap if it has one, else the halves side by side."""
    bars = pair.bars or pair.given_bars
    shift = (bars - pair.ending_bars) * pair.bar_ticks
    return Phrase(
        (*pair.beginning, *(note.shifted(shift) for note in pair.ending)),
        bars,
        pair.meter,
        pair.key,
        pair.tempo_us_per_beat,
        pair.velocity,
        pair.ticks_per_beat,
    )
