"""`violin bench repertoire`: the hand model against real scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from violin.cli.common.progress import counted
from violin.files import write_text_whole

if TYPE_CHECKING:
    from data_prep.repertoire.repertoire import Chords


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False),
    default="../shared/corpus",
    show_default=True,
    help="A folder of scores with its manifest.csv.",
)
@click.option("--music21/--no-music21", default=False, help="Also the quartets that come with music21.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; one a core by default.")
@click.option(
    "--save", type=click.Path(dir_okay=False), help="Write chords and counts as JSON: the tests' fixture."
)
@click.option("--table", type=click.Path(dir_okay=False), help="Write the refused chords as Markdown.")
def command(corpus: str, music21: bool, jobs: int | None, save: str | None, table: str | None) -> None:
    """Compare the hand model with every chord of the engraved scores in a corpus.

    Prints the share of chords that the model does not call impossible (of all, and without the parts that
    go below the open G), the number of chords in each tier, and each refused chord with the model's reason,
    its first place and, if it was looked up, what the score shows. Takes about a minute.

    \b
    Example:
      violin bench repertoire --corpus ../shared/corpus
    """
    import json
    from pathlib import Path

    from data_prep.readers.catalogue import manifest_entries, music21_entries
    from data_prep.repertoire.repertoire import Chords, gather, known_reasons, score_level
    from violin.instrument import Tier, witness

    entries = score_level(manifest_entries(Path(corpus)) + (music21_entries() if music21 else []))
    found = Chords()
    for chords in counted(gather(entries, jobs), len(entries), "reading scores"):
        found.merge(chords)
    by_tier = found.tokens_by_tier()
    refused = found.refused()
    lost = by_tier[Tier.IMPOSSIBLE]
    click.echo(f"{found.files} files, {found.tokens} chords, {len(found.counts)} distinct")
    click.echo(f"not impossible: {1 - lost / max(found.tokens, 1):.4%} of the chords, ", nl=False)
    click.echo(f"{1 - len(refused) / max(len(found.counts), 1):.2%} of the distinct ones")
    low, low_lost = found.low_counts.total(), sum(found.low_counts[chord] for chord in refused)
    share = 1 - (lost - low_lost) / max(found.tokens - low, 1)
    click.echo(
        f"{share:.4%} without the {found.low_parts} of {found.parts} parts that go below the violin "
        f"({low} chords, {low_lost} of {lost} impossible ones)"
    )
    for level, count in by_tier.items():
        click.echo(f"  {level.name.lower():10} {count:7}")
    click.echo(
        f"left out: {found.harmonics} marked as harmonics, {found.arpeggios} under an arpeggio sign, ",
        nl=False,
    )
    click.echo(f"{found.below_range} with a note below 55; {len(found.unread)} files unread")
    reasons = known_reasons()
    for chord in refused:
        why = f" ({reasons[chord]})" if chord in reasons else ""
        click.echo(f"{found.counts[chord]:4} x {chord}: {witness(chord)} [{found.places[chord]}]{why}")
    if save:
        rows = {" ".join(map(str, chord)): count for chord, count in sorted(found.counts.items())}
        statistic = {"chords": rows, "refused": [" ".join(map(str, chord)) for chord in sorted(refused)]}
        write_text_whole(Path(save), json.dumps(statistic, indent=0) + "\n")
    if table:
        write_text_whole(Path(table), _table(found, reasons))


def _table(found: Chords, reasons: dict[tuple[int, ...], str]) -> str:
    """The refused chords as Markdown, the commonest first."""
    from violin.instrument import witness
    from violin.music import pitch_name

    lines = [
        "# Chords of scores that the hand model refuses",
        "",
        f"{found.tokens} chords in {found.files} scores; written by `violin bench repertoire --table`.",
        "",
        "| times | chord | the model's reason | first place | what the score shows |",
        "| --- | --- | --- | --- | --- |",
    ]
    for chord in found.refused():
        names = " ".join(map(pitch_name, chord))
        place = found.places[chord].rsplit("/", 1)[-1]
        why = reasons.get(chord, "not looked up")
        lines.append(f"| {found.counts[chord]} | {names} | {witness(chord)} | {place} | {why} |")
    return "\n".join(lines) + "\n"
