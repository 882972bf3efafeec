"""`violin bench repertoire`: the hand model against real scores."""

from __future__ import annotations

import click


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
def command(corpus: str, music21: bool, jobs: int | None, save: str | None) -> None:
    """Ask the hand model about every chord of the engraved scores in a corpus.

    Prints the share of chords that are not called impossible, the tiers, and each refused chord with the
    reason and its first place: a refusal is a fault of the encoding, a chord to be broken, or a fault of
    the model. Takes about ten minutes on two cores.

    \b
    Example:
      violin bench repertoire --corpus ../shared/corpus
    """
    import json
    import sys
    from pathlib import Path

    from data_prep.catalogue import manifest_entries, music21_entries
    from data_prep.repertoire import Chords, gather, score_level, writes_a_harmonic
    from violin.instrument import Tier, witness

    entries = score_level(manifest_entries(Path(corpus)) + (music21_entries() if music21 else []))
    found = Chords()
    progress = click.progressbar(
        gather(entries, jobs), length=len(entries), label="Reading scores", file=sys.stderr
    )
    with progress as bar:
        for chords in bar:
            found.merge(chords)
    by_tier = found.tokens_by_tier()
    refused = found.refused()
    lost = by_tier[Tier.IMPOSSIBLE]
    harmonics = found.refused_harmonics
    click.echo(f"{found.files} files, {found.tokens} chords, {len(found.counts)} distinct")
    click.echo(f"not impossible: {1 - lost / max(found.tokens, 1):.4%} of the chords, ", nl=False)
    click.echo(f"{1 - len(refused) / max(len(found.counts), 1):.2%} of the distinct ones")
    click.echo(f"  {1 - (lost - harmonics) / max(found.tokens - harmonics, 1):.4%} ", nl=False)
    click.echo(f"without {harmonics} refused ones that write a harmonic out (marked h)")
    for level, count in by_tier.items():
        click.echo(f"  {level.name.lower():10} {count:7}")
    click.echo(f"left out: {found.below_range} chords with a note below 55, {len(found.unread)} files unread")
    for chord in refused:
        mark = "h" if writes_a_harmonic(chord) else " "
        click.echo(f" {mark}{found.counts[chord]:4} x {chord}: {witness(chord)} [{found.places[chord]}]")
    if save:
        rows = {" ".join(map(str, chord)): count for chord, count in sorted(found.counts.items())}
        statistic = {"chords": rows, "refused": [" ".join(map(str, chord)) for chord in sorted(refused)]}
        Path(save).write_text(json.dumps(statistic, indent=0) + "\n", encoding="utf-8")
