"""`violin bench compose`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--phrases", type=click.IntRange(1), default=1600, show_default=True)
@click.option("--bars", type=click.IntRange(8, 16), default=8, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Number of processes.")
@click.option("--rows", type=click.IntRange(1), default=256, show_default=True, help="Phrases per batch.")
@click.option("--guidance", type=click.FloatRange(0, 10), default=1.0, show_default=True)
@click.option(
    "--weights", type=click.Path(path_type=Path, exists=True), multiple=True,
    help="Weights to time after the shipped ones, on the same pairs; repeatable.",
)  # fmt: skip
@click.option("--int8", is_flag=True, help="Use 8-bit matrix products.")
@click.option("--scaling", is_flag=True, help="Also time a quarter of the phrases, and twice the bars.")
@click.option("--library", is_flag=True, help="Also time x-transformers' own generate.")
def command(
    phrases: int,
    bars: int,
    workers: int,
    rows: int,
    guidance: float,
    weights: tuple[Path, ...],
    int8: bool,
    scaling: bool,
    library: bool,
) -> None:
    """Time how fast answers are composed, for given pairs that the shipped model made.

    \b
    Example:
      violin bench compose --phrases 1600 --bars 8 --workers 2 --scaling --library
      violin bench compose --weights runs/nested/best.safetensors
    """
    import math

    from models.bench.throughput import Speed, library_speed, measured, sample_pairs
    from models.generation.model import ComposerModel
    from models.generation.sampling import SamplingOptions

    options = SamplingOptions(rows=rows, guidance=guidance)

    def shown(file: Path | None, count: int, length: int) -> Speed:
        speed = measured(file, pairs, count, length, workers, options, int8)
        click.echo(
            f"{count} answers of {length} bars, {workers} processes: {speed.seconds:.1f} s, "
            f"{speed.notes} notes, {speed.notes_per_second:.0f} a second, {speed.tokens} tokens, "
            f"{speed.tokens_per_second:.0f} a second, {speed.megabytes:.0f} MB each"
        )
        return speed

    for given in weights:
        ComposerModel.load(given)  # fails before minutes of measuring if a file cannot be read
    pairs = sample_pairs(ComposerModel.load(), bars)
    for file in (None, *weights):
        click.echo(f"{file or 'shipped weights'}:")
        speed = shown(file, phrases, bars)
        if scaling:
            fewer = shown(file, phrases // 4, bars)
            times = speed.seconds / fewer.seconds
            click.echo(f"four times the phrases take {times:.2f} times as long")
            if 2 * bars <= 16:
                longer = shown(file, phrases // 4, 2 * bars)
                click.echo(f"time grows as bars^{math.log2(longer.seconds / fewer.seconds):.2f}")
        if library:
            tokens = library_speed(ComposerModel.load(file).weights.config)
            notes = tokens * speed.notes / speed.tokens
            click.echo(
                f"x-transformers' generate of this size, one step per token, one process, batch 64: "
                f"{tokens:.0f} tokens, about {notes:.0f} notes a second"
            )
