"""What a store offers for training: notes of each kind, textures, rebarred music, licences."""

from __future__ import annotations

from collections import Counter

from data_prep.corpus.split import TRAIN
from data_prep.corpus.store import TEXTURES, PhraseStore, StoredPhrase
from data_prep.report.tables import composers, table

WANTED_NOTES = 1_600_000
"""Training notes before transposition that the full corpus should give, rebarred music included."""

_KINDS = ("phrases", "rebarred phrases", "windows", "rebarred windows", "other instruments")


def _kind(stored: StoredPhrase) -> str:
    if stored.moved:
        return "other instruments"
    kind = "windows" if stored.window else "phrases"
    return f"rebarred {kind}" if stored.rebarred else kind


def training_music(store: PhraseStore) -> str:
    """The training split by composer and kind: how many, and how many notes. Windows overlap phrases."""
    counts: Counter[tuple[str, str]] = Counter()
    notes: Counter[tuple[str, str]] = Counter()
    for stored in store:
        if stored.split == TRAIN:
            counts[stored.composer, _kind(stored)] += 1
            notes[stored.composer, _kind(stored)] += len(stored.phrase.notes)
    rows: list[tuple[str, ...]] = [
        (name, *(f"{counts[name, kind]:,} ({notes[name, kind]:,})" for kind in _KINDS))
        for name in composers(store)
    ]
    totals = {kind: sum(found for (_, of), found in notes.items() if of == kind) for kind in _KINDS}
    sums = {kind: sum(found for (_, of), found in counts.items() if of == kind) for kind in _KINDS}
    rows.append(("all", *(f"{sums[kind]:,} ({totals[kind]:,})" for kind in _KINDS)))
    single = totals["phrases"] + totals["rebarred phrases"]
    return (
        f"Number of each kind in the training split, notes in parentheses. Without windows {single:,} notes; "
        f"with rebarred windows {single + totals['rebarred windows']:,}, with all windows "
        f"{sum(totals.values()):,} (wanted: {WANTED_NOTES:,}).\n\n" + table(("composer", *_KINDS), rows)
    )


def textures(store: PhraseStore) -> str:
    """Phrases by composer and texture, rebarred ones included, and their notes."""
    counts: Counter[tuple[str, str]] = Counter()
    notes: Counter[tuple[str, str]] = Counter()
    for stored in store:
        if not (stored.window or stored.moved):
            counts[stored.composer, stored.texture] += 1
            notes[stored.composer, stored.texture] += len(stored.phrase.notes)
    return table(
        ("composer", *(f"{texture} ({unit})" for texture in TEXTURES for unit in ("phrases", "notes"))),
        [
            (name, *(f"{found[name, texture]:,}" for texture in TEXTURES for found in (counts, notes)))
            for name in composers(store)
        ],
    )


def rebarred_music(store: PhraseStore) -> str:
    """Rebarred phrases, windows and notes by the meter in which they were written."""
    phrases: Counter[str] = Counter()
    windows: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    for stored in store:
        if stored.rebarred and not stored.moved:
            (windows if stored.window else phrases)[stored.written_meter] += 1
            notes[stored.written_meter] += 0 if stored.window else len(stored.phrase.notes)
    if not notes:
        return "None."
    return table(
        ("written in", "phrases", "notes", "windows"),
        [
            (meter, f"{phrases[meter]:,}", f"{notes[meter]:,}", f"{windows[meter]:,}")
            for meter, _ in notes.most_common()
        ],
    )


def licences(store: PhraseStore) -> str:
    """Phrases by composer and licence class, notes in parentheses; rebarred phrases included."""
    phrases: Counter[tuple[str, str]] = Counter()
    notes: Counter[tuple[str, str]] = Counter()
    for stored in store:
        if not (stored.window or stored.moved):
            for name in (stored.composer, "all"):
                phrases[name, stored.licence_class] += 1
                notes[name, stored.licence_class] += len(stored.phrase.notes)
    classes = sorted({licence for _, licence in phrases})
    return table(
        ("composer", *classes),
        [
            (name, *(f"{phrases[name, licence]:,} ({notes[name, licence]:,})" for licence in classes))
            for name in (*composers(store), "all")
        ],
    )
