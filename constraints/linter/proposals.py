"""Fixes as proposals: the bytes that a rule's fix would change in a file, for a report to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from constraints.linter.files import LintJob, Source
from constraints.linter.finding import Finding, FixKind, Replacement
from constraints.linter.fix import fix_bytes
from violin.errors import MidiError

_MOST_BYTES = 65_536  # of a file: a report should not be many times as large as what it reports


def with_proposals(job: LintJob, files: Iterable[Source]) -> Iterator[tuple[str, list[Finding]]]:
    """Like `LintJob.run`, but each fixable finding has the `replacement` that its rule's fix makes in the
    whole file. Files in zips and files of more than 64 KiB get none."""
    for source in files:
        yield source.name, _proposed(job, source)


def _proposed(job: LintJob, source: Source) -> list[Finding]:
    findings = job.check(source)
    if source.path is None or not any(finding.fix_kind is not FixKind.NONE for finding in findings):
        return findings
    try:
        data = source.read(job.limits)
    except MidiError:  # the file has changed since it was linted
        return findings
    if len(data) > _MOST_BYTES:
        return findings
    known: dict[tuple[str, bool], Replacement | None] = {}
    proposed = []
    for finding in findings:
        key = (finding.code, finding.fix_kind is FixKind.UNSAFE)
        if finding.fix_kind is not FixKind.NONE and key not in known:
            known[key] = _replacement(job, source, data, *key)
        proposed.append(replace(finding, replacement=known.get(key)))
    return proposed


def _replacement(job: LintJob, source: Source, data: bytes, code: str, unsafe: bool) -> Replacement | None:
    fixed = fix_bytes(
        data,
        name=source.name,
        profile=job.profile,
        given=job.pair_for(source)[0],
        selection=replace(job.selection, select=(code,), ignore=()),
        limits=job.limits,
        unsafe=unsafe,
    )
    return difference(data, fixed.data) if fixed.data != data else None


def difference(before: bytes, after: bytes) -> Replacement:
    """The smallest single replacement that turns one file into the other.

    >>> difference(b"abcdef", b"abXYef")
    Replacement(offset=2, length=2, data=b'XY')
    >>> difference(b"aa", b"aaa")
    Replacement(offset=2, length=0, data=b'a')
    """
    shorter = min(len(before), len(after))
    start = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    most = shorter - start
    end = next((at for at in range(most) if before[-1 - at] != after[-1 - at]), most)
    return Replacement(start, len(before) - start - end, after[start : len(after) - end])
