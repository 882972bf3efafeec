"""The reading stage: every file once, over all cores, cached, within a time limit.

A file is read in a worker process. An alarm stops a reading that takes too much processor time; a limit of
the system stops one that takes too much memory. The result, refusals included, is cached under the hash of
the file's bytes, of what the catalogue says about its parts and of the reader's version, so a run that was
killed continues from there. Workers end with the run, however that ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any

from joblib import Parallel, delayed, parallel_config

from data_prep.grid.gridded import Music
from data_prep.grid.raw_part import ScoreError
from data_prep.grid.violin_part import Refusal, ViolinPart
from data_prep.readers.catalogue import Entry
from data_prep.readers.scores import read_music
from violin.files import write_whole
from violin.music import Key, Meter, Note
from violin.processes import end_with_owner, memory_limit, return_memory

__all__ = ["READER_VERSION", "Refusal", "read_sources"]

READER_VERSION = 4
"""Raise it with every change that makes a file read differently: the cached parts are then read again."""

DEFAULT_MEMORY_LIMIT_BYTES = 1_000_000_000
_MOST_CRASHES = 4
_WAITING_FACTOR = 10


@dataclass(frozen=True)
class _Reading:
    """What a file gave: its music, and the reasons for what it did not give. `is_final` is False after a
    limit of time or memory: another run may give more."""

    music: tuple[Music, ...] = ()
    faults: tuple[str, ...] = ()
    is_final: bool = True


class _TimeLimit(BaseException):
    """A file took longer than it may; not an Exception, so no reader catches it."""


def read_sources(
    entries: Sequence[Entry],
    *,
    cache_dir: str | Path | None = None,
    workers: int | None = None,
    time_limit_seconds: float = 60.0,
    memory_limit_bytes: int = DEFAULT_MEMORY_LIMIT_BYTES,
    other_instruments: bool = False,
    on_progress: Callable[[Entry], object] | None = None,
) -> tuple[list[ViolinPart], list[Refusal]]:
    """The violin parts of all entries in their order, and a refusal for each file or part that
    gives none.

    `workers` None: one per core. With `other_instruments` their parts come too, moved into the violin's range
    (`data_prep.grid.other_instruments`). No file stops the run: any error of a reader becomes a refusal.
    `time_limit_seconds` is the processor time of one file, `memory_limit_bytes` what its reading may hold (on
    Linux; no limit elsewhere). If a worker dies, new ones read the remaining files; the files that may have
    killed it come last. `on_progress` is called with each entry when it is done, in no particular order.
    """
    cache_dir = Path(cache_dir) if cache_dir is not None else None
    readings: dict[int, _Reading] = {}
    pending = list(range(len(entries)))
    for _ in range(_MOST_CRASHES):
        jobs = (
            delayed(_read_entry)(
                index, entries[index], cache_dir, time_limit_seconds, memory_limit_bytes, other_instruments
            )
            for index in pending
        )
        try:
            with worker_processes(workers):
                pool = Parallel(return_as="generator_unordered", batch_size=1)
                for index, reading in pool(jobs):
                    readings[index] = reading
                    if on_progress is not None:
                        on_progress(entries[index])
        except BrokenProcessPool:  # a worker was killed, perhaps for its use of memory
            pending = [index for index in pending if index not in readings]
            suspects = 2 * (workers or os.cpu_count() or 1)
            pending = pending[suspects:] + pending[:suspects]
            continue
        break
    for index in set(range(len(entries))) - set(readings):
        readings[index] = _Reading(faults=("the process that read it was killed",))
    parts: list[ViolinPart] = []
    refusals: list[Refusal] = []
    for index, entry in enumerate(entries):
        is_book = len({music.number for music in readings[index].music}) > 1
        parts += [_part(entry, music, is_book) for music in readings[index].music]
        refusals += [Refusal(entry.path, fault) for fault in readings[index].faults]
    return parts, refusals


@contextmanager
def worker_processes(workers: int | None = None) -> Iterator[None]:
    """Within the block joblib uses this many processes (None: one per core); they end with this process.

    joblib replaces a process whose memory has grown and loses no job by it, so its warning is not shown.
    """
    count = workers or os.cpu_count() or 1
    with (
        warnings.catch_warnings(),
        parallel_config("loky", n_jobs=count, initializer=end_with_owner, initargs=(os.getpid(),)),
    ):
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given")
        yield


def _part(entry: Entry, music: Music, is_book: bool) -> ViolinPart:
    """The music with the catalogue's facts about it; each tune of a book is a separate work."""
    tune = f":{music.number + 1}" if is_book else ""
    return ViolinPart(
        notes=music.notes,
        meters=music.meters,
        keys=music.keys,
        tempos=music.tempos,
        barlines=music.barlines,
        double_bars=music.double_bars,
        role=music.role,
        composer=entry.composer,
        work_id=entry.work_id + tune,
        work_group=entry.work_group + tune,
        title=music.title or entry.title if is_book else entry.title,
        source=entry.source,
        licence_class=entry.licence_class,
        path=entry.path + tune.replace(":", "#"),
        quantise_error_beats=music.quantise_error_beats,
        shortened_notes=music.shortened_notes,
        total_notes=music.total_notes,
        carried_accidentals=music.carried_accidentals,
    )


def _read_entry(
    index: int,
    entry: Entry,
    cache_dir: Path | None,
    limit_seconds: float,
    limit_bytes: int,
    other_instruments: bool,
) -> tuple[int, _Reading]:
    try:
        data = entry.file.read_bytes()
    except OSError as error:
        return index, _Reading(faults=(f"cannot be opened: {error.strerror}",))
    name = _cache_name(entry, data, other_instruments)
    place = cache_dir / "readings" / name if cache_dir is not None else None
    if place is not None:
        known = _load(place)
        if known is not None:
            return index, known
    reading = _fresh(entry, limit_seconds, limit_bytes, other_instruments)
    return_memory()
    if place is not None and reading.is_final:
        _save(place, reading)
    return index, reading


def _fresh(entry: Entry, limit_seconds: float, limit_bytes: int, other_instruments: bool) -> _Reading:
    try:
        with _alarm(limit_seconds), memory_limit(limit_bytes):
            music, faults = read_music(
                entry.file, entry.violin_tracks, entry.roles, entry.pickup_beats, other_instruments
            )
    except _TimeLimit:
        return _Reading(faults=(f"it took more than {limit_seconds:g} seconds to read",), is_final=False)
    except MemoryError:
        limit = f"{limit_bytes / 1e6:.0f} MB"
        return _Reading(faults=(f"it took more than {limit} of memory to read",), is_final=False)
    except ScoreError as error:
        return _Reading(faults=(str(error),))
    except (Exception, RecursionError) as error:  # a reader's own fault: one bad file never stops the run
        return _Reading(
            faults=(f"the reader failed: {type(error).__name__} {error}"[:160].replace("\n", " "),)
        )
    return _Reading(tuple(music), tuple(faults))


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raises _TimeLimit in this thread after that much processor time, or, if it mostly waits, after ten
    times as many seconds; without effect outside the main thread and on systems without timers.

    Processor time makes the limit the same on a busy machine. The timers ring again each second, in case a
    library swallows the first alarm.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _TimeLimit

    timers = (
        (signal.ITIMER_PROF, signal.SIGPROF, seconds),
        (signal.ITIMER_REAL, signal.SIGALRM, _WAITING_FACTOR * seconds),
    )
    before = [signal.signal(number, ring) for _, number, _ in timers]
    try:
        for timer, _, limit in timers:
            signal.setitimer(timer, limit, 1.0)
        yield
    finally:
        for timer, _, _ in timers:
            signal.setitimer(timer, 0)
        for (_, number, _), handler in zip(timers, before, strict=True):
            signal.signal(number, handler)


def _cache_name(entry: Entry, data: bytes, other_instruments: bool) -> str:
    digest = hashlib.sha256(data)
    digest.update(
        f"|{entry.file.suffix.lower()}|{entry.violin_tracks}|{entry.roles}|{entry.pickup_beats}".encode()
    )
    digest.update(f"|{READER_VERSION}|{version('music21')}{'|all' * other_instruments}".encode())
    name = digest.hexdigest()
    return f"{name[:2]}/{name[2:34]}.json"


def _save(place: Path, reading: _Reading) -> None:
    content = {"music": [_plain(m) for m in reading.music], "faults": reading.faults}
    write_whole(place, json.dumps(content).encode(), sync=False)


def _load(place: Path) -> _Reading | None:
    """What the cache holds; None for nothing, or for a file that a killed run left damaged."""
    try:
        found = json.loads(place.read_text("utf-8"))
        return _Reading(tuple(_music(item) for item in found["music"]), tuple(found["faults"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _plain(music: Music) -> dict[str, Any]:
    return {
        "role": music.role,
        "number": music.number,
        "title": music.title,
        "notes": [value for n in music.notes for value in (n.onset_ticks, n.pitch, n.duration_ticks)],
        "meters": [(tick, m.numerator, m.denominator) for tick, m in music.meters],
        "keys": [(tick, k.fifths, k.minor) for tick, k in music.keys],
        "tempos": music.tempos,
        "barlines": music.barlines,
        "double_bars": music.double_bars,
        "counts": (
            music.quantise_error_beats,
            music.shortened_notes,
            music.total_notes,
            music.carried_accidentals,
        ),
    }


def _music(plain: dict[str, Any]) -> Music:
    numbers = iter(plain["notes"])
    error, shortened, total, carried = plain["counts"]
    return Music(
        role=plain["role"],
        number=plain["number"],
        title=plain["title"],
        notes=tuple(
            Note(onset, pitch, length) for onset, pitch, length in zip(numbers, numbers, numbers, strict=True)
        ),
        meters=tuple((tick, Meter(above, below)) for tick, above, below in plain["meters"]),
        keys=tuple((tick, Key(fifths, minor)) for tick, fifths, minor in plain["keys"]),
        tempos=tuple((tick, tempo) for tick, tempo in plain["tempos"]),
        barlines=tuple(plain["barlines"]),
        double_bars=tuple(plain["double_bars"]),
        quantise_error_beats=error,
        shortened_notes=shortened,
        total_notes=total,
        carried_accidentals=carried,
    )
