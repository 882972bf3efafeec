"""Selection: prefixes, names, the longest match, severities, per-file ignores, suggestions."""

from __future__ import annotations

import pytest

from constraints.linter.finding import Profile, Severity
from constraints.linter.rule import Rule
from constraints.linter.selection import EVERYTHING, Selection, all_rules, find_rule, matching_codes
from violin.errors import RuleSelectionError


def codes(selection: Selection, profile: Profile = Profile.SUBMISSION, name: str = "a.mid") -> set[str]:
    return {rule.code for rule, _ in selection.rules(profile, name)}


def test_everything_is_every_rule_that_the_profile_does_not_turn_off() -> None:
    assert codes(EVERYTHING) == {rule.code for rule in all_rules()}
    assert "C091" not in codes(EVERYTHING, Profile.PROMPT)
    assert not any(
        rule.severity(Profile.CORPUS) is Severity.OFF for rule, _ in EVERYTHING.rules(Profile.CORPUS)
    )


def test_codes_and_names_are_unique_and_sorted() -> None:
    rules = all_rules()
    assert [rule.code for rule in rules] == sorted({rule.code for rule in rules})
    assert len({rule.name for rule in rules}) == len(rules)


def test_select_by_prefix_code_and_name() -> None:
    assert codes(Selection(select=("C04", "stretch-impossible"))) == {"C041", "C042", "P002"}
    assert codes(Selection(select=("c041",))) == {"C041"}


def test_the_longest_match_wins_and_ignore_wins_a_tie() -> None:
    assert codes(Selection(select=("C041",), ignore=("C",))) == {"C041"}
    assert "C041" not in codes(Selection(ignore=("C041",)))
    assert codes(Selection(select=("C041",), ignore=("C041",))) == set()
    assert "C042" in codes(Selection(select=("ALL",), ignore=("C041",)))


def test_severity_override_changes_and_turns_on_and_off() -> None:
    selection = Selection(severity=(("C091", Severity.INFO), ("P", Severity.OFF), ("P003", Severity.ERROR)))
    levels = {rule.code: level for rule, level in selection.rules(Profile.PROMPT)}
    assert levels["C091"] is Severity.INFO
    assert levels["P003"] is Severity.ERROR
    assert "P001" not in levels


def test_per_file_ignores() -> None:
    selection = Selection(per_file_ignores=(("drafts/*.mid", ("C", "P006")),))
    ignored = codes(selection, name="work/drafts/a.mid")
    assert not any(code.startswith("C") for code in ignored)
    assert "P006" not in ignored
    assert codes(selection, name="a.mid") == codes(EVERYTHING)


@pytest.mark.parametrize(
    ("wrong", "hint"), [("C0411", "C041"), ("strech-impossible", "stretch-impossible"), ("Q", "legal: ALL")]
)
def test_an_unknown_code_is_an_error_with_a_suggestion(wrong: str, hint: str) -> None:
    with pytest.raises(RuleSelectionError, match=hint):
        Selection(select=(wrong,)).validate()
    with pytest.raises(RuleSelectionError, match=hint):
        find_rule(wrong)


def test_the_item_of_a_rule_is_its_middle_digits() -> None:
    assert [find_rule(code).item for code in ("C011", "C101", "C113", "P001")] == [1, 10, 11, None]
    assert matching_codes("ALL") == tuple(rule.code for rule in all_rules())


def test_documentation_is_read_from_the_docstring() -> None:
    class Sample(Rule):
        """What it does, over
        two lines.

        Why: because.

        And more.

        Example: an example.

        Fix: none.
        """

    what, why, example, fix = Sample.documentation()
    assert what == "What it does, over\ntwo lines."
    assert why == "because.\n\nAnd more."
    assert (example, fix) == ("an example.", "none.")


TABLE = """
S001 E E E / C011 E I I / C012 E I O / C013 E W O / C021 E E O / C022 E W O / C023 W I O / C031 E E O
C033 W I I / C041 E E E / C042 E E E / C051 E I O / C061 E W O / C062 W I O / C063 E E O / C064 E W O
C071 E E O / C072 E E O / C073 W W I / C081 E E O / C082 I I O / C091 E O O / C092 W W O / C101 E E W
C111 E O O / C112 W O O / P001 E W W / P002 E W W / P003 W W I / P004 W I O / P005 I O O / P006 W I O
P007 I O O
"""


def test_severities_by_profile_are_those_of_the_table() -> None:
    letters = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO, "O": Severity.OFF}
    for row in TABLE.replace("\n", " / ").split(" / "):
        if row.strip():
            code, *levels = row.split()
            assert find_rule(code).severities == tuple(letters[level] for level in levels), code
