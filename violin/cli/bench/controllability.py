"""`violin bench controllability`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from violin.cli.common.music_values import ComposerType, PitchType
from violin.cli.common.options import weights_option
from violin.music import pitch_name


@click.command()
@click.option("--pairs", "count", type=click.IntRange(1), default=48, show_default=True)
@click.option("--range", "pitch_range", nargs=2, type=PitchType(), metavar="LOW HIGH", default=("A3", "E5"))
@weights_option("Weights to use instead of the shipped ones.")
@click.option("--blend", nargs=2, type=ComposerType(), metavar="COMPOSER COMPOSER",
              help="Measure blends of two composers, and nothing else.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True)
def command(
    count: int, pitch_range: tuple[int, int], weights: Path | None, blend: tuple[str, str] | None, seed: int
) -> None:
    """Request ranges, tiers, numbers of bars and densities, and count the answers that obey.

    Exit code 1 if an answer does not obey. With --blend, answers are composed in the first style, in
    three blends and in the second style; each line says by how many bits per note they cost less under
    the first composer's token than under the second's.

    \b
    Examples:
      violin bench controllability --pairs 48
      violin bench controllability --blend bach paganini
    """
    from itertools import pairwise

    from models.bench.blends import blend_leans
    from models.bench.controllability import density_means, obedience
    from models.bench.throughput import sample_pairs
    from models.generation.model import ComposerModel

    model = ComposerModel.load(weights, "cpu")
    made = sample_pairs(model, 8)
    pairs = [made[index % len(made)] for index in range(count)]
    if blend:
        for lean in blend_leans(pairs, *blend, weights=weights, seed=seed):
            click.echo(
                f"{lean.style}: {lean.bits:.4f} bits a note (standard error {lean.error:.4f}), "
                f"{lean.same:.0%} as in the first style"
            )
        return
    failed = False
    for one in obedience(model, pairs, *pitch_range, seed=seed):
        failed |= one.obeyed < one.answers
        click.echo(f"{one.request}: {one.obeyed} of {one.answers}")
    means = density_means(model, pairs, seed)
    grows = all(before < after for before, after in pairwise(means))
    click.echo(
        f"density 0 to {len(means) - 1}: {', '.join(f'{mean:.2f}' for mean in means)} onsets a beat"
        f"{'' if grows else ' (it does not grow)'}; range {pitch_name(pitch_range[0])} to "
        f"{pitch_name(pitch_range[1])}"
    )
    if failed or not grows:
        sys.exit(1)
