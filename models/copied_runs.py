"""The longest copied run that ends at each place of a phrase; see `models.novelty`.

A *window* is a run of `RUN_STEPS` steps. A copied run is a series of windows that all occur in one
training work, each in the same bar of that work as the previous window or in the next bar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

_Open = dict[int, tuple[int, int, int]]  # work -> (first window of the run, bar there, last bar)


class OpenRun(NamedTuple):
    """A copied run of `windows` windows from window `first` on, which begins in bar `bar` of `work`."""

    windows: int
    first: int
    work: int
    bar: int


NO_RUN = OpenRun(0, 0, 0, 0)


def longest_open_runs(
    prints: Sequence[int], places: Callable[[int], Iterable[tuple[int, int]]]
) -> list[OpenRun]:
    """For each window the longest copied run that ends with it, `NO_RUN` if there is none.

    `prints` are the windows' fingerprints; `places` gives (work, bar) of each occurrence of the window
    with that number, in order. Of equally long runs the one from the first work is taken.

    A repeated figure has the same fingerprints again and again, and often hundreds of places. So the
    runs that result from given open runs and a fingerprint are cached once they no longer change.
    """
    found: list[OpenRun] = []
    runs: _Open = {}
    longest = NO_RUN
    latest: dict[int, _Open] = {}  # fingerprint -> the runs after it
    settled: dict[tuple[int, int], tuple[_Open, _Open, OpenRun]] = {}  # (id of runs, fingerprint) -> next
    for index, fingerprint in enumerate(prints):
        key = id(runs), fingerprint
        if key in settled:
            _, runs, longest = settled[key]
        else:
            before, runs = runs, _extended(runs, index, places(index))
            longest = _longest(runs)
            if runs and runs == latest.get(fingerprint):  # so no run begins here
                runs = latest[fingerprint]
                settled[key] = before, runs, longest  # `before` is kept, so its id is not reused
            latest[fingerprint] = runs
        found.append(longest._replace(windows=index - longest.first + 1) if runs else NO_RUN)
    return found


def _longest(runs: _Open) -> OpenRun:
    """The run that began first, with its length not yet set."""
    if not runs:
        return NO_RUN
    work, (first, bar, _) = min(runs.items(), key=_first_window)
    return OpenRun(0, first, work, bar)


def _first_window(run: tuple[int, tuple[int, int, int]]) -> int:
    return run[1][0]


def _extended(runs: _Open, index: int, places: Iterable[tuple[int, int]]) -> _Open:
    """The runs that are open after a window: those that continue and those that begin."""
    result: _Open = {}
    for work, bar in places:
        begun = runs.get(work)
        if begun and begun[2] <= bar <= begun[2] + 1:
            result[work] = begun[0], begun[1], bar
        elif work not in result:
            result[work] = index, bar, bar
    return result
