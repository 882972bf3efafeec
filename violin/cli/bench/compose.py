"""`violin bench compose`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


@click.command()
@click.option("--phrases", type=click.IntRange(1), default=1600, show_default=True)
@click.option("--bars", type=click.IntRange(8, 16), default=8, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option("--rows", type=click.IntRange(1), default=256, show_default=True, help="Phrases side by side.")
@click.option("--guidance", type=click.FloatRange(0, 10), default=1.0, show_default=True)
@click.option("--weights", type=click.Path(path_type=Path), help="Other weights than the shipped ones.")
@click.option("--config", "name", help="Weights widened to this size, which write the same at its cost.")
@click.option("--int8", is_flag=True, help="With rounded matrix products.")
@click.option("--scaling", is_flag=True, help="Also a quarter of the phrases, and twice the bars.")
@click.option("--library", is_flag=True, help="Also the speed of x-transformers' own generate.")
def command(
    phrases: int,
    bars: int,
    workers: int,
    rows: int,
    guidance: float,
    weights: Path | None,
    name: str | None,
    int8: bool,
    scaling: bool,
    library: bool,
) -> None:
    """Time the writing of answers to given pairs that the model itself made.

    \b
    Example:
      violin bench compose --phrases 1600 --bars 8 --workers 2 --scaling --library
      violin bench compose --config std
    """
    import math

    from models.bench.throughput import library_speed, measured, sample_pairs
    from models.generation.model import ComposerModel
    from models.generation.sampling import SamplingOptions

    with _in_size(weights, name) as weights:
        model = ComposerModel.load(weights)
        options = SamplingOptions(rows=rows, guidance=guidance)
        pairs = sample_pairs(model, bars)

        def shown(count: int, length: int) -> float:
            speed = measured(weights, pairs, count, length, workers, options, int8)
            click.echo(
                f"{count} answers of {length} bars, {workers} processes: {speed.seconds:.1f} s, "
                f"{speed.tokens} tokens, {speed.tokens_per_second:.0f} a second, "
                f"{speed.megabytes:.0f} MB each"
            )
            return speed.seconds

        seconds = shown(phrases, bars)
        if scaling:
            fewer = shown(phrases // 4, bars)
            click.echo(f"four times the phrases take {seconds / fewer:.2f} times as long")
            if 2 * bars <= 16:
                longer = shown(phrases // 4, 2 * bars)
                click.echo(f"time grows as bars^{math.log2(longer / fewer):.2f}")
        if library:
            speed = library_speed(model.weights.config)
            click.echo(f"x-transformers' generate, one process, batch 64: {speed:.0f} tokens a second")


@contextmanager
def _in_size(weights: Path | None, name: str | None) -> Iterator[Path | None]:
    """The weights, or a file of them in the size of that name that lasts as long as the context."""
    if name is None:
        yield weights
        return

    import tempfile

    from models.composer.checkpoint import load_weights, save_weights
    from models.composer.config import config_named
    from models.composer.widening import widened

    with tempfile.TemporaryDirectory() as folder:
        larger = Path(folder) / "composer.safetensors"
        save_weights(larger, widened(load_weights(weights), config_named(name).model))
        yield larger
