"""The phrases of one composer: from a folder of scores, or from a phrase store by the source's name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from data_prep.corpus.acceptance import faults
from data_prep.corpus.cutting import cut_part
from data_prep.corpus.deduplicate import linked_groups, melody_ngrams
from data_prep.corpus.store import OTHER, PhraseStore, StoredPhrase
from data_prep.readers.catalogue import folder_entries
from data_prep.readers.reading import read_sources
from violin.errors import CorpusError


def phrases_of_scores(folder: str | Path) -> list[StoredPhrase]:
    """All phrases and overlapping windows of the violin parts in a folder, as the split "train".

    They are cut and checked as in `violin prepare`, but no piece is set aside. Pieces that share their music
    get one `work_group`. CorpusError if the folder is missing or holds no phrase that can be read.
    """
    parts, refusals = read_sources(folder_entries(Path(folder), OTHER), workers=1)
    roles: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        roles[part.path].add(part.role)
    cuts = [cut.stored for part in parts for cut in cut_part(part, roles[part.path], windows=True)[0]]
    sound = [stored for stored, fault in zip(cuts, faults(cuts), strict=True) if not fault]
    if not sound:
        first = f"; the first file refused: {refusals[0].path}: {refusals[0].reason}" if refusals else ""
        raise CorpusError(f"{folder}: no phrase of 8 to 16 bars of a violin{first}")
    equals = linked_groups(
        [melody_ngrams(stored.phrase) for stored in sound], [stored.work_group for stored in sound]
    )
    return [replace(stored, work_group=equals[stored.work_group]) for stored in sound]


def phrases_of_source(store: str | Path, source: str, split: str) -> list[StoredPhrase]:
    """The phrases of a source composer ("telemann") in one split of a store; of "train" also the windows.

    CorpusError if there are none; it names the sources that there are.
    """
    phrases = PhraseStore.load(store).select(split, windows=split == "train")
    found = [stored for stored in phrases if stored.source_composer == source]
    if not found:
        names = sorted({stored.source_composer for stored in phrases})
        raise CorpusError(f"{store}: no {split} phrases of {source!r}; there are: {', '.join(names)}")
    return found
