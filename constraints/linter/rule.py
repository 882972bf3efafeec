"""What a rule is: a class with a code, severities, a check and perhaps a fix.

A rule is a class in a module of `constraints/linter/rules/` that `rules.FAMILIES` names:

    class PitchBend(Rule):
        \"\"\"The pitch bend wheel is used.

        Why: item 6 of the challenge allows no bend, and a bent note does not sound at its written pitch.

        Example: a slide played with the wheel.

        Fix: --unsafe-fixes deletes the bends.
        \"\"\"

        code = "C063"
        name = "pitch-bend"                     # reads after "allow"
        severities = ERROR, ERROR, OFF          # submission, prompt, corpus
        fix_kind = FixKind.UNSAFE
        evidence = "bends"                      # without bends the rule is not run

        def check(self, subject: Subject) -> Iterator[Spot]:
            first = subject.bends[0]
            yield Spot("a bend; legal: none", first.tick, first, places=len(subject.bends))

        def fix(self, subject: Subject, edit: Edit) -> None:
            edit.remove(subject.bends)

`check` looks at one file (`constraints.linter.subject`) and yields a `Spot` for each place, or one for
many equal places. `constraints.linter.check` adds code, severity and bar. `fix` changes the
file's events (`constraints.linter.edits`) so that its own rule finds nothing more. A fix that is called
safe must keep what sounds (`constraints.linter.safety`). Rules have no state: one instance serves all
files.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from constraints.linter.finding import _PROFILE_INDEX, FixKind, Profile, Severity, Spot

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject


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
    """An attribute of `Subject`. If it is empty or 0, the rule has nothing to find and is not run."""

    def check(self, subject: Subject) -> Iterable[Spot]:
        """Every spot of this rule in a file."""
        raise NotImplementedError

    def fix(self, subject: Subject, edit: Edit) -> None:
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
        from inspect import cleandoc  # only `violin explain` and the reports need it

        parts = {"what": "", "why": "", "example": "", "fix": ""}
        current = "what"
        for paragraph in cleandoc(cls.__doc__ or "").split("\n\n"):
            label, colon, rest = paragraph.partition(":")
            if colon and label.lower() in ("why", "example", "fix"):
                current, paragraph = label.lower(), rest.strip()
            parts[current] = f"{parts[current]}\n\n{paragraph}".strip()
        return Documentation(**parts)
