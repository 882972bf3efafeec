"""Which files are written, from which pairs, under which keys."""

from __future__ import annotations

from pathlib import Path

from submission_fakes import write_dataset

from submission.assignments import dataset_assignments, free_assignments
from submission.datasets import read_dataset
from violin.challenge import COMPOSERS


def test_every_number_of_a_folder_gets_an_answer(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "set", per_composer=4)
    (folder / "composer3" / "002.mid").unlink()
    made = dataset_assignments(read_dataset(folder), seed=1)
    assert [each.name for each in made] == [
        f"composer{composer}/{number:03d}.mid" for composer in range(1, 9) for number in range(1, 5)
    ]
    assert [each.name for each in made if each.given is None] == ["composer3/002.mid"]


def test_fewer_or_more_answers_a_composer(tmp_path: Path) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "set", per_composer=3))
    for count, given in ((2, 2), (5, 3)):
        made = dataset_assignments(dataset, per_composer=count, seed=1)
        for composer in COMPOSERS:
            mine = [each for each in made if each.composer == composer]
            assert [each.number for each in mine] == list(range(1, count + 1))
            assert sum(each.given is not None for each in mine) == given


def test_each_file_and_each_candidate_has_its_own_key() -> None:
    made = free_assignments(per_composer=3, seed=1)
    keys = {each.request(seed, candidate).key for each in made for seed in (1, 2) for candidate in range(3)}
    assert len(keys) == len(made) * 2 * 3
