"""The generator's job: every pair answered, and the same bytes after any interruption."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from submission_fakes import FakeComposer, given_phrase, write_dataset

from models.generation.request import Answer, OnAnswer, Request
from models.reranking.choice import Pick
from submission.assignments import AUTO_BARS, Assignment, dataset_assignments, free_assignments
from submission.datasets import read_dataset
from submission.generator import GeneratedFile, build_generator_archive
from submission.verify import verify_archive
from violin.midi import phrase_bytes, read_phrase
from violin.music import Meter, Note, Phrase
from violin.pair import read_pair


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_dataset(tmp_path / "dataset")


def _build(
    dataset: Path, out: Path, composer: FakeComposer | None = None, workers: int = 1, bars: int | None = None
) -> dict[str, GeneratedFile]:
    assignments = dataset_assignments(read_dataset(dataset), bars=bars, seed=1)
    answers = build_generator_archive(out, assignments, composer or FakeComposer(), seed=1, workers=workers)
    return {answer.name: answer for answer in answers}


def test_every_pair_is_answered_and_the_archive_is_verified(dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "generator_output_final.zip"
    answers = _build(dataset, out)
    assert len(answers) == 24
    assert not any(each.remarks or each.errors or each.inherited for each in answers.values())
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == sorted(answers)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert verify_archive(out, read_dataset(dataset)).faults == ()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset", out.name]


def test_the_same_bytes_whatever_the_number_of_workers(dataset: Path, tmp_path: Path) -> None:
    _build(dataset, tmp_path / "one.zip", workers=1)
    _build(dataset, tmp_path / "two.zip", workers=2)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_another_seed_gives_other_bytes(dataset: Path, tmp_path: Path) -> None:
    for seed in (1, 2):
        assignments = dataset_assignments(read_dataset(dataset), seed=seed)
        build_generator_archive(tmp_path / f"{seed}.zip", assignments, FakeComposer(), seed=seed)
    assert (tmp_path / "1.zip").read_bytes() != (tmp_path / "2.zip").read_bytes()


@dataclass(frozen=True)
class Interrupted(FakeComposer):
    """A fake that stops like a killed run before the last part."""

    def answer(self, requests: Sequence[Request], on_done: OnAnswer | None = None) -> list[Answer]:
        if any(request.key[1] == 8 for request in requests):
            raise KeyboardInterrupt
        return super().answer(requests, on_done)


def test_what_another_seed_left_behind_is_not_taken(dataset: Path, tmp_path: Path) -> None:
    assignments = dataset_assignments(read_dataset(dataset), seed=1)
    with pytest.raises(KeyboardInterrupt):
        build_generator_archive(tmp_path / "out.zip", assignments, Interrupted(), seed=1)
    for name, seed in (("out.zip", 2), ("fresh.zip", 2)):
        build_generator_archive(tmp_path / name, assignments, FakeComposer(), seed=seed)
    assert (tmp_path / "out.zip").read_bytes() == (tmp_path / "fresh.zip").read_bytes()


def test_the_preliminary_round_needs_no_dataset(tmp_path: Path) -> None:
    assignments = free_assignments(per_composer=4, seed=3)
    assert len(assignments) == 32
    assert len({(each.prompt.meter, each.prompt.key, each.bars) for each in assignments}) > 8
    out = tmp_path / "generator_output_preliminary.zip"
    answers = build_generator_archive(out, assignments, FakeComposer(), seed=3)
    assert not any(answer.errors for answer in answers)
    assert verify_archive(out, per_composer=4).faults == ()


def test_lengths_are_as_requested(dataset: Path, tmp_path: Path) -> None:
    assert {answer.bars for answer in _build(dataset, tmp_path / "a.zip").values()} == {8}
    assert {answer.bars for answer in _build(dataset, tmp_path / "b.zip", bars=12).values()} == {12}
    drawn = {answer.bars for answer in _build(dataset, tmp_path / "c.zip", bars=AUTO_BARS).values()}
    assert len(drawn) > 1
    assert drawn <= set(range(8, 17))


def _with(dataset: Path, data: bytes) -> Path:
    (dataset / "composer2" / "002.mid").write_bytes(data)
    return dataset


BELOW_THE_FLOOR = phrase_bytes(given_phrase(0, lowest=40))
FIVE_VOICES = phrase_bytes(
    replace(
        given_phrase(1), notes=tuple(Note(96 * beat, 60 + 3 * k, 96) for beat in range(8) for k in range(5))
    )
)
UNPLAYABLE = phrase_bytes(
    replace(
        given_phrase(1), notes=tuple(Note(96 * beat, pitch, 96) for beat in range(8) for pitch in (55, 57))
    )
)
LONG = phrase_bytes(given_phrase(1, bars=11))


@pytest.mark.parametrize(
    ("data", "code"),
    [(BELOW_THE_FLOOR, "C04"), (FIVE_VOICES, "C10"), (UNPLAYABLE, "P001")],
    ids=["below the floor", "five voices", "unplayable"],
)
def test_given_bars_that_break_rules_stay_untouched(
    dataset: Path, tmp_path: Path, data: bytes, code: str
) -> None:
    out = tmp_path / "out.zip"
    answers = _build(_with(dataset, data), out)
    odd = answers["composer2/002.mid"]
    assert odd.inherited
    assert any(code in finding for finding in odd.inherited)
    assert not any(answer.errors for answer in answers.values())
    phrase, given = read_phrase(odd.data), read_phrase(data)
    scale = phrase.ticks_per_beat // given.ticks_per_beat
    bar = given.bar_ticks
    kept = [note for note in phrase.notes if not bar <= note.onset_ticks // scale < 7 * bar]
    assert [note.pitch for note in kept] == [note.pitch for note in given.notes]
    proof = verify_archive(out, read_dataset(dataset))
    assert proof.faults == ()
    assert proof.inherited


@pytest.mark.parametrize("meter", [Meter(5, 8), Meter(2, 4), Meter(6, 8), Meter(12, 8)], ids=str)
def test_a_pair_in_a_foreign_meter_keeps_meter_and_bars(dataset: Path, tmp_path: Path, meter: Meter) -> None:
    ticks = meter.bar_ticks(96) // meter.numerator
    notes = tuple(Note(ticks * beat, 62 + beat % 5, ticks) for beat in range(2 * meter.numerator))
    given = Phrase(notes, 2, meter, ticks_per_beat=96)
    out = tmp_path / "out.zip"
    odd = _build(_with(dataset, phrase_bytes(given)), out)["composer2/002.mid"]
    phrase = read_phrase(odd.data)
    assert (phrase.meter, phrase.bars) == (meter, 8)
    assert "composed without them" in odd.remarks[0]
    assert not odd.errors
    inner = [note for note in phrase.notes if 0 < note.onset_ticks // phrase.bar_ticks < 7]
    assert len(inner) > 6
    assert verify_archive(out, read_dataset(dataset)).faults == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"this is a text, not music\n",
        phrase_bytes(given_phrase(1))[:60],
        phrase_bytes(Phrase((), 2)),
        phrase_bytes(given_phrase(1, bars=17)),
    ],
    ids=["empty", "text", "cut short", "all rest", "17 bars"],
)
def test_an_unreadable_pair_gets_a_free_phrase_like_its_folder(
    dataset: Path, tmp_path: Path, data: bytes
) -> None:
    out = tmp_path / "out.zip"
    answers = _build(_with(dataset, data), out)
    odd = answers.pop("composer2/002.mid")
    assert "free phrase" in odd.remarks[0]
    assert not odd.errors
    tempi = {read_phrase(answers[f"composer2/{n}.mid"].data).tempo_us_per_beat for n in ("001", "003")}
    assert read_phrase(odd.data).tempo_us_per_beat in tempi
    assert not any(answer.remarks for answer in answers.values())
    assert verify_archive(out, read_dataset(dataset)).faults == ()


def test_a_missing_number_is_filled_in(dataset: Path, tmp_path: Path) -> None:
    (dataset / "composer5" / "002.mid").unlink()
    out = tmp_path / "out.zip"
    answers = _build(dataset, out)
    assert len(answers) == 24
    assert "no such file" in answers["composer5/002.mid"].remarks[0]
    assert verify_archive(out, read_dataset(dataset)).faults == ()


def test_more_given_bars_than_the_default_length_holds(dataset: Path, tmp_path: Path) -> None:
    answers = _build(_with(dataset, LONG), tmp_path / "out.zip")
    assert answers["composer2/002.mid"].bars == 12
    assert not answers["composer2/002.mid"].remarks


def test_a_pair_that_the_model_fails_at_is_composed_apart(dataset: Path, tmp_path: Path) -> None:
    answers = _build(_with(dataset, LONG), tmp_path / "out.zip", FakeComposer(fails=(11,)))
    odd = answers.pop("composer2/002.mid")
    assert "composed without them: cannot take 11 given bars" in odd.remarks[0]
    given = read_pair(LONG)
    phrase = read_phrase(odd.data)
    assert [note.pitch for note in phrase.notes][: len(given.beginning)] == [n.pitch for n in given.beginning]
    assert not odd.errors
    assert not any(answer.remarks for answer in answers.values())


def test_a_model_that_always_fails_is_an_error(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot take"):
        _build(dataset, tmp_path / "out.zip", FakeComposer(fails=(0, 2)))


class LastOfThree:
    """Writes three candidates and keeps the last."""

    candidates = 3
    identity = "last of three"

    def pick(self, part: Sequence[Assignment], answers: Sequence[Sequence[Answer]]) -> list[Pick]:
        assert all(len(each) == 3 for each in answers)
        return [Pick(2, {"place": 2.0}) for _ in part]


def test_candidates_have_different_keys(dataset: Path, tmp_path: Path) -> None:
    first = _build(dataset, tmp_path / "first.zip")
    assignments = dataset_assignments(read_dataset(dataset), seed=1)
    third = build_generator_archive(
        tmp_path / "third.zip", assignments, FakeComposer(), seed=1, choice=LastOfThree()
    )
    assert all(answer.scores == {"place": 2.0} for answer in third)
    assert sum(answer.data != first[answer.name].data for answer in third) > 20
