"""Write violin/hand_table.bin from the hand model: every set that is playable or readable.

    python scripts/build_hand_table.py

takes some seconds and prints the counts; the same model gives the same bytes.
"""

from __future__ import annotations

from itertools import product

from violin.hand import CAPS, HAND_MM, MAX_STOPS, OPEN_STRINGS, fingerings, span_mm
from violin.instrument import TABLE_PATH, Tier, is_readable_by_rule, pack_table, table_key, tier_of_span


def playable_spans() -> dict[tuple[int, ...], float]:
    """Ascending pitches -> the least opening of the hand in mm, for every playable set."""
    spans: dict[tuple[int, ...], float] = {(): 0.0}
    for count in range(1, MAX_STOPS + 1):
        for lowest in range(MAX_STOPS - count + 1):
            strings = range(lowest, lowest + count)
            for frets in product(*(range(CAPS[count][string] + 1) for string in strings)):
                placed = tuple(zip(strings, frets, strict=True))
                pitches = tuple(sorted({OPEN_STRINGS[string] + fret for string, fret in placed}))
                span = span_mm(placed)
                if len(pitches) < count or span > HAND_MM or span >= spans.get(pitches, HAND_MM + 1):
                    continue
                if next(fingerings(placed), None):
                    spans[pitches] = span
    return spans


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
    spans = playable_spans()
    rows = []
    for pitches in sorted(spans.keys() | readable_candidates()):
        key = table_key(pitches)
        assert key is not None
        rows.append((key, tier_of_span(spans.get(pitches)), is_readable_by_rule(pitches)))
    TABLE_PATH.write_bytes(pack_table(rows))
    for level in (Tier.EASY, Tier.WIDE, Tier.VIRTUOSO):
        counts = [
            sum(len(p) == n and tier_of_span(s) <= level for p, s in spans.items()) for n in range(1, 5)
        ]
        print(f"{level.name.lower():9} {counts}")
    print(f"readable  {sum(readable for _, _, readable in rows)}; {len(rows)} rows")


if __name__ == "__main__":
    main()
