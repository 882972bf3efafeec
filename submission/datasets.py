"""A dataset of the challenge: eight folders of phrases in a zip or a folder.

The tree should be `composer1/001.mid` … `composer8/200.mid`. Harmless deviations (a top folder,
upper-case names, other files, missing numbers, another count) give one notice per kind in
`Dataset.notices`. With `strict` the first one raises an `ArchiveError`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from violin.archives import Limits, Member, read_members, shown
from violin.challenge import COMPOSERS, FILES_PER_COMPOSER, Composer, folder_name, phrase_file_name
from violin.errors import ArchiveError, MidiError

_FOLDER = re.compile(r"composer[ _-]?(\d{1,3})\Z", re.IGNORECASE)
_FILE = re.compile(r"(?:phrase[ _-]?)?(\d{1,4})\.midi?\Z", re.IGNORECASE)
_MIDI = re.compile(r".*\.midi?\Z", re.IGNORECASE | re.DOTALL)
_NAMED_AT_MOST = 5
MOST_FILES = 20 * FILES_PER_COMPOSER  # per composer


@dataclass(frozen=True, slots=True)
class GivenFile:
    """One file of a dataset: its composer, its number from 1, its place in the source, its bytes.

    `problem` says why the file could not be opened; then its data are b"".
    """

    composer: Composer
    number: int
    place: str
    data: bytes
    problem: str = ""

    @property
    def has_published_name(self) -> bool:
        """Whether folder and file are named as published by the challenge."""
        return "/".join(self.place.split("/")[-2:]) == self.name

    def content(self) -> bytes:
        """The bytes; MidiError if the file could not be opened."""
        if self.problem:
            raise MidiError(f"{self.name}: {self.problem}")
        return self.data

    @property
    def name(self) -> str:
        """Its name in the challenge's tree: 'composer1/001.mid'."""
        return f"{folder_name(self.composer)}/{phrase_file_name(self.number)}"


@dataclass(frozen=True, slots=True)
class Dataset:
    """The files of each composer that has any, by slug, sorted by number."""

    name: str
    folders: Mapping[str, tuple[GivenFile, ...]]
    notices: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[GivenFile]:
        for composer in COMPOSERS:
            yield from self.folders.get(composer.slug, ())

    def __len__(self) -> int:
        return sum(len(files) for files in self.folders.values())

    def numbers(self, composer: Composer) -> range:
        """The numbers that an answer needs: 1 up to the greatest number found."""
        files = self.folders.get(composer.slug, ())
        return range(1, files[-1].number + 1 if files else 1)

    def digest(self) -> str:
        """SHA-256 over names and bytes; the same for a zip and for its unpacked folder."""
        whole = hashlib.sha256()
        for given in self:
            whole.update(f"{given.name}\0{len(given.data)}\0".encode())
            whole.update(given.data)
        return whole.hexdigest()


def read_dataset(
    source: str | Path, strict: bool = False, limits: Limits | None = None, allow_large: bool = False
) -> Dataset:
    """Read a dataset from a zip or a folder.

    Raises ArchiveError if it cannot be read safely, if it has no composer's folder, if two top
    folders hold the same file, if a number requires more than `MOST_FILES` answers of a composer
    (unless `allow_large`) and, with `strict`, at any deviation from the published tree.
    """
    source = Path(source)
    members = read_members(source, lambda name: _MIDI.match(name) is not None, limits)
    sorting = _Sorting(source)
    for member in members:
        sorting.take(member)
    dataset = sorting.dataset()
    if not dataset:
        raise ArchiveError(f"{source}: no file composerN/NNN.mid in it; a dataset has folders composer1..8")
    for composer in COMPOSERS:
        asked = len(dataset.numbers(composer))
        if asked > MOST_FILES and not allow_large:
            place = dataset.folders[composer.slug][-1].place
            raise ArchiveError(
                f"{source}: {shown(place)} asks for {asked} files of one composer; published: "
                f"{FILES_PER_COMPOSER}, legal: up to {MOST_FILES}, more with --allow-large"
            )
    if strict and dataset.notices:
        raise ArchiveError(f"{source}: {dataset.notices[0]}")
    return dataset


class _Sorting:
    """Sorts archive members into folders and numbers, and records deviations."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.found: dict[tuple[int, int], GivenFile] = {}
        self.strays: list[str] = []
        self.system: list[str] = []
        self.beyond: set[int] = set()
        self.tops: set[str] = set()
        self.doubles: list[str] = []

    def take(self, member: Member) -> None:
        *above, name = member.name.split("/")
        if "__MACOSX" in above or name.startswith(".") or name.lower() in ("thumbs.db", "desktop.ini"):
            self.system.append(member.name)
            return
        folder = _FOLDER.match(above[-1]) if above else None
        file = _FILE.match(name)
        if not folder or not file or int(file[1]) < 1:
            self.strays.append(member.name)
            return
        number = int(folder[1])
        if not 1 <= number <= len(COMPOSERS):
            self.beyond.add(number)
            return
        given = GivenFile(COMPOSERS[number - 1], int(file[1]), member.name, member.data, member.problem)
        self.tops.add("/".join(above[:-1]))
        before = self.found.setdefault((number, given.number), given)
        if before is not given:
            kept, left = (given, before) if given.has_published_name else (before, given)
            self.found[number, given.number] = kept
            self.doubles.append(left.place)

    def dataset(self) -> Dataset:
        folders = {
            slug: tuple(sorted(files, key=lambda given: given.number))
            for slug, files in self._by_slug().items()
        }
        if len(self.tops) > 1:
            tops = ", ".join(shown(top or "the root") for top in sorted(self.tops)[:_NAMED_AT_MOST])
            raise ArchiveError(f"{self.source}: composers' folders in several places: {tops}")
        return Dataset(self.source.name, folders, tuple(self._notices(folders)))

    def _by_slug(self) -> dict[str, list[GivenFile]]:
        """The files in the challenge's order; composers without files are absent."""
        by_slug: dict[str, list[GivenFile]] = {composer.slug: [] for composer in COMPOSERS}
        for given in self.found.values():
            by_slug[given.composer.slug].append(given)
        return {slug: files for slug, files in by_slug.items() if files}

    def _notices(self, folders: Mapping[str, tuple[GivenFile, ...]]) -> Iterator[str]:
        top = next(iter(self.tops), "")
        if top:
            yield f"the tree lies in a top folder {shown(top)}/: read from there"
        if self.system:
            yield f"{_some(self.system)} of an operating system ignored"
        if self.strays:
            yield f"{_some(self.strays)} ignored: not composerN/NNN.mid"
        renamed = [given.place for given in self.found.values() if not given.has_published_name]
        if renamed:
            yield f"{_some(renamed)} read in spite of the spelling; published: composer1/001.mid"
        if self.doubles:
            yield f"{_some(self.doubles)} ignored: another file has that number"
        unread = [given.place for given in self.found.values() if given.problem]
        if unread:
            yield f"{_some(unread)} cannot be opened"
        if self.beyond:
            listed = ", ".join(f"composer{number}" for number in sorted(self.beyond))
            yield f"{listed} ignored: the challenge has composer1 to composer{len(COMPOSERS)}"
        absent = [folder_name(composer) for composer in COMPOSERS if composer.slug not in folders]
        if absent:
            yield f"no files of {', '.join(absent)}"
        holes = [
            f"{folder_name(files[0].composer)}/{phrase_file_name(number)}"
            for files in folders.values()
            for number in sorted(set(range(1, files[-1].number)) - {given.number for given in files})
        ]
        if holes:
            yield f"{_some(holes)} missing between the first and the last number"
        odd = [
            f"{folder_name(files[0].composer)} {len(files)}"
            for files in folders.values()
            if len(files) != FILES_PER_COMPOSER
        ]
        if odd:
            yield f"other than {FILES_PER_COMPOSER} files: {', '.join(odd)}"


def _some(names: Iterable[str]) -> str:
    """'3 files (a, b, c)', with the first few names."""
    listed = sorted(names)
    few = ", ".join(shown(name) for name in listed[:_NAMED_AT_MOST])
    more = ", ..." if len(listed) > _NAMED_AT_MOST else ""
    return f"{len(listed)} file{'s' if len(listed) != 1 else ''} ({few}{more})"
