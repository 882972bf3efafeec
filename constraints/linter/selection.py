"""Which rules run on which file: all rules, and a user's choice of them and of their severities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from constraints.linter.finding import Profile, Severity
from violin.errors import RuleSelectionError

if TYPE_CHECKING:
    from constraints.linter.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """One instance of every rule, by code."""
    from constraints.linter.rules import FAMILIES, rules_of

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

    Raises RuleSelectionError with a suggestion if nothing matches.
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
    from difflib import get_close_matches  # needed only for an error

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
    `lowest_pitch` 43 allows what the number in item 4 of the challenge allows.
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
    """Code -> how exactly the longest matching pattern names it (0: ALL, 4: the whole code or the name)."""
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
