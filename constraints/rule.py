"""What a rule is, what it finds, how severe that is under which profile, and which rules run.

A rule is a class in `constraints/rules/`, found by its module's name in `rules.FAMILIES`:

    class PitchBend(Rule):
        \"\"\"A pitch bend wheel moves.

        Why: item 6 of the challenge allows no bend, and a bent note is not the pitch it claims.

        Example: a MIDI guitar's bends left in an export.

        Fix: --unsafe-fixes deletes the bends.
        \"\"\"

        code = "C063"
        name = "pitch-bend"                     # reads after "allow"
        severities = ERROR, OFF, ERROR          # submission, prompt, corpus
        fix_kind = FixKind.UNSAFE

        def check(self, subject: Subject) -> Iterator[Spot]:
            for event in subject.bends:
                yield Spot("bend of 512; legal: none", event=event)

        def fix(self, subject: Subject, draft: Draft) -> None:
            draft.remove(...)

`check` asks the facts of one file (`constraints.subject`) and yields a `Spot` for each place;
code, severity and bar are added by `constraints.check`. `fix` edits the event list of
`constraints.fix` in place, and leaves nothing that its own rule would find again. Both keep
no state: one instance of each rule serves all files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from violin.errors import RuleSelectionError

if TYPE_CHECKING:
    from constraints.fix import Draft
    from constraints.subject import Subject
    from violin.smf import Event


class Severity(IntEnum):
    """OFF rules do not run; INFO alone leaves the exit code 0."""

    OFF = 0
    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


OFF, INFO, WARNING, ERROR = Severity.OFF, Severity.INFO, Severity.WARNING, Severity.ERROR


class Profile(str, Enum):
    """What a file is: an answer to the challenge, one of its given pairs, or human repertoire."""

    SUBMISSION = "submission"
    PROMPT = "prompt"
    CORPUS = "corpus"


_PROFILE_INDEX = {profile: index for index, profile in enumerate(Profile)}


class FixKind(str, Enum):
    """A safe fix leaves the sounding music as it was; an unsafe one may change it."""

    NONE = "none"
    SAFE = "safe"
    UNSAFE = "unsafe"


class Spot(NamedTuple):
    """One place that a rule objects to: what was found and what is legal, in one line.

    `tick` is in file ticks (None: the file as a whole); `event` or `byte_offset` and
    `byte_length` locate it in the bytes; `severity` overrides the rule's own where one rule
    knows a light and a grave case, and `fix_kind` likewise.
    """

    message: str
    tick: int | None = None
    event: Event | None = None
    byte_offset: int | None = None
    byte_length: int | None = None
    severity: Severity | None = None
    fix_kind: FixKind | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One spot in one file: `bar` and `beat` (quarters) count from 1, offsets and lengths are bytes."""

    file: str
    code: str
    name: str
    severity: Severity
    message: str
    bar: int | None = None
    beat: float | None = None
    byte_offset: int | None = None
    byte_length: int | None = None
    fix_kind: FixKind = FixKind.NONE

    @property
    def place(self) -> str:
        """'bar 3 beat 2.5', or nothing for a finding about the file as a whole."""
        return "" if self.bar is None or self.beat is None else f"bar {self.bar} beat {self.beat:.4g}"

    def __str__(self) -> str:
        place = f" {self.place}:" if self.place else ""
        return f"{self.code} {self.name}:{place} {self.message}"


class Documentation(NamedTuple):
    """The parts of a rule's docstring."""

    what: str
    why: str
    example: str
    fix: str


class Rule:
    """The base of all rules; see the module's docstring for the form of one."""

    code: ClassVar[str]
    name: ClassVar[str]
    severities: ClassVar[tuple[Severity, Severity, Severity]]
    fix_kind: ClassVar[FixKind] = FixKind.NONE
    evidence: ClassVar[str] = ""
    """An attribute of `Subject` without which the rule has nothing to say: it is then not asked."""

    def check(self, subject: Subject) -> Iterable[Spot]:
        """Every spot of this rule in a file."""
        raise NotImplementedError

    def fix(self, subject: Subject, draft: Draft) -> None:
        """Edit the events in place so that this rule finds nothing more; rules without a fix keep this."""

    def severity(self, profile: Profile) -> Severity:
        return self.severities[_PROFILE_INDEX[profile]]

    @property
    def item(self) -> int | None:
        """The challenge's requirement, 1 to 11, that a C rule guards: its middle digits."""
        return int(self.code[1:3]) if self.code[0] == "C" and self.code[1:3] != "00" else None

    @classmethod
    def documentation(cls) -> Documentation:
        """The docstring in parts: what it does (first), then `Why:`, `Example:` and `Fix:`."""
        from inspect import cleandoc  # only `violin explain` and the reports come here

        parts = {"what": "", "why": "", "example": "", "fix": ""}
        current = "what"
        for paragraph in cleandoc(cls.__doc__ or "").split("\n\n"):
            label, colon, rest = paragraph.partition(":")
            if colon and label.lower() in ("why", "example", "fix"):
                current, paragraph = label.lower(), rest.strip()
            parts[current] = f"{parts[current]}\n\n{paragraph}".strip()
        return Documentation(**parts)


@cache
def all_rules() -> tuple[Rule, ...]:
    """One instance of every rule, by code."""
    from constraints.rules import FAMILIES, rules_of

    found: dict[str, Rule] = {}
    names: dict[str, str] = {}
    for family in FAMILIES:
        for rule in rules_of(family):
            if rule.code in found or rule.name in names:
                raise ValueError(f"two rules are called {rule.code} or {rule.name}")
            found[rule.code] = rule
            names[rule.name] = rule.code
    return tuple(found[code] for code in sorted(found))


def find_rule(code_or_name: str) -> Rule:
    """The rule of that code or name; RuleSelectionError suggests the nearest."""
    wanted = code_or_name.strip()
    for rule in all_rules():
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            return rule
    raise RuleSelectionError(f"no rule {code_or_name!r}; {_suggestion(wanted)}")


def matching_codes(pattern: str) -> tuple[str, ...]:
    """The codes that a code, a prefix of codes ('C', 'C04') or a name stands for, or ALL.

    Raises RuleSelectionError with a suggestion where nothing matches.
    """
    wanted = pattern.strip()
    if wanted.upper() == "ALL":
        return tuple(rule.code for rule in all_rules())
    codes = tuple(
        rule.code
        for rule in all_rules()
        if wanted and (rule.code.startswith(wanted.upper()) or wanted.lower() == rule.name)
    )
    if not codes:
        raise RuleSelectionError(f"no rule matches {pattern!r}; {_suggestion(wanted)}")
    return codes


def _suggestion(wanted: str) -> str:
    from difflib import get_close_matches  # only on the way to an error

    legal = [text for rule in all_rules() for text in (rule.code, rule.name)]
    close = get_close_matches(wanted.upper(), legal, n=1) or get_close_matches(wanted.lower(), legal, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return "legal: ALL, a code, a prefix of codes or a name; `violin explain --all` lists them"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules run and how severe they are; the empty one is every rule of the profile.

    `select` and `ignore` hold codes, prefixes, names or ALL: of those that match a rule the
    longest wins, and `ignore` wins a tie. `severity` maps them to a severity, which also turns
    on a rule that the profile leaves off. `per_file_ignores` maps file patterns to codes.
    `lowest_pitch` 43 takes the floor of item 4 to the letter of the challenge.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lowest_pitch: int | None = None

    def rules(self, profile: Profile, file_name: str = "") -> tuple[tuple[Rule, Severity], ...]:
        """The rules that run on a file with their severities, by code."""
        return _resolve(profile, self.select, self._ignored(file_name), self.severity)

    def by_evidence(
        self, profile: Profile, file_name: str = ""
    ) -> tuple[tuple[str, tuple[tuple[Rule, Severity], ...]], ...]:
        """The same rules in groups that share their `Rule.evidence`, so that each is looked for once."""
        return _grouped(profile, self.select, self._ignored(file_name), self.severity)

    def _ignored(self, file_name: str) -> tuple[str, ...]:
        ignored = self.ignore
        if self.per_file_ignores:
            ignored += tuple(
                code
                for pattern, codes in self.per_file_ignores
                if _matches_file(file_name, pattern)
                for code in codes
            )
        return ignored

    def validate(self) -> Selection:
        """Itself, or RuleSelectionError for the first code that does not exist."""
        per_file = (code for _, codes in self.per_file_ignores for code in codes)
        for pattern in (*self.select, *self.ignore, *(code for code, _ in self.severity), *per_file):
            matching_codes(pattern)
        return self


EVERYTHING = Selection()


def _matches_file(file_name: str, pattern: str) -> bool:
    from fnmatch import fnmatch

    path = file_name.replace("\\", "/")
    return fnmatch(path, pattern) or fnmatch(path, f"*/{pattern}")


def _lengths(patterns: Iterable[str]) -> dict[str, int]:
    """Code -> how exactly the most exact pattern names it (0: ALL, 4: the whole code or the name)."""
    best: dict[str, int] = {}
    for pattern in patterns:
        codes = matching_codes(pattern)
        exact = 0 if pattern.strip().upper() == "ALL" else 4 if len(codes) == 1 else len(pattern.strip())
        for code in codes:
            best[code] = max(best.get(code, -1), exact)
    return best


@lru_cache(maxsize=256)
def _resolve(
    profile: Profile,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: tuple[tuple[str, Severity], ...],
) -> tuple[tuple[Rule, Severity], ...]:
    selected = _lengths(select or ("ALL",))
    ignored = _lengths(ignore)
    levels: dict[str, Severity] = {}
    for pattern, level in severity:
        levels.update(dict.fromkeys(matching_codes(pattern), level))
    result = []
    for rule in all_rules():
        level = levels.get(rule.code, rule.severity(profile))
        if level is not Severity.OFF and selected.get(rule.code, -1) > ignored.get(rule.code, -1):
            result.append((rule, level))
    return tuple(result)


@lru_cache(maxsize=256)
def _grouped(
    profile: Profile,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    severity: tuple[tuple[str, Severity], ...],
) -> tuple[tuple[str, tuple[tuple[Rule, Severity], ...]], ...]:
    groups: dict[str, list[tuple[Rule, Severity]]] = {}
    for rule, level in _resolve(profile, select, ignore, severity):
        groups.setdefault(rule.evidence, []).append((rule, level))
    return tuple((evidence, tuple(rules)) for evidence, rules in groups.items())
