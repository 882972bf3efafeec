"""Progress: each phrase is reported once, also those of unfinished parts."""

from __future__ import annotations

import time
from pathlib import Path

from submission.jobs.progress import Progress
from submission.jobs.record_log import RecordLog


def _parts(folder: Path) -> dict[int, tuple[int, RecordLog]]:
    return {index: (10, RecordLog(folder, "plan", index)) for index in range(3)}


def test_each_phrase_is_reported_once(tmp_path: Path) -> None:
    reported: list[int] = []
    parts = _parts(tmp_path)
    progress = Progress(reported.append, parts, records=2)
    with parts[0][1].writer() as writer, parts[1][1].writer() as other:
        for number in range(7):
            writer.add({"number": number})
        progress.look()
        assert reported == [3]  # seven records of two candidates each
        progress.look()
        progress.part_done(0)
        assert reported == [3, 7]
        other.add({"number": 1})
        other.add({"number": 2})
        progress.look()
        assert reported == [3, 7, 1]
    for index in (1, 2):
        progress.part_done(index)
    progress.look()
    assert sum(reported) == 30


def test_it_reports_without_being_called(tmp_path: Path) -> None:
    reported: list[int] = []
    parts = _parts(tmp_path)
    with Progress(reported.append, parts, records=1), parts[2][1].writer() as writer:
        writer.add({"number": 1})
        for _ in range(600):
            if reported:
                break
            time.sleep(0.1)
    assert reported == [1]
