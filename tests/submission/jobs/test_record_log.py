"""The log of an unfinished part: only intact lines count; candidates come back as they were."""

from __future__ import annotations

import os
import resource
from dataclasses import replace
from pathlib import Path

import pytest
from submission_fakes import FakeComposer, Pace, given_phrase

from submission.assignments import Assignment, free_assignments
from submission.drafting import candidates_of
from submission.jobs.record_log import RecordLog
from violin.errors import OutputError
from violin.music import Meter
from violin.pair import pair_of


def _log(folder: Path, index: int = 3, plan: str = "plan") -> RecordLog:
    return RecordLog(folder, plan, index)


def _written(folder: Path, count: int = 5) -> Path:
    with _log(folder).writer() as writer:
        for number in range(count):
            writer.add({"number": number, "text": "é\n"})
    (path,) = folder.iterdir()
    return path


def _numbers(folder: Path) -> list[int]:
    return [record["number"] for record in _log(folder).read()]


def test_records_come_back_in_order(tmp_path: Path) -> None:
    _written(tmp_path)
    assert _log(tmp_path).read() == [{"number": number, "text": "é\n"} for number in range(5)]
    _log(tmp_path).remove()
    assert not list(tmp_path.iterdir())


def test_a_record_is_there_as_soon_as_it_is_added(tmp_path: Path) -> None:
    with _log(tmp_path).writer() as writer:
        assert not list(tmp_path.iterdir())
        for number in range(3):
            writer.add({"number": number})
            assert _numbers(tmp_path) == list(range(number + 1))


def test_a_torn_tail_loses_only_the_last_record(tmp_path: Path) -> None:
    path = _written(tmp_path)
    whole = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        complete = sum(end - 1 <= length for end in ends)  # the line end itself is not missed
        assert _numbers(tmp_path) == list(range(complete))


def test_damage_in_the_middle_loses_only_the_record_it_hits(tmp_path: Path) -> None:
    path = _written(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes((whole[place] ^ 0x55,)) + whole[place + 1 :])
        hit = whole[:place].count(b"\n")
        lost = set(range(5)) - set(_numbers(tmp_path))
        assert hit in lost or place == len(whole) - 1
        assert len(lost) <= 2  # two where the line end between them is hit


def test_another_plan_or_part_reads_nothing_of_it(tmp_path: Path) -> None:
    path = _written(tmp_path)
    assert _log(tmp_path, plan="other").read() == []
    assert _log(tmp_path, index=4).read() == []
    path.rename(path.with_name(path.name.replace("00003", "00004")))
    assert _log(tmp_path, index=4).read() == []


def test_two_writers_at_one_part(tmp_path: Path) -> None:
    with _log(tmp_path).writer() as one, _log(tmp_path).writer() as other:
        for number in range(3):
            one.add({"number": number})
            other.add({"number": number + 10})
    assert sorted(_numbers(tmp_path)) == [0, 1, 2, 10, 11, 12]


def test_a_folder_that_disappears_while_it_is_listed_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker may look for a part's log when the owner has just finished the job."""

    def gone(*arguments: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    _written(tmp_path)
    monkeypatch.setattr(os, "scandir", gone)
    assert _log(tmp_path).read() == []
    assert _log(tmp_path).count() == 0


def test_where_the_folder_is_not_seen_nothing_is_written(tmp_path: Path) -> None:
    log = _log(tmp_path / "elsewhere")
    with log.writer() as writer:
        writer.add({"number": 1})
    assert log.read() == []
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_reported_and_earlier_records_stay(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (250, hard))
    try:
        with pytest.raises(OutputError, match="cannot be written: File too large"):
            _written(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert _numbers(tmp_path) == [0, 1]


def test_a_folder_without_rights_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root may write anywhere
    with pytest.raises(OutputError, match="Permission denied"), _log(tmp_path).writer() as writer:
        writer.add({"number": 1})


class Killed(BaseException):
    """A kill; no handler may catch it."""


class Stopping(FakeComposer):
    """Raises Killed once it has composed `left` phrases."""

    left = 0

    def _one(self, request):  # type: ignore[no-untyped-def]
        if Stopping.left == 0:
            raise Killed
        Stopping.left -= 1
        return super()._one(request)


def _part() -> list[Assignment]:
    """Free phrases and, as the third, a pair that the composer cannot take."""
    part = free_assignments(per_composer=1)[:4]
    odd = pair_of(given_phrase(1, bars=3, meter=Meter(4, 4)), "odd")
    part[2] = replace(part[2], given=odd, prompt=odd, bars=8, prompt_bars=8)
    return part


@pytest.mark.parametrize("left", range(12))
def test_candidates_of_a_stopped_part_are_composed_once(tmp_path: Path, left: int) -> None:
    """Three candidates of four phrases, one of which is composed without its given bars: wherever a run
    is stopped, the next one composes what is missing and has the same candidates."""
    whole = candidates_of(FakeComposer(fails=(3,)), _part(), 1, 3, _log(tmp_path / "absent"))
    Stopping.left = left
    with pytest.raises(Killed):
        candidates_of(Stopping(fails=(3,)), _part(), 1, 3, _log(tmp_path))
    finished = len(_log(tmp_path).read())
    assert finished == left if left <= 6 else finished >= 6  # then failed attempts count, too
    pace = Pace(tally=tmp_path / "tally")
    again = candidates_of(FakeComposer(pace, fails=(3,)), _part(), 1, 3, _log(tmp_path))
    assert again == whole
    assert [one.fallback for one in again[2]] == ["cannot take 3 given bars"] * 3
    assert len(pace.done()) == 12 - finished
