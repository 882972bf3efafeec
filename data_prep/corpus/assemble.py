"""Violin parts to stored phrases: cut, drop copies, check, assign the works to three splits.

The order depends only on the music, so the same sources give the same store:

1. every part is cut into phrases and windows; music in other meters is rebarred (`data_prep.phrases`); of
   other instruments' parts ("moved"), phrases with few pitches (accompaniment) are dropped;
2. works whose phrases contain each other's music are one work under two names and will go to one split;
3. phrases are sorted: the violins' before the moved ones, those as written before the rebarred ones, then
   by trust in their encoding; a phrase of which more than half is in earlier phrases is dropped: repeats,
   ritornelli, further encodings of the same movement;
4. a phrase that the linter or the token language refuses is dropped with the reason;
5. works are split by their phrases as written (`data_prep.corpus.split`). Windows, rebarred and moved music
   are used only from training works: a window if three quarters of its bars were kept, rebarred and moved
   music if it is not a copy of a held-out phrase. A held-out phrase that shares more than half its n-grams
   with the training split is dropped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from data_prep.corpus.acceptance import faults
from data_prep.corpus.cutting import Candidate, cut_part, label_of, trust_order
from data_prep.corpus.deduplicate import (
    COPY_SHARE,
    Hashes,
    containment,
    first_occurrences,
    linked_groups,
    melody_ngrams,
    note_ngrams,
)
from data_prep.corpus.held_out import known_splits
from data_prep.corpus.split import TRAIN, Work, assign_splits
from data_prep.corpus.store import OTHER, StoredPhrase
from violin.progress import ProgressReport, no_report

if TYPE_CHECKING:
    from data_prep.grid.violin_part import ViolinPart

_WINDOW_KEPT_SHARE = 0.75


@dataclass
class Assembly:
    """Phrases in store order and what was left out on the way: composer -> reason -> number."""

    phrases: list[StoredPhrase] = field(default_factory=list)
    left_bars: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    dropped_phrases: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    linked_works: dict[str, str] = field(default_factory=dict)


def assemble(
    parts: Sequence[ViolinPart],
    *,
    windows: bool = True,
    workers: int = 1,
    on_progress: ProgressReport = no_report,
) -> Assembly:
    """The phrases of some parts, without copies, each with its split.

    `workers` processes check the phrases; `on_progress` is called with (stage, done, total).
    """
    result = Assembly()
    cuts = _cuts(parts, windows, result, on_progress)
    apart = sorted(
        (cut for cut in cuts if not cut.stored.window),
        key=lambda cut: (cut.stored.moved, cut.stored.rebarred),
    )
    on_progress("looking for copies", 0, 1)
    violins = [cut.stored for cut in apart if not cut.stored.moved]
    equals = linked_groups(
        [melody_ngrams(stored.phrase) for stored in violins], [stored.work_group for stored in violins]
    )
    result.linked_works = {group: equal for group, equal in equals.items() if group != equal}
    fresh = _without_copies(apart, result)
    on_progress("looking for copies", 1, 1)
    phrases = _accepted(fresh, workers, result, on_progress, "checking phrases")
    splits = assign_works([cut.stored for cut in phrases if not cut.stored.training_only], equals)
    by_work = [
        replace(cut.stored, split=splits.get(cut.stored.work_group, TRAIN))
        for cut in phrases
        if not cut.stored.training_only
    ]
    further = [
        cut
        for cut in phrases
        if cut.stored.training_only and splits.get(cut.stored.work_group, TRAIN) == TRAIN
    ]
    further = _without_held_out(further, by_work, result)
    kept = [cut for cut in phrases if not cut.stored.training_only] + further
    overlapping = [
        cut
        for cut in _of_kept_bars([cut for cut in cuts if cut.stored.window], kept)
        if splits.get(cut.stored.work_group, TRAIN) == TRAIN
    ]
    overlapping = _accepted(overlapping, workers, None, on_progress, "checking windows")
    for_training = [cut.stored for cut in (*further, *overlapping)]
    result.phrases = _unseen(by_work, for_training, result) + for_training
    return result


def _cuts(
    parts: Sequence[ViolinPart], windows: bool, result: Assembly, on_progress: ProgressReport
) -> list[Candidate]:
    """All candidates in the order of trust in their parts."""
    roles: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        roles[part.path].add(part.role)
    cuts: list[Candidate] = []
    for done, part in enumerate(sorted(parts, key=trust_order), 1):
        candidates, label, left_bars = cut_part(part, roles[part.path], windows)
        cuts += candidates
        result.left_bars[label].update(left_bars)
        on_progress("cutting", done, len(parts))
    return cuts


def _without_copies(cuts: Sequence[Candidate], result: Assembly) -> list[Candidate]:
    kept = []
    for cut, fresh in zip(cuts, first_occurrences(cut.stored.phrase for cut in cuts), strict=True):
        if fresh:
            kept.append(cut)
        else:
            result.dropped_phrases[label_of(cut.stored)]["copy of an earlier phrase"] += 1
    return kept


def _accepted(
    cuts: Sequence[Candidate],
    workers: int,
    result: Assembly | None,
    on_progress: ProgressReport,
    stage: str,
) -> list[Candidate]:
    """The candidates without fault; the others are counted in `result` if there is one."""
    kept = []
    found = faults([cut.stored for cut in cuts], workers, lambda done: on_progress(stage, done, len(cuts)))
    for cut, fault in zip(cuts, found, strict=True):
        if not fault:
            kept.append(cut)
        elif result:
            result.dropped_phrases[label_of(cut.stored)][fault] += 1
    return kept


def _of_kept_bars(windows: Sequence[Candidate], phrases: Sequence[Candidate]) -> list[Candidate]:
    """The windows of which three quarters of the bars lie in kept phrases of the same part."""
    kept: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for cut in phrases:
        kept[_part_of(cut.stored)].update(cut.source_bars)
    return [
        cut
        for cut in windows
        if len(kept[_part_of(cut.stored)].intersection(cut.source_bars))
        >= _WINDOW_KEPT_SHARE * len(cut.source_bars)
    ]


def _part_of(stored: StoredPhrase) -> tuple[str, str, str]:
    """The part that a phrase is from. All tunes of a book share path and role, but each is its own work."""
    return stored.path, stored.part, stored.work_id


def _without_held_out(
    further: Sequence[Candidate], by_work: Sequence[StoredPhrase], result: Assembly
) -> list[Candidate]:
    """The phrases for training only that are not copies of held-out ones."""
    held_out = [stored.phrase for stored in by_work if stored.split != TRAIN]
    melodies = _union(melody_ngrams(phrase) for phrase in held_out)
    kept = []
    for cut in further:
        if containment(melody_ngrams(cut.stored.phrase), melodies) > COPY_SHARE:
            result.dropped_phrases[label_of(cut.stored)]["training copy of a held-out phrase"] += 1
        else:
            kept.append(cut)
    return kept


def assign_works(phrases: Sequence[StoredPhrase], equals: Mapping[str, str]) -> dict[str, str]:
    """work group -> split; `equals` gives for each group the name that stands for it and its equals.

    Groups without a phrase in `phrases` are left out unless an equal has one or has a known split.
    """
    sizes = Counter(equals[stored.work_group] for stored in phrases)
    strata: dict[str, str] = {}
    for stored in phrases:
        name = equals[stored.work_group]
        if stored.composer != OTHER or name not in strata:
            strata[name] = stored.composer
    # A work that was split when the shipped weights were trained keeps its split, so that a new source does
    # not change how well they seem to do; a new work that is linked to a training work goes to training.
    known = known_splits()
    splits: dict[str, str] = {}
    for group, name in sorted(equals.items()):
        if group in known and splits.get(name) != TRAIN:
            splits[name] = known[group]
    new = [Work(name, strata[name], size) for name, size in sorted(sizes.items()) if name not in splits]
    splits |= assign_splits(new)
    return {group: known.get(group, splits[name]) for group, name in equals.items() if name in splits}


def _unseen(
    by_work: Sequence[StoredPhrase], for_training: Sequence[StoredPhrase], result: Assembly
) -> list[StoredPhrase]:
    """All phrases except the held-out ones of which more than half is in training music."""
    train = [*(stored for stored in by_work if stored.split == TRAIN), *for_training]
    melodies = _union(melody_ngrams(stored.phrase) for stored in train)
    notes = _union(note_ngrams(stored.phrase) for stored in train)
    kept = []
    for stored in by_work:
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
