from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.copied_runs import NO_RUN, OpenRun, longest_open_runs

Places = dict[int, list[tuple[int, int]]]  # fingerprint -> (work, bar) of each occurrence


def by_every_place(prints: list[int], places: Places) -> list[OpenRun]:
    """The definition, window by window, with nothing kept."""
    found = []
    runs: dict[int, tuple[int, int, int]] = {}
    for index, fingerprint in enumerate(prints):
        now: dict[int, tuple[int, int, int]] = {}
        longest = NO_RUN
        for work, bar in places[fingerprint]:
            begun = runs.get(work)
            if begun and begun[2] <= bar <= begun[2] + 1:
                now[work] = (begun[0], begun[1], bar)
            elif work not in now:
                now[work] = (index, bar, bar)
        for work, (first, first_bar, _) in now.items():
            if index - first + 1 > longest.windows:
                longest = OpenRun(index - first + 1, first, work, first_bar)
        runs = now
        found.append(longest)
    return found


_PLACES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), max_size=8).map(sorted)


@given(st.lists(_PLACES, min_size=3, max_size=3), st.data())
def test_runs_of_repeated_figures_follow_the_definition(
    found: list[list[tuple[int, int]]], drawn: st.DataObject
) -> None:
    places: Places = dict(enumerate(found))
    figures = st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=4), st.integers(1, 8))
    drawn_figures = drawn.draw(st.lists(figures, max_size=4))
    prints = [fingerprint for figure, times in drawn_figures for fingerprint in figure * times]
    runs = longest_open_runs(prints, lambda index: places[prints[index]])
    assert runs == by_every_place(prints, places)


def test_a_figure_of_two_notes_repeated_at_length_is_looked_up_a_few_times() -> None:
    """Common figures have hundreds of places: a file of 40,000 repeated notes took six seconds."""
    prints = [1, 2] * 5_000
    looked_up = []

    def places(index: int) -> list[tuple[int, int]]:
        looked_up.append(index)
        return [(work, bar) for work in range(20) for bar in range(10)]

    assert longest_open_runs(prints, places)[-1] == OpenRun(10_000, 0, 0, 0)
    assert len(looked_up) < 50
