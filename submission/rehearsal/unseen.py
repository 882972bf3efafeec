"""Human phrases for rehearsals that the shipped models were not trained on.

From a phrase store, they are its test split, and for a composer without test phrases its validation
split (or the other way round). From music21's corpus or a folder with a manifest, only works on the
shipped list of held-out works are read, and no more than needed. A plain folder of scores is
assumed to be unseen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from random import Random

from data_prep.corpus.acceptance import fault_of
from data_prep.corpus.cutting import attribution
from data_prep.corpus.deduplicate import first_occurrences
from data_prep.corpus.held_out import held_out_works
from data_prep.corpus.store import OTHER, PHRASES_NAME, PhraseStore
from data_prep.phrases.segment import segment
from data_prep.readers.catalogue import (
    MANIFEST_NAME,
    Entry,
    folder_entries,
    manifest_entries,
    music21_entries,
)
from data_prep.readers.reading import read_sources
from violin.challenge import SLUGS
from violin.errors import CorpusError
from violin.music import Phrase

MUSIC21 = "music21"
SIDES = ("test", "validation")
_READ_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class HumanPhrase:
    """A phrase on the 48-tick grid, its composer (a slug or "other") and its place in the source."""

    phrase: Phrase
    composer: str
    source: str


def unseen_phrases(
    corpus: str,
    wanted: int,
    seed: int = 1,
    workers: int = 1,
    cache: str | Path | None = None,
    on_read: Callable[[str], None] = lambda path: None,
    side: str = SIDES[0],
) -> list[HumanPhrase]:
    """Phrases to draw from, in an order that depends on the seed: up to `wanted` of each composer,
    and additional ones by others.

    `side` is preferred: "test" for reports, "validation" while settings are still chosen.

    `corpus` is "music21", the folder of a phrase store, a folder with a manifest.csv or a folder
    of scores. `on_read` is called with each file that was read. Raises CorpusError if there are no
    unseen phrases.
    """
    cache = Path(cache) if cache is not None else None
    folder = Path(corpus)
    if corpus == MUSIC21:
        entries = _held_out(music21_entries(), corpus, side)
    elif (folder / PHRASES_NAME).is_file():
        return _of_store(PhraseStore.load(folder), corpus, seed, side)
    elif (folder / MANIFEST_NAME).is_file():
        entries = _held_out(manifest_entries(folder), corpus, side)
    else:
        entries = folder_entries(folder, OTHER)
    found = _of_entries(entries, wanted, seed, workers, cache, on_read)
    if not found:
        raise CorpusError(f"{corpus}: no phrase of 8 bars or more in {len(entries)} unseen scores")
    return found


def _held_out(entries: Sequence[Entry], corpus: str, side: str) -> list[Entry]:
    """The entries of works of a split; for composers without any, those of the other split."""
    sides = held_out_works()
    if not sides:
        raise CorpusError("the list of held-out works is not installed: name a phrase store instead")
    by_composer: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        if entry.work_group in sides:
            by_composer[entry.composer][sides[entry.work_group]].append(entry)
    found = [entry for own in by_composer.values() for entry in own.get(side) or own.get(_other(side)) or []]
    if not found:
        raise CorpusError(f"{corpus}: none of its {len(entries)} scores was held out of training")
    return found


def _other(side: str) -> str:
    return SIDES[1 - SIDES.index(side)]


def _of_store(store: PhraseStore, corpus: str, seed: int, side: str) -> list[HumanPhrase]:
    found = []
    for slug in (*SLUGS, OTHER):
        chosen = store.select(side, slug) or store.select(_other(side), slug)
        found += [
            HumanPhrase(
                stored.phrase,
                slug,
                f"{stored.work_id} {stored.part} from bar {stored.start_bar + 1}".strip(),
            )
            for stored in chosen
        ]
    if not found:
        raise CorpusError(f"{corpus}: the store has no phrase in the test or validation split")
    Random(f"unseen/{seed}").shuffle(found)
    return found


def _of_entries(
    entries: Sequence[Entry],
    wanted: int,
    seed: int,
    workers: int,
    cache: Path | None,
    on_read: Callable[[str], None],
) -> list[HumanPhrase]:
    """Read until each composer of the challenge with a score here has enough phrases, and the total
    is enough for those without."""
    found: list[HumanPhrase] = []
    counts: dict[str, int] = defaultdict(int)
    waiting = list(_in_turn(_editions(entries), seed))
    while waiting:
        missing = {slug for slug in SLUGS if counts[slug] < wanted}
        own = [entry for entry in waiting if entry.composer in missing]
        if not own and len(found) >= 2 * wanted:
            break
        chosen = (own or waiting)[:_READ_AT_ONCE]
        waiting = [entry for entry in waiting if entry not in chosen]
        parts, _ = read_sources(
            chosen,
            cache_dir=cache,
            workers=workers,
            on_progress=lambda entry: on_read(entry.path),
        )
        for part in parts:
            composer, _ = attribution(part)
            for cut in segment(part, windows=False).cuts:
                if not fault_of(cut.phrase):
                    source = f"{part.work_id} {part.role} from bar {cut.start_bar + 1}"
                    found.append(HumanPhrase(cut.phrase, composer, source))
                    counts[composer] += 1
    fresh = first_occurrences(human.phrase for human in found)
    found = [human for human, is_first in zip(found, fresh, strict=True) if is_first]
    Random(f"unseen/{seed}").shuffle(found)
    return found


def _editions(entries: Sequence[Entry]) -> list[Entry]:
    """One of the files that differ only in their suffix."""
    one = {PurePath(entry.path).with_suffix(""): entry for entry in reversed(entries)}
    return list(one.values())


def _in_turn(entries: Sequence[Entry], seed: int) -> Iterator[Entry]:
    """The entries of all composers in turn, each composer's shuffled with the seed."""
    by_composer: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.path):
        by_composer[entry.composer].append(entry)
    for composer, own in by_composer.items():
        Random(f"order/{seed}/{composer}").shuffle(own)
    longest = max(map(len, by_composer.values()), default=0)
    for place in range(longest):
        for composer in sorted(by_composer):
            if place < len(by_composer[composer]):
                yield by_composer[composer][place]
