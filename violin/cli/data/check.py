"""`violin data check`: checks that no held-out music is in the training split."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from violin.cli.common.progress import progress
from violin.cli.common.warnings import inform, say, summarize


@click.command()
@click.option(
    "--store",
    default=Path("data/phrases"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder of the phrase store.",
)
@click.option("--phrases", is_flag=True, help="Also check each phrase: the linter's errors, the round trip.")
def command(store: Path, phrases: bool) -> None:
    """Check that no work or copy is in two splits.

    Exit code 0: nothing found; 1: each finding on a line.

    \b
    Examples:
      violin data check
      violin data check --store data/phrases --phrases
    """
    from data_prep.corpus.acceptance import fault_of
    from data_prep.corpus.leak import check_leaks, place
    from data_prep.corpus.store import PhraseStore

    loaded = PhraseStore.load(store)
    found = check_leaks(loaded)
    messages = [leak.message for leak in found.leaks]
    if phrases:
        with progress(len(loaded), "phrases") as bar:
            for stored in loaded:
                if fault := fault_of(stored.phrase):
                    messages.append(f"{place(stored)}: {fault}")
                bar.update(1)
    for message in messages:
        say(message)
    sums_up = inform if messages else summarize
    sums_up(
        f"{store}: {found.works} works, {found.training} phrases and windows in training, "
        f"{found.held_out} held out; the most that one of them shares with training is "
        f"{found.greatest_share:.0%} of its 12-grams; {len(messages)} findings"
    )
    sys.exit(1 if messages else 0)
