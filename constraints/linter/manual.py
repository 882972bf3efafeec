"""The rules' manual, made from the rules themselves: one entry, or docs/rules.md as a whole."""

from __future__ import annotations

from constraints.linter.finding import FixKind, Profile
from constraints.linter.rule import Rule
from constraints.linter.selection import all_rules

_FAMILIES = {
    "S": (
        "Structure",
        "The bytes of the file. A file whose structure leaves its music in doubt gets only these findings.",
    ),
    "C": (
        "Challenge",
        "The eleven requirements of CSMT-CCIC 2021; a code's middle digits are the requirement's number.",
    ),
    "N": ("Notes", "Note-ons and note-offs that do not add up to clean notes."),
    "P": (
        "Playability",
        "What a hand and a bow can do. Every verdict comes with a fingering or a reason. The model of the "
        "hand is compared with real repertoire (`violin bench repertoire`); no violinist has checked it.",
    ),
}
_FIX_WORDS = {
    FixKind.NONE: "none",
    FixKind.SAFE: "safe (`--fix`)",
    FixKind.UNSAFE: "unsafe (`--unsafe-fixes`)",
}


def explanation(rule: Rule) -> str:
    """One rule in Markdown: its heading, severities, and the parts of its documentation."""
    what, why, example, fix = rule.documentation()
    severities = ", ".join(f"{profile.value} {rule.severity(profile)}" for profile in Profile)
    facts = [f"severity: {severities}", f"fix: {_FIX_WORDS[rule.fix_kind]}"]
    if rule.item:
        facts.append(f"official requirement {rule.item}")
    return "\n\n".join(
        (
            f"### {rule.code} {rule.name}",
            "; ".join(facts) + ".",
            what,
            f"**Why is this bad?** {_capitalised(why)}",
            f"**Example.** {_capitalised(example)}",
            f"**Fix.** {_capitalised(fix)}",
        )
    )


def anchor(rule: Rule) -> str:
    """The name of the rule's heading in the address of docs/rules.md."""
    return f"{rule.code} {rule.name}".lower().replace(" ", "-")


def _capitalised(text: str) -> str:
    return text if text.startswith("-") else text[:1].upper() + text[1:]


def manual() -> str:
    """All rules by family, with a table of contents: the text of docs/rules.md."""
    rules = all_rules()
    lines = [
        "# The rules of `violin lint`",
        "",
        "Written by `violin explain --all`; change the rules, not this file.",
        "",
        "The severities are those of the profiles `submission` (an answer to the challenge), `prompt` (a "
        "given pair) and `corpus` (human repertoire). `off` rules run where the settings give them a "
        "severity. Errors and warnings make the exit code 1, infos alone leave it 0.",
        "",
        "| code | name | submission | prompt | corpus | fix |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for rule in rules:
        levels = " | ".join(str(rule.severity(profile)) for profile in Profile)
        lines.append(f"| [{rule.code}](#{anchor(rule)}) | {rule.name} | {levels} | {rule.fix_kind.value} |")
    for letter, (title, text) in _FAMILIES.items():
        lines += ["", f"## {letter}: {title}", "", text]
        lines += [f"\n{explanation(rule)}" for rule in rules if rule.code[0] == letter]
    return "\n".join(lines) + "\n"
