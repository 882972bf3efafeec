"""The music of a store by composer: range, density, keys, meters, multiple stops."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from data_prep.corpus.store import OTHER, StoredPhrase
from data_prep.report.tables import table
from violin.challenge import SLUGS
from violin.instrument import Tier, tier
from violin.music import Phrase, pitch_name, sounding_sets


def music(phrases: Sequence[StoredPhrase]) -> str:
    """Range, density, tempo and length of each composer's phrases."""
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


def keys_and_meters(phrases: Sequence[StoredPhrase]) -> str:
    """The share of 3/4 and the commonest keys of each composer."""
    rows = []
    for name, chosen in _grouped(phrases).items():
        keys = Counter(str(phrase.key) if phrase.key else "none given" for phrase in chosen)
        three = sum(phrase.meter.numerator == 3 for phrase in chosen)
        common = ", ".join(f"{key} {count}" for key, count in keys.most_common(6))
        rows.append((name, f"{three / len(chosen):.0%}", len(keys), common))
    return table(("composer", "in 3/4", "keys", "most common"), rows)


def stops(phrases: Sequence[StoredPhrase]) -> str:
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


def _grouped(phrases: Iterable[StoredPhrase]) -> dict[str, list[Phrase]]:
    grouped: dict[str, list[Phrase]] = defaultdict(list)
    for stored in phrases:
        grouped[stored.composer].append(stored.phrase)
    return {name: grouped[name] for name in (*SLUGS, OTHER) if grouped[name]}
