"""Verifies a finished archive: tree, names, counts, line ends, and every rule on every phrase.

An archive of text files is a judge's, one of MIDI files a generator's. Each `Fault` names the place
and what is legal. An archive without faults is ready to submit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from constraints.linter.answers import check_answer
from submission.datasets import Dataset
from submission.given import read_pairs
from submission.zip_oddities import zip_oddities
from violin.archives import Member, read_members, shown
from violin.challenge import (
    COMPOSERS,
    FILES_PER_COMPOSER,
    SCORE_LINE_END,
    folder_name,
    is_score_line,
    phrase_file_name,
    score_file_name,
)
from violin.pair import Pair

_JUDGE_TOP = re.compile(r"judge_output_\w+\Z")


class Kind(str, Enum):
    """The kind of an archive."""

    GENERATOR = "generator"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the place ('composer1/004.mid'), what was found and what is legal."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Proof:
    """The result: what was opened, how many files were checked, and their faults.

    `inherited` are findings within given bars, which an answer must repeat. `warnings` say where
    another program may unpack different files.
    """

    kind: Kind
    files: int
    faults: tuple[Fault, ...]
    inherited: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()


def verify_archive(
    source: str | Path,
    dataset: Dataset | None = None,
    per_composer: int | None = None,
    on_done: Callable[[int], None] = lambda count: None,
) -> Proof:
    """Verify a zip or its unpacked folder. Without a dataset it is checked against the challenge: 8
    composers with `per_composer` (default 200) files. Raises ArchiveError if it cannot be read
    safely."""
    source = Path(source)
    members = read_members(source)
    warnings = zip_oddities(source)
    names = [member.name for member in members]
    texts = sum(name.lower().endswith(".txt") for name in names)
    if texts * 2 > len(names):
        faults = tuple(_judge_faults(members, dataset))
        on_done(len(members))
        return Proof(Kind.JUDGE, len(members), faults, warnings=warnings)
    wanted = _wanted(dataset, per_composer)
    given = read_pairs(dataset or ())
    faults_found: list[Fault] = list(_tree_faults(names, wanted))
    inherited: list[Fault] = []
    for member in members:
        if member.name in wanted:
            read = given.get(member.name)
            _check_answer(member, read.pair if read else None, faults_found, inherited)
        on_done(1)
    return Proof(Kind.GENERATOR, len(members), tuple(faults_found), tuple(inherited), warnings)


def _wanted(dataset: Dataset | None, per_composer: int | None) -> set[str]:
    """The names that a generator's archive must contain."""
    wanted = set()
    for composer in COMPOSERS:
        if dataset is None:
            numbers = range(1, (per_composer or FILES_PER_COMPOSER) + 1)
        elif composer.slug not in dataset.folders:
            continue
        else:
            numbers = range(1, per_composer + 1) if per_composer else dataset.numbers(composer)
        wanted |= {f"{folder_name(composer)}/{phrase_file_name(number)}" for number in numbers}
    return wanted


def _tree_faults(names: list[str], wanted: set[str]) -> Iterator[Fault]:
    for name in sorted(wanted - set(names)):
        yield Fault(name, "missing")
    for name in sorted(set(names) - wanted):
        yield Fault(shown(name), "not asked for; legal: composerN/NNN.mid of the challenge's tree alone")


def _check_answer(member: Member, pair: Pair | None, faults: list[Fault], inherited: list[Fault]) -> None:
    if member.problem:
        faults.append(Fault(member.name, member.problem))
        return
    check = check_answer(member.data, member.name, pair)
    faults += [Fault(member.name, text) for text in check.own]
    inherited += [Fault(member.name, text) for text in check.inherited]
    if pair is not None and pair.bars is not None and check.bars not in (None, pair.bars):
        faults.append(Fault(member.name, f"{check.bars} bars; the given gap asks for {pair.bars}"))


def _judge_faults(members: list[Member], dataset: Dataset | None) -> Iterator[Fault]:
    tops = {member.name.rpartition("/")[0] for member in members}
    if len(tops) > 1 or not all(not top or _JUDGE_TOP.match(top) for top in tops):
        listed = ", ".join(sorted(shown(top) or "the root" for top in tops))
        yield Fault(listed, "the files lie there; legal: the root or one folder judge_output_*")
    by_name: Mapping[str, Member] = {member.name.rpartition("/")[2]: member for member in members}
    legal = {score_file_name(composer): composer for composer in COMPOSERS}
    for name in sorted(by_name.keys() - legal.keys()):
        yield Fault(shown(by_name[name].name), f"not asked for; legal: {', '.join(legal)}")
    for name, composer in legal.items():
        due = None if dataset is None else len(dataset.folders.get(composer.slug, ()))
        if name in by_name:
            yield from _line_faults(name, by_name[name].data, due)
        elif due is None or due > 0:
            yield Fault(name, "missing")


def _line_faults(name: str, data: bytes, due: int | None) -> Iterator[Fault]:
    *lines, rest = data.split(SCORE_LINE_END.encode())
    if rest:
        yield Fault(name, "the last line has no line end; legal: CRLF after every line")
        lines.append(rest)
    for number, line in enumerate(lines, start=1):
        text = line.decode("ascii", errors="replace")
        if "\n" in text or "\r" in text:
            yield Fault(f"{name} line {number}", "a line end other than CRLF")
        elif not is_score_line(text):
            found = shown(text, 20)
            yield Fault(f"{name} line {number}", f"{found!r}; legal: 0.000 to 1.000 with three decimals")
    if due is not None and len(lines) != due:
        yield Fault(name, f"{len(lines)} lines; the dataset has {due} files")
