"""Measure how near each stand-in is to the style that it stands in for; prints markdown.

    python scripts/measure_standins.py data/phrases

The table of `data_prep.standins` and its weights follow from what this prints (docs/data.md).
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data_prep.report import table
from data_prep.standins import STAND_INS, StandIn
from data_prep.store import PhraseStore, StoredPhrase
from models.standin_style import Floats, energy_distance, fit_style, style_features
from violin.challenge import SLUGS

FEWEST_PHRASES = 60  # a composer with fewer is not taught to the classifier
MOST_PHRASES = 400  # of one composer


def sample(phrases: list[StoredPhrase], seed: int = 0) -> list[StoredPhrase]:
    """At most MOST_PHRASES, spread over the works."""
    order = np.random.default_rng(seed).permutation(len(phrases))[:MOST_PHRASES]
    return [phrases[index] for index in sorted(order)]


def features_of(phrases: list[StoredPhrase]) -> Floats:
    return np.array([style_features(stored.phrase) for stored in phrases])


@click.command()
@click.argument("store", type=click.Path(exists=True, path_type=Path))
def main(store: Path) -> None:
    """Print the classifier's accuracy, and probability and distance for each stand-in."""
    phrases = PhraseStore.load(store).select()
    by_source: dict[str, list[StoredPhrase]] = {}
    for stored in phrases:
        name = stored.composer if stored.composer in SLUGS else stored.source_composer
        by_source.setdefault(name, []).append(stored)
    rich = {
        name: sample(found)
        for name, found in by_source.items()
        if len(found) >= FEWEST_PHRASES and len({stored.work_group for stored in found}) >= 3
    }
    taught = [stored for found in rich.values() for stored in found]
    labels = [name for name, found in rich.items() for _ in found]
    matrix = features_of(taught)
    scale = matrix.std(axis=0) + 1e-9
    model = fit_style(matrix, labels, [stored.work_group for stored in taught])
    click.echo(
        f"Style classifier over {len(model.composers)} composers ({', '.join(model.composers)}): balanced "
        f"accuracy on unseen works {model.balanced_accuracy:.2f}, chance {model.chance:.2f}.\n"
    )
    own = {slug: features_of(sample(by_source[slug])) for slug in SLUGS if by_source.get(slug)}
    rows = [row for line in STAND_INS if (row := _row(line, phrases, own, model, scale))]
    head = ("stands in for", "source", "phrases", "nearest taught styles", "distance to true bars", "floor")
    click.echo(table(head, rows))
    click.echo("\nDistances between the composers themselves:\n")
    names = list(own)
    matrix_rows = [
        (first, *(f"{energy_distance(own[first], own[second], scale):.2f}" for second in names))
        for first in names
    ]
    click.echo(table(("", *names), matrix_rows))


def _row(
    line: StandIn, phrases: list[StoredPhrase], own: dict[str, Floats], model: object, scale: Floats
) -> tuple[object, ...] | None:
    chosen = sample([stored for stored in phrases if line.covers(stored.source_composer, stored.work_group)])
    if not chosen:
        return (line.composer, line.source_composer, 0, "-", "-", "-")
    matrix = features_of(chosen)
    likely = sorted(model.probabilities(matrix).items(), key=lambda item: -item[1])[:3]  # type: ignore[attr-defined]
    nearest = ", ".join(f"{name} {share:.2f}" for name, share in likely)
    true = own.get(line.composer)
    if true is None:
        return (line.composer, line.source_composer, len(chosen), nearest, "no true bars", "-")
    half = len(true) // 2
    floor = energy_distance(true[:half], true[half:], scale)
    distance = energy_distance(matrix, true, scale)
    return (line.composer, line.source_composer, len(chosen), nearest, f"{distance:.2f}", f"{floor:.2f}")


if __name__ == "__main__":
    main()
