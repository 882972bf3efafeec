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

        def fix(self, subject: Subject, edit: Edit) -> None:
            edit.remove(...)

`check` asks the facts of one file (`constraints.linter.subject`) and yields a `Spot` for each place;
code, severity and bar are added by `constraints.linter.check`. `fix` edits the event list of
`constraints.linter.fix` in place, and leaves nothing that its own rule would find again. Both keep
no state: one instance of each rule serves all files.
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
    """An attribute of `Subject` without which the rule has nothing to say: it is then not asked."""

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
        from inspect import cleandoc  # only `violin explain` and the reports come here

        parts = {"what": "", "why": "", "example": "", "fix": ""}
        current = "what"
        for paragraph in cleandoc(cls.__doc__ or "").split("\n\n"):
            label, colon, rest = paragraph.partition(":")
            if colon and label.lower() in ("why", "example", "fix"):
                current, paragraph = label.lower(), rest.strip()
            parts[current] = f"{parts[current]}\n\n{paragraph}".strip()
        return Documentation(**parts)
