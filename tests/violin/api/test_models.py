"""`violin.compose`, `Judge` and `novelty` with the shipped weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import violin
from violin import Key, Meter, Note, Phrase

PAIR = Phrase(
    (*(Note(48 * beat, 62 + 2 * (beat % 4), 48) for beat in range(6)), Note(7 * 144, 69, 144)),
    8,
    Meter(3, 4),
    Key(1),
)


@pytest.fixture(scope="module")
def answers() -> list[violin.Answer]:
    return violin.compose(PAIR, composer="vivaldi", n=2, seed=3, density=1)


def test_the_given_bars_come_back_and_the_rest_is_clean(answers: list[violin.Answer]) -> None:
    pair = violin.read_pair(PAIR)
    assert [answer.variation for answer in answers] == [1, 2]
    assert answers[0].phrase != answers[1].phrase
    for answer in answers:
        assert answer.given_bars == (0, 1, 7)
        assert answer.new_bars == (2, 3, 4, 5, 6)
        assert answer.faults() == []
        assert not [one for one in violin.lint(answer.phrase, given=pair) if str(one.severity) == "error"]


def test_the_same_arguments_give_the_same_phrase(answers: list[violin.Answer]) -> None:
    [again] = violin.compose(PAIR.to_musicxml(), composer="vivaldi", seed=3, density=1)
    assert again.phrase.bars == 8
    assert violin.compose(PAIR, composer="vivaldi", n=2, seed=3, density=1) == answers


def test_bars_of_an_answer_are_composed_anew(answers: list[violin.Answer]) -> None:
    whole = answers[0].phrase
    [again] = violin.compose(whole, composer="vivaldi", redo=[4, (6, 7)], scale="G", density=1)
    assert again.new_bars == (3, 5, 6)
    assert again.faults() == []
    assert again.phrase.slice_bars(0, 3) == whole.slice_bars(0, 3)
    assert again.phrase.slice_bars(4, 1) == whole.slice_bars(4, 1)
    assert again.phrase != whole
    scale = {0, 2, 4, 6, 7, 9, 11}
    assert {note.pitch % 12 for bar in (3, 5, 6) for note in again.phrase.slice_bars(bar, 1).notes} <= scale
    assert violin.compose(whole, composer="vivaldi", keep="1-3,5,8", scale="G", density=1) == [again]
    spoilt = replace(again, phrase=replace(again.phrase.transposed(1), key=whole.key))
    assert "of a kept bar is not exactly as it was" in spoilt.faults()[-1]


def test_notes_of_new_bars_are_kept(answers: list[violin.Answer]) -> None:
    whole = answers[0].phrase
    begun = sorted({note.onset_ticks for note in whole.notes if 2 <= note.onset_ticks // whole.bar_ticks < 7})
    kept = [note for note in whole.notes if note.onset_ticks in begun[::4]]
    [again] = violin.compose(whole, composer="vivaldi", redo="3-7", keep_notes=kept, density=1)
    assert kept
    assert set(kept) <= set(again.phrase.notes)
    assert set(again.phrase.notes) != set(whole.notes)
    assert again.faults() == []
    places = (divmod(ticks, whole.bar_ticks) for ticks in begun[::4])
    named = ",".join(f"{bar + 1}:{1 + ticks / whole.ticks_per_beat}" for bar, ticks in places)
    assert violin.compose(whole, composer="vivaldi", redo="3-7", keep_notes=named, density=1) == [again]
    with pytest.raises(TypeError, match="keep_notes is legal with redo or keep"):
        violin.compose(whole, keep_notes=kept)


def test_an_answer_is_saved_by_suffix(answers: list[violin.Answer], tmp_path: Path) -> None:
    path = answers[0].save(tmp_path / "a.musicxml")
    assert violin.read(path).on_grid().notes == answers[0].phrase.on_grid().notes


def test_a_judge_has_the_shapes_of_a_classifier() -> None:
    judge = violin.Judge.load()
    chances = judge.predict_proba([PAIR, PAIR], composer="vivaldi")
    assert chances.shape == (2, 2)
    assert np.allclose(chances.sum(axis=1), 1)
    assert judge.classes_ == ("machine", "human")
    assert judge.predict([PAIR], composer="vivaldi") == [judge.classes_[int(chances[0, 1] >= 0.5)]]
    assert len(judge.explain(PAIR, composer="vivaldi", count=3)) == 3


def test_a_pair_has_its_own_key() -> None:
    with pytest.raises(TypeError, match="a pair has its own"):
        violin.compose(PAIR, key=Key(2))


@pytest.mark.parametrize(
    "words", [{"redo": [1]}, {"keep": "1"}, {"continue_bars": 1}, {"redo": [1], "keep": [2]}]
)
def test_bars_are_for_a_phrase_and_named_once(words: dict[str, object]) -> None:
    source = None if len(words) == 1 else PAIR
    with pytest.raises(TypeError, match="redo"):
        violin.compose(source, **words)  # type: ignore[arg-type]


def test_malformed_bars_are_refused() -> None:
    with pytest.raises(violin.ViolinError, match=r"bars \[\(4, 5, 6\)\]; legal: such as"):
        violin.compose(PAIR, redo=[(4, 5, 6)])  # type: ignore[list-item]


def test_novelty_reports_every_phrase() -> None:
    assert len(violin.novelty([PAIR, PAIR]).familiar) == 2
