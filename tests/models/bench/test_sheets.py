"""Blind sheets: phrases of different works, pictures without a hint, marks read by the key."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from data_prep.corpus.store import PhraseStore
from models.bench.sheets import (
    QUESTIONS,
    best_answers,
    empty_marks,
    in_random_order,
    marks_table,
    phrases_of_different_works,
    read_marks,
    requests_for,
    write_sheets,
)
from models.composer.checkpoint import Weights
from models.generation.model import ComposerModel
from models.judge.scorer import Judge
from models.reranking.mixture import Mixture
from tests.fakes.submission_fakes import FakeJudge
from violin.errors import SettingsError
from violin.music import Phrase


def test_phrases_come_from_different_works_first(small_store: PhraseStore) -> None:
    every = small_store.select("validation")
    own = [one for one in every if one.composer != "other" and not held_into_the_last_bar(one.phrase)]
    assert len(own) < sum(stored.composer != "other" for stored in every)
    chosen = phrases_of_different_works(small_store, "validation", 1000)
    assert sorted(id(one.phrase) for one in chosen) == sorted(id(one.phrase) for one in own)
    works = len({stored.work_group for stored in own})
    composers = len({stored.composer for stored in own})
    assert len({stored.work_group for stored in chosen[:composers]}) == min(works, composers)


def test_sheets_of_answers(small_store: PhraseStore, untrained_weights: Weights, tmp_path: Path) -> None:
    humans = phrases_of_different_works(small_store, "validation", 2)
    judge: Judge = FakeJudge()
    mixture = Mixture(2, judge, (("full", 1.0),))
    requests = requests_for(humans, 1)
    answers = best_answers(ComposerModel(untrained_weights, "cpu"), mixture, requests)
    assert [one.phrase.bars for one in answers] == [*(stored.phrase.bars for stored in humans), 8]
    sheets = in_random_order(humans, answers[:2], seed=3)
    drawn = []

    def picture(phrase: Phrase, given_bars: tuple[int, ...]) -> bytes:
        drawn.append((phrase, given_bars))
        return b"picture"

    write_sheets(sheets, answers[2:], picture, tmp_path / "sheets", tmp_path / "key.json")
    names = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert names == ["01_a.png", "01_b.png", "02_a.png", "02_b.png", "free_01.png", "marks.csv"]
    assert drawn[0] == (sheets[0].phrase("a"), (0, humans[0].phrase.bars - 1))
    assert drawn[-1] == (answers[2].phrase, ())
    letters = json.loads((tmp_path / "key.json").read_text())["human"]
    assert letters == {str(number): sheet.human_letter for number, sheet in enumerate(sheets, 1)}
    for sheet in sheets:
        assert sheet.phrase(sheet.human_letter) is sheet.human.phrase
        assert sheet.phrase("b" if sheet.human_letter == "a" else "a") is sheet.answer.phrase


def test_the_human_place_is_random(small_store: PhraseStore) -> None:
    humans = small_store.select("train")[:1] * 400
    letters = [sheet.human_letter for sheet in in_random_order(humans, [None] * 400, seed=1)]  # type: ignore[list-item]
    assert 160 < letters.count("a") < 240


def test_marks_are_read_by_the_key(tmp_path: Path) -> None:
    table, key = tmp_path / "marks.csv", tmp_path / "key.json"
    key.write_text('{"human": {"1": "a", "2": "b"}}')
    table.write_text(filled([("a", 5, 2), ("a", 3, 4)]))
    marks = read_marks(table, key)
    assert (marks.recognised, marks.sheets) == (1, 2)
    assert marks.human == dict.fromkeys(QUESTIONS, 4.5)
    assert marks.answers == dict.fromkeys(QUESTIONS, 2.5)
    assert "| harmony | 4.5 | 2.5 |" in marks_table(marks)
    assert marks_table(marks).endswith("human phrase named on 1 of 2 sheets")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("c", 3, 3), "sheet 1: human is 'c'; legal: a or b"),
        (("a", 6, 3), "sheet 1: seam_a is '6'; legal: 1 to 5"),
        (("a", 3, 0), "sheet 1: seam_b is '0'; legal: 1 to 5"),
    ],
)
def test_a_mark_that_is_not_legal_is_named(tmp_path: Path, row: tuple[str, int, int], words: str) -> None:
    (tmp_path / "key.json").write_text('{"human": {"1": "a"}}')
    (tmp_path / "marks.csv").write_text(filled([row]))
    with pytest.raises(SettingsError, match=words):
        read_marks(tmp_path / "marks.csv", tmp_path / "key.json")


def filled(rows: list[tuple[str, int, int]]) -> str:
    """A table of marks: for each sheet the letter taken for human and the marks of a and of b."""
    lines = list(csv.reader(empty_marks(len(rows)).splitlines()))
    for line, (letter, mark_a, mark_b) in zip(lines[1:], rows, strict=True):
        line[1:] = [letter, *map(str, np.tile([mark_a, mark_b], len(QUESTIONS)))]
    return "\n".join(map(",".join, lines)) + "\n"


def held_into_the_last_bar(phrase: Phrase) -> bool:
    barline = phrase.length_ticks - phrase.bar_ticks
    return any(note.onset_ticks < barline < note.end_ticks for note in phrase.notes)
