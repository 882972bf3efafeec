"""`violin explain`: rules by code, name and prefix, and the manual in docs."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from violin.cli import cli

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_explain_a_rule_by_code_name_and_prefix() -> None:
    by_code, by_name = run("explain", "C112"), run("explain", "given-bar-onset-tied")
    assert by_code.exit_code == 0
    assert by_code.stdout == by_name.stdout
    assert "**Why is this bad?**" in by_code.stdout
    assert run("explain", "C04").stdout.count("### C04") == 2
    assert run("explain").exit_code == run("explain", "Q9").exit_code == 2


def test_the_manual_in_docs_is_what_the_rules_say() -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == run("explain", "--all").stdout, (
        "out of date; run violin explain --all > docs/rules.md"
    )
