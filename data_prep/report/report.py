"""What a phrase store holds, in markdown: music by composer and split, drops by reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from constraints.linter.finding import counted
from data_prep.corpus.stand_ins import STAND_INS
from data_prep.corpus.store import OTHER, SPLITS, PhraseStore, StoredPhrase
from data_prep.report.music import keys_and_meters, music, stops
from data_prep.report.tables import composers, table
from data_prep.report.training import licences, rebarred_music, textures, training_music

WANTED_PHRASES: dict[str, int] = {
    "bach": 900,
    "mozart": 1_400,
    "beethoven": 900,
    "paganini": 120,
    "vivaldi": 400,
    "saintsaens-prokofiev-sibelius": 40,
    OTHER: 4_500,
}
"""The fewest non-overlapping phrases, after deduplication and with rebarred ones, that the full corpus should
give."""


def report(store: PhraseStore, plots: Sequence[str] = ()) -> str:
    """The report as markdown; `plots` are names of image files to show."""
    phrases = store.select()
    parts = [
        "# The phrase store",
        _summary(store, phrases),
        *(f"![{Path(name).stem}]({name})" for name in plots),
        "## Phrases by composer\n\n" + _wanted(store),
        "## Composer and split\n\n" + _by_split(store),
        "## Music to train on\n\n" + training_music(store),
        "## Texture\n\n" + textures(store),
        "## Rebarred music\n\n" + rebarred_music(store),
        "## Licences\n\n" + licences(store),
        "## Music by composer\n\n" + music(phrases),
        "## Keys and meters\n\n" + keys_and_meters(phrases),
        "## Multiple stops by tier\n\n" + stops(phrases),
        "## Stand-ins\n\n" + _stand_ins(phrases),
        "## Other composers\n\n" + _others(phrases),
        "## Left out\n\n" + _left_out(store.manifest),
        "## Sources\n\n" + _sources(store.manifest),
        "## Refused files\n\n" + _refusals(store.manifest),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(store: PhraseStore, phrases: Sequence[StoredPhrase]) -> str:
    manifest = store.manifest
    notes = sum(len(stored.phrase.notes) for stored in phrases)
    violins = [stored for stored in store if not stored.moved]
    rebarred = sum(stored.rebarred and not stored.window for stored in violins)
    windows = sum(stored.window for stored in violins)
    lines = [
        f"{len(phrases):,} phrases that do not overlap ({sum(s.phrase.bars for s in phrases):,} bars, "
        f"{notes:,} notes); for training only, {rebarred:,} phrases of rebarred music and {windows:,} "
        "overlapping windows."
    ]
    if moved := len(store) - len(violins):
        lines.append(f"{moved:,} more phrases and windows are of other instruments, for training only.")
    if manifest.get("carried_accidentals", {}).get("notes"):
        carried = manifest["carried_accidentals"]
        lines.append(
            f"{carried['notes']:,} notes of {carried['tunes']:,} tunes in ABC are altered by a sign earlier "
            f"in the bar ({carried['all_tunes']:,} tunes in all)."
        )
    if manifest.get("files"):
        total = manifest["notes"] or 1
        lines.append(
            f"{manifest['files']:,} files gave {manifest['parts']:,} violin parts; "
            f"{len(manifest['refusals']):,} files were refused. Of {manifest['notes']:,} notes "
            f"{manifest['shortened_notes'] / total:.2%} were shortened so that a violin can play them."
        )
    return "\n\n".join(lines)


def _wanted(store: PhraseStore) -> str:
    found = Counter(stored.composer for stored in store.select())
    rebarred = Counter(
        stored.composer for stored in store if stored.rebarred and not (stored.window or stored.moved)
    )
    return table(
        ("composer", "phrases", "rebarred", "wanted at least", "met"),
        [
            (
                name,
                found[name],
                rebarred[name],
                WANTED_PHRASES.get(name, "-"),
                _met(found[name] + rebarred[name], WANTED_PHRASES.get(name)),
            )
            for name in composers(store)
        ],
    )


def _met(found: int, wanted: int | None) -> str:
    if wanted is None:
        return "no score" if not found else "-"
    return "yes" if found >= wanted else "no"


def _by_split(store: PhraseStore) -> str:
    rows = []
    for name in composers(store):
        for split in SPLITS:
            chosen = store.select(split, name, windows=True)
            plain = [stored for stored in chosen if not stored.training_only]
            if chosen:
                rows.append(
                    (
                        name,
                        split,
                        len({stored.work_group for stored in plain}),
                        len(plain),
                        len(chosen) - len(plain),
                        sum(stored.phrase.bars for stored in plain),
                        sum(len(stored.phrase.notes) for stored in plain),
                    )
                )
    return table(("composer", "split", "works", "phrases", "for training only", "bars", "notes"), rows)


def _stand_ins(phrases: Sequence[StoredPhrase]) -> str:
    rows = []
    for line in STAND_INS:
        held = sum(line.covers(stored.source_composer, stored.work_group) for stored in phrases)
        works = ", ".join(line.work_groups) or "all"
        rows.append((line.composer, line.source_composer, works, line.weight, held))
    return table(("composer", "learned from", "works", "weight", "phrases"), rows)


def _others(phrases: Sequence[StoredPhrase]) -> str:
    counts = Counter(stored.source_composer for stored in phrases if stored.composer == OTHER)
    return ", ".join(f"{name} {count}" for name, count in counts.most_common()) or "None."


def _left_out(manifest: Mapping[str, Any]) -> str:
    if "left_bars" not in manifest:
        return "The store has no manifest."
    sections = []
    for name, unit in (("left_bars", "Bars in no phrase"), ("dropped_phrases", "Phrases dropped")):
        totals: dict[str, Counter[str]] = defaultdict(Counter)
        for label, counts in manifest[name].items():
            totals[label.partition("/")[0]].update(counts)
        every = sum(totals.values(), Counter[str]())
        if not every:
            continue
        reasons = [reason for reason, _ in every.most_common(12)]
        rows = [
            (label, *(counts[reason] or "" for reason in reasons), sum(counts.values()))
            for label, counts in sorted(totals.items())
        ]
        sections.append(f"{unit}, by reason:\n\n" + table(("composer", *reasons, "all"), rows))
    linked = manifest.get("linked_works", {})
    if linked:
        pairs = ", ".join(f"{name} = {equal}" for name, equal in sorted(linked.items()))
        sections.append(f"Works with two names, kept in one split: {pairs}.")
    return "\n\n".join(sections) or "Nothing."


def _sources(manifest: Mapping[str, Any]) -> str:
    rows = manifest.get("sources", [])
    totals: Counter[tuple[str, str]] = Counter()
    for row in rows:
        totals[row["source"], row["licence_class"]] += row["phrases"]
    return table(
        ("source", "licence class", "phrases"),
        [(source, licence, count) for (source, licence), count in totals.most_common()],
    )


def _refusals(manifest: Mapping[str, Any]) -> str:
    rows = manifest.get("refusals", [])
    if not rows:
        return "None."
    reasons = Counter(reason for _, reason in rows)
    lines = [f"- {path}: {reason}" for path, reason in rows]
    return "\n".join([*lines, "", f"{counted(len(reasons), 'different reason')}."])
