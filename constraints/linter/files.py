"""Lints many files: finds them and their given pairs, and uses all cores if there are many.

Paths are files, folders (every .mid and .midi below them), patterns and zips (read in memory,
never unpacked). Files are found one by one and findings come back in their order, so many files need no more
memory than a few. If several paths are named, the files' places are remembered, so that none is linted twice.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from constraints.linter.check import check_bytes
from constraints.linter.finding import Finding, Profile, Severity
from constraints.linter.selection import EVERYTHING, Selection
from violin.errors import ArchiveError, MidiError, PairError
from violin.smf import Limits, read_limited

if TYPE_CHECKING:
    from violin.pair import Pair

MIDI_SUFFIXES = (".mid", ".midi", ".smf", ".kar", ".rmi")
MANY_FILES = 600  # below that, starting workers takes longer than the linting
_CHUNK = 50
_ZIP_MAGIC = b"PK\x03\x04"
_DEFAULT_LIMITS = Limits()
_GLOB_SIGNS = frozenset("*?[")


class Source(NamedTuple):
    """One MIDI file: the name to show, and its path or, from a zip or standard input, its bytes."""

    name: str
    path: Path | None
    data: bytes | None = None

    def read(self, limits: Limits) -> bytes:
        """The bytes, at most one more than the limit; MidiError if the file cannot be opened, or is
        a pipe or a device, which may have no end."""
        if self.data is not None:
            return self.data
        assert self.path is not None
        try:
            return read_limited(self.path, limits)
        except OSError as error:
            raise MidiError(f"{self.name}: cannot be read: {error.strerror or error}") from error


def sources(paths: Sequence[str]) -> Iterator[Source]:
    """Every MIDI file that the paths name, in order, each once. ArchiveError if a path names nothing."""
    found = chain.from_iterable(map(_named, paths))
    if len(paths) == 1 and not _GLOB_SIGNS.intersection(paths[0]):
        yield from found  # one path cannot name a file twice
        return
    here, seen = Path.cwd(), set()
    for source in found:
        place = os.path.normpath(here / source.name)
        if place not in seen:
            seen.add(place)
            yield source


def standard_input(stream: BinaryIO, limits: Limits) -> tuple[list[str], Source | None]:
    """What was piped in: a list of paths, one per line, or the bytes of one MIDI file."""
    data = stream.read(limits.file_bytes + 1)
    if data[:4] in (b"MThd", b"RIFF") or b"\0" in data:
        return [], Source("<stdin>", None, data)
    lines = (data + stream.read()).splitlines()
    return [os.fsdecode(line.strip()) for line in lines if line.strip()], None


def _named(text: str) -> Iterator[Source]:
    path = Path(text)
    if path.is_dir():
        yield from _folder(path)
    elif path.is_file():
        yield from _zip(path) if _is_zip(path) else [Source(text, path)]
    elif _GLOB_SIGNS.intersection(text):
        yield from _matching(text)
    else:
        raise ArchiveError(f"{text}: no such file or folder")


def _folder(folder: Path) -> Iterator[Source]:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise ArchiveError(f"{folder}: cannot be listed: {error.strerror or error}") from error
    for entry in ordered:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _folder(Path(entry.path))
        elif entry.name.lower().endswith(MIDI_SUFFIXES) and not entry.name.startswith("."):
            yield Source(entry.path, Path(entry.path))


def _is_zip(path: Path) -> bool:
    if path.suffix.lower() in MIDI_SUFFIXES:
        return False  # the linter reports a zip with a wrong name
    try:
        with path.open("rb") as stream:
            return stream.read(4) == _ZIP_MAGIC
    except OSError:
        return False  # the linter reports that it cannot be read


def _zip(path: Path) -> Iterator[Source]:
    from violin.archives import read_members  # imports zipfile, which few runs need

    for member in read_members(path, _is_midi_name):
        if _is_midi_name(member.name):
            yield Source(f"{path}/{member.name}", None, member.data)


def _is_midi_name(name: str) -> bool:
    return name.lower().endswith(MIDI_SUFFIXES) and not PurePath(name).name.startswith(".")


def _matching(pattern: str) -> Iterator[Source]:
    whole = Path(pattern)
    try:
        found = sorted(Path(whole.anchor).glob(str(whole.relative_to(whole.anchor))))
    except (ValueError, NotImplementedError, IndexError) as error:
        raise ArchiveError(f"{pattern}: not a file pattern: {error}") from error
    if not found:
        raise ArchiveError(f"{pattern}: no file matches")
    for path in found:
        if path.is_dir():
            yield from _folder(path)
        else:
            yield from _zip(path) if _is_zip(path) else [Source(str(path), path)]


@dataclass(frozen=True)
class GivenPairs:
    """The pairs that files answer: one for all, or a dataset's.

    A pair of a dataset is found by 'composerN/NNN.mid', else by a file name that occurs only once.
    `sides` are the numbers of bars that most pairs of the dataset give before and after the gap; they
    show where given rests lie (`violin.pair.usual_sides`).
    """

    single: Pair | None = None
    by_tail: dict[str, bytes] = field(default_factory=dict)
    label: str = ""
    sides: tuple[int, int] | None = None

    @classmethod
    def load(cls, path: str | Path) -> GivenPairs:
        """A pair's file, or a folder or zip of them; ArchiveError, MidiError or PairError otherwise."""
        path = Path(path)
        from violin.pair import read_pair, usual_sides

        if path.is_file() and not _is_zip(path):
            return cls(single=read_pair(path), label=str(path))
        by_tail: dict[str, bytes] = {}
        names: dict[str, list[bytes]] = {}
        pairs: list[Pair] = []
        for source in sources([str(path)]):
            data = source.read(Limits())
            parts = PurePath(source.name).parts
            by_tail["/".join(parts[-2:]).lower()] = data
            names.setdefault(parts[-1].lower(), []).append(data)
            with contextlib.suppress(PairError, MidiError):  # reported for the file that answers it
                pairs.append(read_pair(data))
        if not by_tail:
            raise ArchiveError(f"{path}: no MIDI file in it")
        by_tail.update({name: same[0] for name, same in names.items() if len(same) == 1})
        return cls(by_tail=by_tail, label=str(path), sides=usual_sides(pairs))

    def pair_for(self, name: str) -> Pair:
        """The pair that a file answers; PairError if there is none or it cannot be read."""
        if self.single is not None:
            return self.single
        from violin.pair import read_pair

        parts = PurePath(name.lower()).parts
        data = self.by_tail.get("/".join(parts[-2:]))
        data = self.by_tail.get(parts[-1]) if data is None else data
        if data is None:
            raise PairError(f"{self.label} holds no {'/'.join(PurePath(name).parts[-2:])}")
        pair = read_pair(data, name)
        return pair.with_rests(self.sides) if self.sides else pair


@dataclass(frozen=True)
class LintJob:
    """How to lint each file; picklable, so that workers get it once per chunk."""

    profile: Profile = Profile.SUBMISSION
    selection: Selection = EVERYTHING
    limits: Limits = _DEFAULT_LIMITS
    given: GivenPairs | None = None

    def check(self, source: Source) -> list[Finding]:
        """The findings of one file.

        A file that cannot be opened gets only that finding, and the others are still checked. If pairs
        were given and none belongs to this file, a warning says that item 11 was not checked.
        """
        try:
            data = source.read(self.limits)
        except MidiError as error:
            return [Finding(source.name, "S001", "not-midi", Severity.ERROR, _without_name(error, source))]
        pair, missing = self.pair_for(source)
        findings = check_bytes(
            data,
            name=source.name,
            profile=self.profile,
            given=pair,
            selection=self.selection,
            limits=self.limits,
        )
        return [*missing, *findings]

    def pair_for(self, source: Source) -> tuple[Pair | None, list[Finding]]:
        """A file's pair, or the finding that there is none."""
        if self.given is None:
            return None, []
        try:
            return self.given.pair_for(source.name), []
        except (PairError, MidiError) as error:
            message = f"not compared with a given pair: {error}"
            return None, [Finding(source.name, "C111", "given-bar-changed", Severity.WARNING, message)]

    def _check_chunk(self, chunk: list[Source]) -> list[tuple[str, list[Finding]]]:
        return [(source.name, self.check(source)) for source in chunk]

    def run(self, files: Iterable[Source], workers: int | None = None) -> Iterator[tuple[str, list[Finding]]]:
        """(name, findings) of each file in order; `workers` None takes all cores for many files."""
        files = iter(files)
        first = list(islice(files, MANY_FILES))
        if len(first) < MANY_FILES or workers == 1:
            for source in chain(first, files):
                yield source.name, self.check(source)
            return
        from joblib import Parallel, delayed

        work = delayed(self._check_chunk)
        chunks = iter(partial(_next_chunk, chain(first, files)), [])
        parallel = Parallel(n_jobs=workers or -1, return_as="generator", pre_dispatch="2*n_jobs")
        for results in parallel(work(chunk) for chunk in chunks):
            yield from results


def collect_rarely() -> None:
    """Make Python search for reference cycles less often. The linter makes none, and at the default, a search
    for every 700 new objects, the searches take a third of the time on a large file."""
    gc.set_threshold(50_000)


def _without_name(error: MidiError, source: Source) -> str:
    return str(error).removeprefix(f"{source.name}: ")


def _next_chunk(files: Iterator[Source]) -> list[Source]:
    """The next files for a worker, with absolute paths: it may have been started in another folder."""
    return [
        source._replace(path=source.path.absolute()) if source.path else source
        for source in islice(files, _CHUNK)
    ]
