"""A dataset's pairs are read together: the majority decides how many bars are given."""

from __future__ import annotations

from dataclasses import replace

from submission.assignments import dataset_assignments
from submission.datasets import Dataset, GivenFile
from submission.given import read_pairs
from violin.challenge import COMPOSERS
from violin.midi import phrase_bytes
from violin.music import Meter, Note, Phrase

BAR = 192


def gap_file(number: int, bars_with_notes: tuple[int, ...], bars: int = 8) -> GivenFile:
    notes = tuple(Note(bar * BAR, 62 + bar, BAR) for bar in bars_with_notes)
    data = phrase_bytes(Phrase(notes, bars, Meter(4, 4)))
    return GivenFile(COMPOSERS[0], number, f"composer1/{number:03d}.mid", data)


FULL = (0, 1, 6, 7)
FILES = [gap_file(1, FULL), gap_file(2, (0, 6, 7)), gap_file(3, FULL), gap_file(4, (0, 1, 2, 7))]


def sides(files: list[GivenFile]) -> list[tuple[int, int] | None]:
    return [given.pair.sides if given.pair else None for given in read_pairs(files).values()]


def test_most_pairs_decide_where_a_rest_is_given() -> None:
    assert sides([*FILES, gap_file(5, FULL)]) == [(2, 2), (2, 2), (2, 2), (3, 1), (2, 2)]
    assert sides(FILES[:2]) == [(2, 2), (1, 2)]  # one against one is no majority
    remarks = [given.remarks for given in read_pairs([*FILES, gap_file(5, FULL)]).values()]
    assert [len(each) for each in remarks] == [0, 1, 0, 0, 0]
    assert "read as 2+2 given bars, as 3 of 5 pairs of the dataset" in remarks[1][0]


def test_a_split_holds_for_all_pairs_that_it_fits() -> None:
    read = read_pairs([gap_file(1, (0, 7)), gap_file(2, FULL)], (2, 1))
    assert [given.pair.sides for given in read.values() if given.pair] == [(2, 1), (2, 2)]
    assert "not split into 2+1 bars" in read["composer1/002.mid"].remarks[0]


def test_a_file_without_a_pair_has_its_own_error() -> None:
    broken = replace(FILES[0], data=b"MThd", number=9)
    read = read_pairs([broken, FILES[1]])
    assert read[broken.name].pair is None
    assert broken.name in read[broken.name].error


def test_the_given_rest_is_not_composed_over() -> None:
    files = (*FILES, gap_file(5, FULL))
    dataset = Dataset("a", {COMPOSERS[0].slug: files})
    assignments = {each.number: each for each in dataset_assignments(dataset)}
    assert assignments[2].given is not None
    assert assignments[2].given.sides == (2, 2)
    assert any("as 3 of 5 pairs" in remark for remark in assignments[2].remarks)
    split = {each.number: each for each in dataset_assignments(dataset, split=(2, 2))}
    assert split[2].given is not None
    assert split[2].given.sides == (2, 2)
    assert any("not split into 2+2" in remark for remark in split[4].remarks)
