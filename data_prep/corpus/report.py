"""What a phrase store holds, in markdown: music by composer and split, drops by reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_prep.corpus.stand_ins import STAND_INS
from data_prep.corpus.store import OTHER, SPLITS, PhraseStore, StoredPhrase
from violin.challenge import SLUGS
from violin.instrument import Tier, tier
from violin.music import Phrase, pitch_name, sounding_sets

WANTED_PHRASES: dict[str, int] = {
    "bach": 250,
    "mozart": 600,
    "beethoven": 900,
    "paganini": 90,
    "vivaldi": 400,
    "saintsaens-prokofiev-sibelius": 40,
    OTHER: 4_500,
}
"""The least non-overlapping phrases after deduplication that the full corpus should give."""


def report(store: PhraseStore, plots: Sequence[str] = ()) -> str:
    """The report as markdown; `plots` are names of image files to show."""
    phrases = store.select()
    parts = [
        "# The phrase store",
        _summary(store, phrases),
        *(f"![{Path(name).stem}]({name})" for name in plots),
        "## Phrases by composer\n\n" + _wanted(phrases),
        "## Composer and split\n\n" + _by_split(store),
        "## Music by composer\n\n" + _music(phrases),
        "## Keys and meters\n\n" + _keys(phrases),
        "## Multiple stops by tier\n\n" + _stops(phrases),
        "## Stand-ins\n\n" + _stand_ins(phrases),
        "## Other composers\n\n" + _others(phrases),
        "## Left out\n\n" + _left_out(store.manifest),
        "## Sources\n\n" + _sources(store.manifest),
        "## Refused files\n\n" + _refusals(store.manifest),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _composers(phrases: Iterable[StoredPhrase]) -> list[str]:
    present = {stored.composer for stored in phrases}
    return [slug for slug in (*SLUGS, OTHER) if slug in present or slug in SLUGS]


def _summary(store: PhraseStore, phrases: Sequence[StoredPhrase]) -> str:
    manifest = store.manifest
    notes = sum(len(stored.phrase.notes) for stored in phrases)
    lines = [
        f"{len(phrases):,} phrases that do not overlap ({sum(s.phrase.bars for s in phrases):,} bars, "
        f"{notes:,} notes) and {len(store) - len(phrases):,} overlapping windows for training."
    ]
    if manifest.get("files"):
        total = manifest["notes"] or 1
        lines.append(
            f"{manifest['files']:,} files gave {manifest['parts']:,} violin parts; "
            f"{len(manifest['refusals']):,} files were refused. Of {manifest['notes']:,} notes "
            f"{manifest['shortened_notes'] / total:.2%} were shortened so that a violin can play them."
        )
    return "\n\n".join(lines)


def _wanted(phrases: Sequence[StoredPhrase]) -> str:
    found = Counter(stored.composer for stored in phrases)
    return table(
        ("composer", "phrases", "wanted at least", "met"),
        [
            (name, found[name], WANTED_PHRASES.get(name, "-"), _met(found[name], WANTED_PHRASES.get(name)))
            for name in _composers(phrases)
        ],
    )


def _met(found: int, wanted: int | None) -> str:
    if wanted is None:
        return "no score" if not found else "-"
    return "yes" if found >= wanted else "no"


def _by_split(store: PhraseStore) -> str:
    rows = []
    for name in _composers(store):
        for split in SPLITS:
            chosen = store.select(split, name, windows=True)
            plain = [stored for stored in chosen if not stored.window]
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
    return table(("composer", "split", "works", "phrases", "windows", "bars", "notes"), rows)


def _music(phrases: Sequence[StoredPhrase]) -> str:
    rows = []
    for name, chosen in _grouped(phrases).items():
        pitches = sorted(note.pitch for phrase in chosen for note in phrase.notes)
        bars = sum(phrase.bars for phrase in chosen)
        lengths = Counter(phrase.bars for phrase in chosen)
        tempos = sorted(phrase.tempo_bpm for phrase in chosen)
        rows.append(
            (
                name,
                f"{pitch_name(pitches[0])} to {pitch_name(pitches[-1])}",
                pitch_name(pitches[len(pitches) // 2]),
                f"{len(pitches) / bars:.1f}",
                f"{tempos[len(tempos) // 2]:.0f}",
                f"{lengths[8] / len(chosen):.0%}",
                f"{bars / len(chosen):.1f}",
            )
        )
    head = ("composer", "range", "median pitch", "notes a bar", "median bpm", "of 8 bars", "mean bars")
    return table(head, rows)


def _grouped(phrases: Iterable[StoredPhrase]) -> dict[str, list[Phrase]]:
    grouped: dict[str, list[Phrase]] = defaultdict(list)
    for stored in phrases:
        grouped[stored.composer].append(stored.phrase)
    return {name: grouped[name] for name in (*SLUGS, OTHER) if grouped[name]}


def _keys(phrases: Sequence[StoredPhrase]) -> str:
    rows = []
    for name, chosen in _grouped(phrases).items():
        keys = Counter(str(phrase.key) if phrase.key else "none given" for phrase in chosen)
        three = sum(phrase.meter.numerator == 3 for phrase in chosen)
        common = ", ".join(f"{key} {count}" for key, count in keys.most_common(6))
        rows.append((name, f"{three / len(chosen):.0%}", len(keys), common))
    return table(("composer", "in 3/4", "keys", "most common"), rows)


def _stops(phrases: Sequence[StoredPhrase]) -> str:
    """Sounding sets of two notes or more by tier (`violin.hand.Tier`), per 1,000 sets."""
    rows = []
    for name, chosen in _grouped(phrases).items():
        sets = [pitches for phrase in chosen for _, pitches in sounding_sets(phrase.notes) if pitches]
        tiers = Counter(tier(pitches).name for pitches in sets if len(pitches) > 1)
        sizes = Counter(min(len(pitches), 4) for pitches in sets)
        rows.append(
            (
                name,
                *(f"{1000 * sizes[size] / len(sets):.0f}" for size in (2, 3, 4)),
                *(f"{1000 * tiers[each.name] / len(sets):.1f}" for each in Tier if each != Tier.IMPOSSIBLE),
            )
        )
    easy = tuple(each.name.lower() for each in Tier if each != Tier.IMPOSSIBLE)
    head = ("composer", "two notes", "three", "four", *easy)
    return "Of 1,000 sounding sets:\n\n" + table(head, rows)


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
        sections.append(f"Works that proved to be one under two names, dealt as one: {pairs}.")
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
    return "\n".join(
        [*(f"- {path}: {reason}" for path, reason in rows), "", f"{len(reasons)} different reasons."]
    )
