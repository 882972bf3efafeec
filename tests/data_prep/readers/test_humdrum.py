from __future__ import annotations

import pytest

from data_prep.grid.raw_part import ScoreError
from data_prep.readers.humdrum import single_spine, spines

DUET = """!!!OTL: Duet
**kern\t**dynam\t**kern
*Ivioln\t*\t*Ivioln
*I"Violino II\t*\t*I"Violino I
*clefG2\t*\t*clefG2
*M4/4\t*M4/4\t*M4/4
=1\t=1\t=1
4c\tp\t2e
4d\t.\t.
*^\t*\t*
4e\t2c\t.\t2g
4f\t.\t.\t.
*v\t*v\t*\t*
=2\t=2\t=2
1c\t.\t1cc
==\t==\t==
*-\t*-\t*-
"""


def test_spines_are_named_by_their_column() -> None:
    found = spines(DUET)
    assert [(spine.column, spine.instrument, spine.label) for spine in found] == [
        (0, "violn", "Violino II"),
        (2, "violn", "Violino I"),
    ]
    assert found[1].clef == "G2"


def test_a_single_spine_keeps_its_own_splits_and_nothing_of_the_others() -> None:
    upper = single_spine(DUET, 2)
    assert "\t" not in upper
    assert "2e\n2g\n=2\n1cc" in upper.replace("=1\n", "")
    lower = single_spine(DUET, 0)
    assert "*^\n4e\t2c\n4f\t.\n*v\t*v\n=2\n1c" in lower


def test_joins_of_two_spines_side_by_side_stay_apart() -> None:
    text = "**kern\t**kern\n*^\t*^\n4c\t4d\t4e\t4f\n*v\t*v\t*v\t*v\n4g\t4a\n*-\t*-\n"
    assert single_spine(text, 0).splitlines()[-2:] == ["4g", "*-"]
    assert single_spine(text, 1).splitlines()[-2:] == ["4a", "*-"]


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        (DUET, 1, "no \\*\\*kern spine in column 1"),
        (DUET, 7, "column 7"),
        (DUET.replace("4f\t.\t.\t.", "4f\t."), 0, "a row of 2 columns where 4 are open"),
    ],
)
def test_what_cannot_be_cut_out_says_why(text: str, column: int, message: str) -> None:
    with pytest.raises(ScoreError, match=message):
        single_spine(text, column)
