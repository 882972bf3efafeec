"""Reads all pairs of a dataset together: the split of the majority decides how ambiguous pairs are read.

A given bar of rest beside the gap looks like a bar to compose. If more than half of the pairs give
the same number of bars on each side, a pair with fewer given bars is assumed to have such rests,
and they are read as given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from submission.datasets import GivenFile
from violin.errors import ViolinError
from violin.pair import Pair, read_given, usual_sides


@dataclass(frozen=True, slots=True)
class GivenPair:
    """A file of a dataset as a pair, or the error if it is not one. `remarks` say how it was read
    if that differs from the file alone."""

    pair: Pair | None
    error: str = ""
    remarks: tuple[str, ...] = ()


def read_pairs(files: Iterable[GivenFile], split: tuple[int, int] | None = None) -> dict[str, GivenPair]:
    """The pair of each file by its name ('composer1/001.mid').

    `split` sets the bars of beginning and ending for all pairs instead. A pair that cannot be split
    so is read by itself, with a remark.
    """
    found = {file.name: _read(file, split) for file in files}
    if split is None:
        pairs = [given.pair for given in found.values() if given.pair]
        sides = usual_sides(pairs)
        if sides:
            alike = sum(pair.sides == sides for pair in pairs)
            why = f"as {alike} of {len(pairs)} pairs of the dataset"
            found = {name: _with_rests(given, sides, why) for name, given in found.items()}
    return found


def _read(file: GivenFile, split: tuple[int, int] | None) -> GivenPair:
    remarks: tuple[str, ...] = ()
    if split:
        try:
            return GivenPair(read_given(file.content(), file.name, split))
        except ViolinError as error:
            remarks = (f"not split into {split[0]}+{split[1]} bars: {error}",)
    try:
        return GivenPair(read_given(file.content(), file.name), remarks=remarks)
    except ViolinError as error:
        return GivenPair(None, str(error))


def _with_rests(given: GivenPair, sides: tuple[int, int], why: str) -> GivenPair:
    if given.pair is None:
        return given
    pair = given.pair.with_rests(sides)
    if pair is given.pair:
        return given
    read = f"{pair.beginning_bars}+{pair.ending_bars}"
    alone = f"{given.pair.beginning_bars}+{given.pair.ending_bars}"
    remark = f"read as {read} given bars, {why}: by itself it has {alone}, with bars of rest beside the gap"
    return replace(given, pair=pair, remarks=(*given.remarks, remark))
