"""How many bars are given on each side: as a person writes it, and as most pairs of a dataset have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from violin.challenge import MAX_BARS
from violin.errors import PairError
from violin.pair.pair import Pair


def parse_sides(text: str) -> tuple[int, int]:
    """The bars of beginning and ending in a text such as '2+1'; PairError for any other text.

    >>> parse_sides("2+1")
    (2, 1)
    """
    first, plus, last = text.partition("+")
    if not (plus and first.strip().isdecimal() and last.strip().isdecimal()):
        raise PairError(f"{text!r} is no split; legal: the bars of beginning and ending, as in 2+1")
    sides = int(first), int(last)
    if min(sides) < 1 or sum(sides) >= MAX_BARS:
        legal = f"legal: 1 bar or more on each side, at most {MAX_BARS - 1} together"
        raise PairError(f"a split of {text}; {legal}")
    return sides


def usual_sides(pairs: Iterable[Pair]) -> tuple[int, int] | None:
    """The bars of beginning and ending that more than half of the pairs have, None where none has.

    In a dataset whose pairs are cut alike, a pair with fewer bars has given bars of rest beside its gap:
    see `Pair.with_rests`.
    """
    counts = Counter(pair.sides for pair in pairs)
    if not counts:
        return None
    sides, count = counts.most_common(1)[0]
    return sides if 2 * count > counts.total() else None
