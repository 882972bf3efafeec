"""Write violin/instrument/hand_table.bin from the hand model: every set that is playable or readable.

    python scripts/build_hand_table.py

takes some seconds and prints the counts; the same model gives the same bytes.
"""

from __future__ import annotations

from itertools import product

from violin.hand import (
    CAPS,
    HAND_MM,
    MAX_STOPS,
    OPEN_STRINGS,
    Tier,
    fingerings,
    span_mm,
    tier_of_placement,
    tier_of_span,
)
from violin.instrument.table import TABLE_PATH, is_readable_by_rule, pack_table, table_key

Pitches = tuple[int, ...]


def playable_tiers() -> dict[Pitches, tuple[Tier, Tier]]:
    """Ascending pitches -> tier and stretch, for every playable set."""
    found: dict[Pitches, tuple[Tier, Tier]] = {(): (Tier.EASY, Tier.EASY)}
    for count in range(1, MAX_STOPS + 1):
        for lowest in range(MAX_STOPS - count + 1):
            strings = range(lowest, lowest + count)
            for frets in product(*(range(CAPS[count][string] + 1) for string in strings)):
                placed = tuple(zip(strings, frets, strict=True))
                pitches = tuple(sorted({OPEN_STRINGS[string] + fret for string, fret in placed}))
                span = span_mm(placed)
                if len(pitches) < count or span > HAND_MM:
                    continue
                before = found.get(pitches, (Tier.IMPOSSIBLE, Tier.IMPOSSIBLE))
                now = (min(before[0], tier_of_placement(placed)), min(before[1], tier_of_span(span)))
                if now != before and next(fingerings(placed), None):
                    found[pitches] = now
    return found


def readable_candidates() -> set[tuple[int, ...]]:
    """Sets up to four notes that six frets and open strings can give, the empty one included."""
    found: set[tuple[int, ...]] = set()
    for base in range(1, 18):
        frets = (0, *range(base, min(base + 6, 18)))
        choices = [[None, *(low + fret for fret in frets)] for low in OPEN_STRINGS]
        for chosen in product(*choices):
            found.add(tuple(sorted({pitch for pitch in chosen if pitch is not None})))
    return found


def main() -> None:
    tiers = playable_tiers()
    rows = []
    for pitches in sorted(tiers.keys() | readable_candidates()):
        key = table_key(pitches)
        assert key is not None
        level, wide = tiers.get(pitches, (Tier.IMPOSSIBLE, Tier.IMPOSSIBLE))
        rows.append((key, level, wide, is_readable_by_rule(pitches)))
    TABLE_PATH.write_bytes(pack_table(rows))
    for level in (Tier.EASY, Tier.WIDE, Tier.VIRTUOSO):
        counts = [sum(len(p) == n and t <= level for p, (t, _) in tiers.items()) for n in range(1, 5)]
        spans = [sum(len(p) == n and s <= level for p, (_, s) in tiers.items()) for n in range(1, 5)]
        print(f"{level.name.lower():9} {counts}, by the span alone {spans}")
    print(f"readable  {sum(readable for *_, readable in rows)}; {len(rows)} rows")


if __name__ == "__main__":
    main()
