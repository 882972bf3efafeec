"""Measure how near each stand-in is to the composer it replaces; prints markdown.

    python scripts/measure_standins.py data/phrases --corpus ../shared/corpus

The table of `data_prep.corpus.stand_ins` and its weights follow from what this prints (docs/data.md).
Sarasate has no phrase in the store: with --corpus the notes of his one piece, which is in 10/16,
are cut into stretches of eight of its bars and are used as his own music.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from data_prep.corpus.stand_ins import STAND_INS, stand_ins
from data_prep.corpus.store import PhraseStore, StoredPhrase
from data_prep.readers.catalogue import manifest_entries
from data_prep.readers.reading import read_sources
from data_prep.report.tables import table
from models.evaluation.standin_style import Floats, energy_distance, fit_style, style_features
from violin.challenge import SLUGS
from violin.music import TICKS_PER_BEAT, Key, Phrase

SCARCE = ("sarasate", "szymanowski", "saintsaens-prokofiev-sibelius")
FEWEST_TAUGHT = 40  # phrases of a composer that the classifier learns
FEWEST_RANKED = 15  # phrases of a source that is ranked
MOST_PHRASES = 400  # of one composer
STRETCH_BEATS = 20  # eight bars of 10/16


def sampled(phrases: list[StoredPhrase]) -> list[StoredPhrase]:
    """At most MOST_PHRASES, drawn over all works."""
    order = np.random.default_rng(0).permutation(len(phrases))[:MOST_PHRASES]
    return [phrases[index] for index in sorted(order)]


def features_of(phrases: list[Phrase]) -> Floats:
    return np.array([style_features(phrase) for phrase in phrases])


def stretches(corpus: Path, composer: str) -> list[Phrase]:
    """The composer's parts in stretches of STRETCH_BEATS, in any meter."""
    entries = [entry for entry in manifest_entries(corpus) if entry.composer == composer]
    parts, _ = read_sources(entries, workers=1)
    length = STRETCH_BEATS * TICKS_PER_BEAT
    found = []
    for part in parts:
        key: Key | None = part.keys[0][1] if part.keys else None
        for start in range(0, part.barlines[-1] - length + 1, length):
            notes = tuple(
                note.shifted(-start)
                for note in part.notes
                if start <= note.onset_ticks and note.end_ticks <= start + length
            )
            if len(notes) >= 8:
                found.append(Phrase(notes, STRETCH_BEATS // 4, key=key))
    return found


def true_music(by_source: dict[str, list[StoredPhrase]], corpus: Path | None) -> dict[str, Floats]:
    """slug -> float64[N, F] of the composer's own music, where there is any."""
    true = {}
    for slug in SLUGS:
        phrases = [stored.phrase for stored in sampled(by_source.get(slug, []))]
        if not phrases and corpus:
            phrases = stretches(corpus, slug)
        if len(phrases) > 1:
            true[slug] = features_of(phrases)
    return true


@click.command()
@click.argument("store", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--corpus", type=click.Path(exists=True, path_type=Path), help="For composers without a phrase."
)
def main(store: Path, corpus: Path | None) -> None:
    """Print the classifier's accuracy, and probability and distance for each stand-in."""
    by_source: dict[str, list[StoredPhrase]] = defaultdict(list)
    for stored in PhraseStore.load(store).select():
        by_source[stored.composer if stored.composer in SLUGS else stored.source_composer].append(stored)
    true = true_music(by_source, corpus)
    taught = [
        stored
        for slug in SLUGS
        if len(by_source.get(slug, [])) >= FEWEST_TAUGHT
        for stored in sampled(by_source[slug])
    ]
    labels = [stored.composer if stored.composer in SLUGS else stored.source_composer for stored in taught]
    matrix = features_of([stored.phrase for stored in taught])
    scale = matrix.std(axis=0) + 1e-9
    scale = np.maximum(scale, 0.1 * scale.mean())  # a feature that hardly varies must not dominate
    model = fit_style(matrix, labels, [stored.work_group for stored in taught], folds=3)
    click.echo(
        f"Style classifier over {', '.join(model.composers)}: balanced accuracy on unseen works "
        f"{model.balanced_accuracy:.2f}, chance {model.chance:.2f}.\n"
    )
    pools = {
        name: features_of([stored.phrase for stored in sampled(found)])
        for name, found in by_source.items()
        if len(found) >= FEWEST_RANKED or any(line.source_composer == name for line in STAND_INS)
    }
    rows: list[tuple[object, ...]] = []
    for slug in SCARCE:
        if slug not in true:
            continue
        others = {name: pool for name, pool in pools.items() if name != slug}
        ranked = sorted((energy_distance(pool, true[slug], scale), name) for name, pool in others.items())
        lines = {line.source_composer: line.weight for line in stand_ins(slug)}
        for rank, (distance, name) in enumerate(ranked, 1):
            if rank <= 6 or name in lines:
                share = model.probabilities(pools[name]).get(slug)
                rows.append(
                    (
                        slug,
                        f"{name} ({len(by_source[name])})",
                        f"{distance:.2f}",
                        f"{rank} of {len(ranked)}",
                        "-" if share is None else f"{share:.2f}",
                        lines.get(name, ""),
                    )
                )
    click.echo(table(("composer", "source (phrases)", "distance", "rank", "taken for him", "weight"), rows))
    click.echo("\nDistances between the composers themselves:\n")
    names = list(true)
    click.echo(
        table(
            ("", *names),
            [
                (first, *(f"{energy_distance(true[first], true[second], scale):.2f}" for second in names))
                for first in names
            ],
        )
    )


if __name__ == "__main__":
    main()
