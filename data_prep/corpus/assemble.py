"""Parts to store: cut, drop copies, check, deal the works to three sides.

The order is fixed by the music alone, so the same sources give the same store:

1. every part is cut into phrases and windows;
2. works whose phrases lie in each other are one work under two names, and will be dealt as one;
3. phrases stand in the order of trust in their encoding, and one that lies by more than half in
   those before it is dropped: repeats, ritornelli, further encodings of the same movement;
4. a phrase that the linter or the token language refuses is dropped with the reason;
5. works are dealt to sides, and a held-out phrase that shares more than half its n-grams with
   the training side is dropped. Windows are kept for training works, where three quarters of
   their bars were kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from data_prep.corpus.acceptance import faults
from data_prep.corpus.deduplicate import (
    COPY_SHARE,
    Hashes,
    containment,
    first_occurrences,
    linked_groups,
    melody_ngrams,
    note_ngrams,
)
from data_prep.corpus.held_out import known_sides
from data_prep.corpus.segment import segment
from data_prep.corpus.split import TRAIN, Work, assign_splits
from data_prep.corpus.stand_ins import GROUP_8, stored_weight
from data_prep.corpus.store import OTHER, StoredPhrase
from violin.challenge import SLUGS

if TYPE_CHECKING:
    from data_prep.grid.violin_part import ViolinPart

_GROUP_8_NAMES = {
    "saintsaens": "saint-saens",
    "saint-saens": "saint-saens",
    "prokofiev": "prokofiev",
    "sibelius": "sibelius",
}
_NOT_VIOLIN = "nonviolin"
_FORMAT_ORDER = (".krn", ".mxl", ".musicxml", ".xml", ".mscx", ".mscz", ".abc", ".mid", ".midi")
_WINDOW_KEPT_SHARE = 0.75


@dataclass
class Assembly:
    """Phrases in store order and what was left out on the way: composer -> reason -> number."""

    phrases: list[StoredPhrase] = field(default_factory=list)
    left_bars: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    dropped_phrases: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    linked_works: dict[str, str] = field(default_factory=dict)


def attribution(part: ViolinPart) -> tuple[str, str]:
    """(composer, source composer) of a part: the slug whose own violin music it is, or "other",
    and the composer as the source names him.

    Music that is not for the violin (songs, a piano's right hand) is nobody's own: it can only
    stand in.
    """
    source = part.composer.removeprefix("other/").lower()
    if source == GROUP_8:
        source = _GROUP_8_NAMES.get(part.work_group.partition(":")[0], source)
    slug = GROUP_8 if source in _GROUP_8_NAMES.values() else source
    if slug not in SLUGS or part.role.lower().replace("-", "").startswith(_NOT_VIOLIN):
        slug = OTHER
    return slug, source


def assemble(
    parts: Sequence[ViolinPart],
    *,
    windows: bool = True,
    workers: int = 1,
    on_progress: Callable[[str, int, int], object] | None = None,
) -> Assembly:
    """The phrases of some parts, without copies, each on its side.

    `workers` processes check the phrases; `on_progress` is told (stage, done, total).
    """
    tell = on_progress or (lambda stage, done, total: None)
    result = Assembly()
    cuts: list[StoredPhrase] = []
    for done, part in enumerate(sorted(parts, key=_trust), 1):
        cuts += _cut(part, windows, result)
        tell("cutting", done, len(parts))
    apart = [cut for cut in cuts if not cut.window]
    equals = linked_groups(
        [melody_ngrams(stored.phrase) for stored in apart], [stored.work_group for stored in apart]
    )
    result.linked_works = {group: equal for group, equal in equals.items() if group != equal}
    phrases = _accepted(_without_copies(apart, result), workers, result)
    sides = deal_works(phrases, equals)
    overlapping = _accepted(
        [
            stored
            for stored in _of_kept_bars([cut for cut in cuts if cut.window], phrases)
            if sides.get(stored.work_group) == TRAIN
        ],
        workers,
    )
    dealt = [replace(stored, split=sides[stored.work_group]) for stored in phrases]
    result.phrases = _unseen(dealt, overlapping, result) + overlapping
    return result


def _trust(part: ViolinPart) -> tuple[int, bool, float, str, str]:
    """Scores before sequences, a stated origin before web sequences by unnamed hands (licence
    class "unclear"; some of them are arrangements), the better quantised before the worse; then
    by name."""
    suffix = PurePath(part.path).suffix.lower()
    rank = _FORMAT_ORDER.index(suffix) if suffix in _FORMAT_ORDER else len(_FORMAT_ORDER)
    return rank, part.licence_class == "unclear", round(part.quantise_error_beats, 3), part.path, part.role


def _cut(part: ViolinPart, windows: bool, result: Assembly) -> list[StoredPhrase]:
    composer, source_composer = attribution(part)
    label = composer if composer != OTHER else f"{OTHER}/{source_composer}"
    segmented = segment(part, windows)
    result.left_bars[label].update(segmented.left_bars)
    return [
        StoredPhrase(
            phrase=cut.phrase,
            composer=composer,
            source_composer=source_composer,
            work_id=part.work_id,
            work_group=part.work_group,
            part=part.role,
            start_bar=cut.start_bar,
            split=TRAIN,
            window=cut.window,
            source=part.source,
            licence_class=part.licence_class,
            weight=stored_weight(composer, source_composer, part.work_group),
            path=part.path,
        )
        for cut in segmented.cuts
    ]


def label_of(stored: StoredPhrase) -> str:
    """The row of a report that a phrase belongs to: its slug, or "other/" and its source."""
    return stored.composer if stored.composer != OTHER else f"{OTHER}/{stored.source_composer}"


def _without_copies(phrases: list[StoredPhrase], result: Assembly) -> list[StoredPhrase]:
    kept = []
    for stored, fresh in zip(phrases, first_occurrences(item.phrase for item in phrases), strict=True):
        if fresh:
            kept.append(stored)
        else:
            result.dropped_phrases[label_of(stored)]["copy of an earlier phrase"] += 1
    return kept


def _accepted(
    phrases: list[StoredPhrase], workers: int, result: Assembly | None = None
) -> list[StoredPhrase]:
    """Those without fault; the others are counted in `result`."""
    kept = []
    for stored, fault in zip(phrases, faults(phrases, workers), strict=True):
        if not fault:
            kept.append(stored)
        elif result:
            result.dropped_phrases[label_of(stored)][fault] += 1
    return kept


def _of_kept_bars(windows: Sequence[StoredPhrase], phrases: Sequence[StoredPhrase]) -> list[StoredPhrase]:
    """The windows of which three quarters of the bars lie in a kept phrase of the same part."""
    kept: dict[tuple[str, str], set[int]] = defaultdict(set)
    for stored in phrases:
        kept[stored.path, stored.part].update(range(stored.start_bar, stored.start_bar + stored.phrase.bars))
    return [
        stored
        for stored in windows
        if len(
            kept[stored.path, stored.part].intersection(
                range(stored.start_bar, stored.start_bar + stored.phrase.bars)
            )
        )
        >= _WINDOW_KEPT_SHARE * stored.phrase.bars
    ]


def deal_works(phrases: Sequence[StoredPhrase], equals: Mapping[str, str]) -> dict[str, str]:
    """work group -> split; `equals` gives the name under which a group is dealt."""
    sizes = Counter(equals[stored.work_group] for stored in phrases)
    strata: dict[str, str] = {}
    for stored in phrases:
        name = equals[stored.work_group]
        if stored.composer != OTHER or name not in strata:
            strata[name] = stored.composer
    # A work that the shipped weights know keeps its side, so that no new source makes them look
    # better or worse than they are; of linked works that were dealt apart all train.
    known = known_sides()
    sides: dict[str, str] = {}
    for group, name in sorted(equals.items()):
        if group in known and sides.get(name) != TRAIN:
            sides[name] = known[group]
    new = [Work(name, strata[name], size) for name, size in sorted(sizes.items()) if name not in sides]
    sides |= assign_splits(new)
    return {group: sides[name] for group, name in equals.items() if name in sides}


def _unseen(
    dealt: Sequence[StoredPhrase], windows: Sequence[StoredPhrase], result: Assembly
) -> list[StoredPhrase]:
    """All phrases but those held out of which training holds more than half."""
    train = [*(stored for stored in dealt if stored.split == TRAIN), *windows]
    melodies = _union(melody_ngrams(stored.phrase) for stored in train)
    notes = _union(note_ngrams(stored.phrase) for stored in train)
    kept = []
    for stored in dealt:
        if stored.split != TRAIN and (
            containment(melody_ngrams(stored.phrase), melodies) > COPY_SHARE
            or containment(note_ngrams(stored.phrase), notes) > COPY_SHARE
        ):
            result.dropped_phrases[label_of(stored)][f"{stored.split} phrase found in training music"] += 1
            continue
        kept.append(stored)
    return kept


def _union(ngrams: Iterable[Hashes]) -> Hashes:
    rows = list(ngrams)
    return np.unique(np.concatenate(rows)) if rows else np.zeros(0, np.uint64)
