"""Fixes: a rule edits the file's events, and the result is written as a new file.

`violin lint --fix` makes the safe fixes, `--unsafe-fixes` all of them. A rule's fix works on a
`constraints.linter.edits.Edit`, whose docstring shows how. `constraints.linter.safety` says what a
safe fix must keep. It is checked after each one: if the new file sounds different, the fix is dropped and its
rule's code is in `Fixed.refused`. A fix is also dropped if its own rule still finds as much as before.

    fixed = fix_bytes(data, name="001.mid", unsafe=False)
    print(diff_text(data, fixed.data, "001.mid"))
    write_fixed(path, fixed.data, backup=True)

A file whose structure leaves the music in doubt (`smf.UNREADABLE_CODES`) is left alone. Fixing a
file a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from constraints.linter.edits import Edit
from constraints.linter.finding import Finding, FixKind, Profile
from constraints.linter.rule import Rule
from constraints.linter.safety import Sound, allowed_kind
from constraints.linter.selection import EVERYTHING, Selection
from constraints.linter.subject import Subject
from violin.errors import MidiError
from violin.files import write_whole
from violin.smf import DEFAULT_LIMITS, Limits, parse

if TYPE_CHECKING:
    from constraints.linter.files import LintJob, Source
    from violin.pair import Pair

_MOST_PASSES = 8


class Fixed(NamedTuple):
    """The bytes after all fixes, how many places each rule's fix changed, and the refused rules."""

    data: bytes
    applied: dict[str, int]
    refused: tuple[str, ...]


def fix_bytes(
    data: bytes,
    *,
    name: str,
    profile: Profile | str = Profile.SUBMISSION,
    given: Pair | None = None,
    selection: Selection = EVERYTHING,
    unsafe: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Fixed:
    """Apply the fixes of every selected rule until none has more to do; the file itself is not written.

    `unsafe` also applies the fixes that may change the music. Raises RuleSelectionError for an
    unknown code in `selection`, nothing for bad bytes.
    """
    profile = Profile(profile)

    def subject_of(data: bytes) -> Subject:
        smf = parse(data, limits)
        return Subject(smf, name=name, profile=profile, given=given, lowest_pitch=selection.lowest_pitch)

    applied: dict[str, int] = {}
    refused: set[str] = set()
    subject = subject_of(data)
    if not subject.smf.is_readable:
        return Fixed(data, applied, ())
    reference: Sound | None = None  # what safe fixes have to keep; None until it is needed
    for _ in range(_MOST_PASSES):
        before_pass = data
        for rule, _severity in selection.rules(profile, name):
            places, is_safe = _fixable(rule, subject, unsafe)
            if not places:
                continue
            edit = Edit(subject.smf, unsafe=unsafe)
            rule.fix(subject, edit)
            try:
                new_data = edit.to_bytes()
            except MidiError:  # two events further apart than a file can represent
                refused.add(rule.code)
                continue
            new_subject = subject_of(new_data)
            keeps_music = True
            if is_safe:
                reference = reference or subject.sound
                keeps_music = reference == new_subject.sound
            has_less = _fixable(rule, new_subject, unsafe)[0] < places
            if not (new_subject.smf.is_readable and keeps_music and has_less):
                refused.add(rule.code)
                continue
            if not is_safe:
                reference = None
            refused.discard(rule.code)
            applied[rule.code] = applied.get(rule.code, 0) + places
            data, subject = new_data, new_subject
        if data == before_pass:
            break
    return Fixed(data, dict(sorted(applied.items())), tuple(sorted(refused)))


class FixedSource(NamedTuple):
    """The bytes of a linted file before and after its fixes, None if it cannot be read. `refused` are the
    codes of the rules whose fixes were dropped."""

    source: Source
    before: bytes | None = None
    after: bytes | None = None
    refused: tuple[str, ...] = ()

    def findings(self, job: LintJob) -> list[Finding]:
        """The findings that the file on disk still has. Safe fixes that were refused are marked unsafe."""
        return [
            replace(finding, fix_kind=FixKind.UNSAFE)
            if finding.code in self.refused and finding.fix_kind is FixKind.SAFE
            else finding
            for finding in job.check(self.source)
        ]


def fix_sources(job: LintJob, files: Iterable[Source], *, unsafe: bool = False) -> Iterator[FixedSource]:
    """The fixes of each file, as `job` lints it; nothing is written."""
    for source in files:
        try:
            data = source.read(job.limits)
        except MidiError:
            yield FixedSource(source)
            continue
        fixed = fix_bytes(
            data,
            name=source.name,
            profile=job.profile,
            given=job.pair_for(source)[0],
            selection=job.selection,
            limits=job.limits,
            unsafe=unsafe,
        )
        yield FixedSource(source, data, fixed.data, fixed.refused)


def _fixable(rule: Rule, subject: Subject, unsafe: bool) -> tuple[int, bool]:
    """How many places in a file a rule's fix may change, and whether that is safe in all of them."""
    if rule.evidence and not getattr(subject, rule.evidence):
        return 0, True
    wanted = (FixKind.SAFE, FixKind.UNSAFE) if unsafe else (FixKind.SAFE,)
    spots = [
        (kind, spot.places)
        for spot in rule.check(subject)
        if (kind := allowed_kind(spot.fix_kind or rule.fix_kind, subject.smf)) in wanted
    ]
    return sum(count for _, count in spots), all(kind is FixKind.SAFE for kind, _ in spots)


def write_fixed(path: str | Path, data: bytes, *, backup: bool = False) -> Path | None:
    """Write fixed bytes over a file, atomically. Returns the path of the backup, if one was made.

    `backup` keeps the original as NAME.bak (NAME.bak2 and so on if that exists). MidiError if the
    original cannot be read, OutputError if nothing can be written.
    """
    path = Path(path)
    kept = None
    if backup:
        kept = path.with_name(f"{path.name}.bak")
        number = 2
        while kept.exists():
            kept = path.with_name(f"{path.name}.bak{number}")
            number += 1
        try:
            original = path.read_bytes()
        except OSError as error:
            raise MidiError(f"{path}: cannot be read: {error.strerror or error}") from error
        write_whole(kept, original, sync=False)
    write_whole(path, data, sync=False)
    return kept
