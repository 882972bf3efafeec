"""Candidates: each measure prefers what it should, the mixture keeps the best, shares are checked."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from submission_fakes import FakeComposer, FakeJudge, write_dataset

from models.generation.request import Answer, Request
from models.reranking.choice import Pick
from models.reranking.measures import HUMAN_LEAPS, close
from models.reranking.mixture import MEASURES, PLAIN_SHARES, Mixture, parse_shares, shipped_shares
from submission.assignments import Assignment, dataset_assignments, free_assignments
from submission.datasets import read_dataset
from submission.generator import build_generator_archive
from violin.errors import SettingsError
from violin.midi import read_phrase
from violin.music import Note, Phrase
from violin.pair import Pair, free_pair, outer_pair

PAIR = Pair((Note(0, 69, 192),), 1, (Note(0, 71, 192),), 1, None, Phrase((), 8).meter, None)


def _assignment() -> Assignment:
    free = free_assignments(per_composer=1)[0]
    return replace(free, given=PAIR, prompt=PAIR, bars=8, prompt_bars=8)


def _phrase(*middle: Note) -> Phrase:
    return Phrase((Note(0, 69, 192), *middle, Note(7 * 192, 71, 192)), 8)


def _best(measure: str, *answers: Answer) -> Pick:
    mixture = Mixture(len(answers), FakeJudge(), ((measure, 1.0),))
    return mixture.pick([_assignment().answered(0)], [list(answers)])[0]


def test_the_judge_is_called() -> None:
    high = Answer(Phrase((Note(0, 90, 48),), 8))
    low = Answer(Phrase((Note(0, 60, 48),), 8))
    pick = _best("judge", high, low, high)
    assert pick.index == 1
    assert pick.scores["judge"] == pick.scores["mixture"] == pytest.approx(1 - 60 / 127)


@dataclass(frozen=True)
class FakeCritic:
    """Gives high pitches high scores."""

    identity: str = "fake critic"

    def score(self, requests: Sequence[Request], phrases: Sequence[Phrase]) -> list[float]:
        assert len(requests) == len(phrases)
        return [phrase.notes[0].pitch / 127 for phrase in phrases]


def test_the_critic_is_called() -> None:
    answers = [Answer(Phrase((Note(0, pitch, 48),), 8)) for pitch in (60, 90, 70)]
    shares = (("critic", 2.0), ("judge", 1.0))
    pick = Mixture(3, FakeJudge(), shares, FakeCritic()).pick([_assignment().answered(0)], [answers])[0]
    assert pick.index == 1
    assert pick.scores["critic"] == pytest.approx(90 / 127)
    assert pick.scores["judge"] == pytest.approx(1 - 90 / 127)
    without = Mixture(3, FakeJudge(), shares).pick([_assignment().answered(0)], [answers])[0]
    assert without.index == 0
    assert "critic" not in without.scores


def test_neither_predictable_nor_surprising_answers_win() -> None:
    answers = [Answer(_phrase(Note(192, 69, 48)), bits) for bits in (0.5, 3.0, 9.0)]
    assert _best("likelihood", *answers).index == 1
    unknown = Answer(_phrase(Note(192, 69, 48)), None)
    assert _best("likelihood", unknown, unknown).index == 0


def test_leaps_at_the_seams_as_in_human_phrases() -> None:
    """The middle begins after A4 and ends before B4."""

    def seam(first: int, last: int) -> float:
        return _best("seam", Answer(_phrase(Note(192, first, 48), Note(6 * 192, last, 192)))).scores["seam"]

    assert seam(69, 71) == 1
    assert seam(69 + 12, 71) == pytest.approx((HUMAN_LEAPS[12] + 1) / 2)
    assert seam(69, 71 - 7) == pytest.approx((1 + HUMAN_LEAPS[7]) / 2)
    assert seam(69 + 36, 71) == pytest.approx((HUMAN_LEAPS[-1] + 1) / 2)
    assert list(HUMAN_LEAPS) == sorted(HUMAN_LEAPS, reverse=True)
    far = Answer(_phrase(Note(192, 93, 48), Note(6 * 192, 57, 192)))
    near = Answer(_phrase(Note(192, 71, 48), Note(6 * 192, 72, 192)))
    assert _best("seam", far, near).index == 1


def test_a_free_phrase_ends_like_one() -> None:
    request = Request(free_pair(), "bach", 8)
    eighths = [Note(24 * index, 60 + index % 12, 24) for index in range(63)]
    moving = Answer(Phrase((*eighths, Note(24 * 63, 61, 24)), 8))
    closed = Answer(Phrase((*eighths[:60], Note(24 * 60, 60, 96)), 8))
    mixture = Mixture(2, FakeJudge(), (("close", 1.0),))
    pick = mixture.pick([request], [[moving, closed]])[0]
    assert (pick.index, pick.scores["close"]) == (1, 1)
    assert _best("close", moving, closed).index == 0  # with a given ending it is not measured


@pytest.mark.parametrize(
    ("last", "criteria"),
    [
        (Note(0, 60, 192), 5),
        (Note(96, 60, 96), 5),
        (Note(48, 60, 144), 4.5),  # on the second beat
        (Note(144, 60, 48), 4),  # the last beat leads on
        (Note(96, 64, 96), 4.5),  # the third of the key
        (Note(96, 62, 96), 4),  # not in the triad
        (Note(108, 60, 84), 4),  # off the beat
        (Note(96, 60, 24), 3),  # shorter than a beat, and than the notes before
    ],
)
def test_criteria_of_an_ending(last: Note, criteria: float) -> None:
    quarters = [Note(48 * place, 67, 48) for place in range(28 + last.onset_ticks // 48)]
    ended = Phrase((*quarters, last.shifted(7 * 192)), 8)
    assert close(Request(free_pair(), "bach", 8), ended) == pytest.approx(criteria / 5)


def test_a_rest_before_the_last_note_is_no_ending() -> None:
    quarters = [Note(48 * place, 67, 48) for place in range(28)]
    late = Phrase((*quarters, Note(7 * 192 + 96, 60, 96)), 8)
    assert close(Request(free_pair(), "bach", 8), late) == pytest.approx(4 / 5)


def test_easy_stops() -> None:
    easy = Answer(_phrase(Note(192, 62, 48), Note(192, 69, 48)))
    hard = Answer(_phrase(Note(192, 56, 48), Note(192, 83, 48)))
    assert _best("tier", hard, easy).index == 1


def test_form_within_the_human_bands() -> None:
    stuck = Answer(_phrase(*(Note(192 + 48 * beat, 69, 48) for beat in range(24))))
    steps = (69, 71, 73, 74, 73, 71, 76, 78, 81, 80, 78, 76)
    shaped = Answer(_phrase(*(Note(192 + 96 * place, pitch, 96) for place, pitch in enumerate(steps))))
    pick = _best("form", stuck, shaped)
    assert pick.index == 1
    assert pick.scores["form"] > _best("form", stuck).scores["form"]


def test_the_best_of_three_is_never_worse(tmp_path: Path) -> None:
    dataset = read_dataset(write_dataset(tmp_path / "dataset"))
    assignments = dataset_assignments(dataset)
    mixture = Mixture(3, FakeJudge())
    answers = build_generator_archive(tmp_path / "best.zip", assignments, FakeComposer(), choice=mixture)
    assert {answer.scores["candidate"] for answer in answers} > {1.0}
    assert all(set(answer.scores) > {"form", "seam", "mixture"} for answer in answers)
    with zipfile.ZipFile(tmp_path / "best.zip") as archive:
        assert read_phrase(archive.read("composer1/001.mid")).bars == 8


def test_shares() -> None:
    assert parse_shares("judge=1, seam=.5") == (("judge", 1.0), ("seam", 0.5))
    assert {"critic", "close"} <= dict(shipped_shares()).keys() <= set(MEASURES)
    assert "judge" not in dict(PLAIN_SHARES)
    for text, message in (
        ("beauty=1", "unknown measure 'beauty'"),
        ("judge", "a measure = a number"),
        ("judge=-1", "0 or more"),
        ("judge=0", "not all 0"),
    ):
        with pytest.raises(SettingsError, match=message):
            parse_shares(text)


def test_full_bars_between_full_given_bars() -> None:
    bars = [[Note(192 * bar + 48 * beat, 69, 48) for beat in range(4)] for bar in range(8)]
    whole = Answer(Phrase(tuple(note for bar in bars for note in bar), 8))
    bars[2:4] = [bar[:1] for bar in bars[2:4]]
    holes = Answer(Phrase(tuple(note for bar in bars for note in bar), 8))
    request = Request(outer_pair(whole.phrase, 1, 1), "bach", 8)
    mixture = Mixture(2, FakeJudge(), (("full", 1.0),))
    assert mixture.pick([request], [[holes, whole]])[0].index == 1
    assert mixture.appraise(request, [holes])[0]["full"] == pytest.approx(4 / 6)
    still = Answer(_phrase(Note(192, 70, 48)))  # its given bars hold one note each
    assert _best("full", still).scores["full"] == 1


def test_of_equal_candidates_the_first_is_kept() -> None:
    same = Answer(_phrase(Note(192, 70, 48)))
    assert _best("seam", same, same, same).index == 0
