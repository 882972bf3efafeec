"""`violin explain`: what a rule means, why it exists, and its fix."""

from __future__ import annotations

import click


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("rules", nargs=-1, metavar="[CODE|NAME]...")
@click.option(
    "--all", "every", is_flag=True, help="All rules as one Markdown page: the source of docs/rules.md."
)
def command(rules: tuple[str, ...], every: bool) -> None:
    """Explain rules by code, name or prefix of codes.

    \b
    Examples:
      violin explain C041
      violin explain stretch-impossible
      violin explain --all > docs/rules.md
    """
    from constraints.linter.manual import explanation, manual
    from constraints.linter.selection import find_rule, matching_codes

    if every == bool(rules):
        raise click.UsageError("name a rule, or say --all")
    if every:
        click.echo(manual(), nl=False)
        return
    codes = [code for rule in rules for code in matching_codes(rule)]
    click.echo("\n\n".join(explanation(find_rule(code)) for code in codes))
