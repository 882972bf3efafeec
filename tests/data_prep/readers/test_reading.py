from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from data_prep.readers import reading
from data_prep.readers.catalogue import Entry, folder_entries
from data_prep.readers.reading import read_sources, worker_processes

TUNE = "X:{number}\nT:Tune {number}\nM:4/4\nL:1/4\nK:D\nDFAd|fdAF|GBdg|bgdB|ABcd|efga|fdec|d4|]\n"


@pytest.fixture
def score_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scores"
    folder.mkdir()
    (folder / "a.abc").write_text(TUNE.format(number=1))
    (folder / "b.abc").write_text(TUNE.format(number=1) + "\n" + TUNE.format(number=2))
    (folder / "c.mid").write_bytes(b"not a midi file")
    return folder


def test_every_file_gives_parts_or_a_refusal_in_the_order_of_the_entries(score_folder: Path) -> None:
    done: list[Entry] = []
    parts, refusals = read_sources(
        folder_entries(score_folder, "sarasate"), workers=1, on_progress=done.append
    )
    assert [part.path for part in parts] == ["a.abc", "b.abc#1", "b.abc#2"]
    assert [part.composer for part in parts] == ["sarasate"] * 3
    assert len({part.work_group for part in parts}) == 3
    assert [part.title for part in parts] == ["a", "Tune 1", "Tune 2"]
    assert [refusal.path for refusal in refusals] == ["c.mid"]
    assert "MThd" in refusals[0].reason
    assert len(done) == 3


def test_a_second_run_reads_from_the_cache_and_gives_the_same(
    score_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = folder_entries(score_folder, "other")
    first = read_sources(entries, cache_dir=tmp_path / "cache", workers=1)

    def forbidden(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(reading, "read_music", forbidden)
    assert read_sources(entries, cache_dir=tmp_path / "cache", workers=1) == first


def test_a_changed_file_and_a_damaged_cache_are_read_anew(score_folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    entries = folder_entries(score_folder, "other")
    read_sources(entries, cache_dir=cache, workers=1)
    for file in cache.rglob("*.json"):
        file.write_text('{"music": [')
    (score_folder / "a.abc").write_text(TUNE.format(number=1).replace("DFAd", "d2d2"))
    parts, _ = read_sources(entries, cache_dir=cache, workers=1)
    assert len(parts) == 3
    assert parts[0].total_notes == parts[1].total_notes - 2


def test_workers_give_what_one_process_gives(score_folder: Path) -> None:
    entries = folder_entries(score_folder, "other")
    assert read_sources(entries, workers=2) == read_sources(entries, workers=1)


def _slow(*_: object) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        pass


def _greedy(*_: object) -> None:
    bytearray(256 << 20)


def _broken(*_: object) -> None:
    raise RecursionError("deep\nscore")


@pytest.mark.parametrize(
    ("reader", "limit", "message"),
    [
        (_slow, 0.2, "it took more than 0.2 seconds to read"),
        (_broken, 60, "the reader failed: RecursionError deep score"),
    ],
)
def test_a_file_that_hangs_or_breaks_its_reader_stops_only_that_file(
    score_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    reader: Callable[..., None],
    limit: float,
    message: str,
) -> None:
    monkeypatch.setattr(reading, "read_music", reader)
    parts, refusals = read_sources(
        folder_entries(score_folder, "other")[:1], workers=1, time_limit_seconds=limit
    )
    assert not parts
    assert refusals[0].reason == message


def test_a_file_whose_time_was_up_is_tried_again(
    score_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = folder_entries(score_folder, "other")[:1]
    with monkeypatch.context() as patched:
        patched.setattr(reading, "read_music", _slow)
        read_sources(entries, cache_dir=tmp_path / "cache", workers=1, time_limit_seconds=0.2)
    assert len(read_sources(entries, cache_dir=tmp_path / "cache", workers=1)[0]) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_file_that_takes_too_much_memory_stops_only_that_file(
    score_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = folder_entries(score_folder, "other")[:1]
    limits = {"cache_dir": tmp_path / "cache", "workers": 1, "memory_limit_bytes": 100_000_000}
    with monkeypatch.context() as patched:
        patched.setattr(reading, "read_music", _greedy)
        parts, refusals = read_sources(entries, **limits)
    assert not parts
    assert refusals[0].reason == "it took more than 100 MB of memory to read"
    assert len(read_sources(entries, **limits)[0]) == 1  # tried again, and read


@pytest.mark.skipif(sys.platform != "linux", reason="processes are listed as Linux does")
def test_a_killed_run_leaves_no_worker(score_folder: Path) -> None:
    run = subprocess.Popen([sys.executable, "-c", _SLOW_RUN, str(score_folder)])
    try:
        workers = _wait_for(lambda: len(_loky_workers(run.pid)) == 2 and _loky_workers(run.pid))
    finally:
        run.kill()
        run.wait()
    assert _wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


_SLOW_RUN = """
import sys, time
from pathlib import Path
from data_prep.readers import reading
from data_prep.readers.catalogue import folder_entries

def slow(*_):
    time.sleep(60)

if __name__ == "__main__":
    reading._read_entry = slow
    reading.read_sources(folder_entries(Path(sys.argv[1]), "other"), workers=2)
"""


def _loky_workers(owner: int) -> list[int]:
    """The worker processes of a run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            if parent == owner and b"LokyProcess" in status.with_name("cmdline").read_bytes():
                found.append(int(status.parent.name))
    return found


def _wait_for(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    """The first true value of a condition; AssertionError if none comes in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return value


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open any file")
def test_a_file_that_may_not_be_opened_is_a_refusal(score_folder: Path) -> None:
    (score_folder / "a.abc").chmod(0)
    _, refusals = read_sources(folder_entries(score_folder, "other")[:1], workers=1)
    assert refusals[0].reason.startswith("cannot be opened")


def test_a_missing_file_is_a_refusal(score_folder: Path) -> None:
    entries = folder_entries(score_folder, "other")
    (score_folder / "a.abc").unlink()
    assert read_sources(entries, workers=1)[1][0].reason.startswith("cannot be opened")


def test_the_replacement_of_a_worker_is_not_reported() -> None:
    """joblib gives this warning when it replaces a process whose memory has grown."""
    text = "A worker stopped while some jobs were given to the executor."
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        with worker_processes(1):
            warnings.warn(text, UserWarning, stacklevel=1)
            warnings.warn("another", UserWarning, stacklevel=1)
    assert [str(each.message) for each in shown] == ["another"]
