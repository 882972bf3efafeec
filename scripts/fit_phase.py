"""Fits the weights of data_prep.grid.pickup to engraved movements and prints how many phases they find.

    python scripts/fit_phase.py --corpus ../shared/corpus

The movements are those in one meter, of 12 bars or more, whose pickup is engraved. The violins' notes are
moved so that the first one begins at 0, as in a MIDI file made from the engraving. The weights maximise
the likelihood of the true phases (softmax regression, gradient ascent with momentum, an L2 penalty of
.001 a movement); the figures are from five-fold cross-validation.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_prep.grid.pickup import STEP_BEATS, WEIGHTS, phase_evidence
from data_prep.grid.raw_part import RawNote
from data_prep.grid.violin_part import ViolinPart
from data_prep.readers.catalogue import manifest_entries
from data_prep.readers.reading import read_sources
from violin.music import TICKS_PER_BEAT

Floats = NDArray[np.float64]
Case = tuple[Floats, int]  # evidence, index of the true phase

FEWEST_BARS, FOLDS, ROUNDS, RATE, MOMENTUM, PENALTY = 12, 5, 600, 0.3, 0.9, 0.002
LEAST_PROBABILITY = 0.5


def case_of(parts: list[ViolinPart]) -> Case | None:
    """The evidence of one movement and its true phase; None if it cannot be used."""
    meter = parts[0].meters[0][1]
    bar_ticks = meter.bar_ticks()
    end = parts[0].meters[1][0] if len(parts[0].meters) > 1 else parts[0].barlines[-1]
    start = min(part.notes[0].onset_ticks for part in parts)
    step_ticks = round(STEP_BEATS * TICKS_PER_BEAT)
    pickup = -start % bar_ticks
    if end < FEWEST_BARS * bar_ticks or start >= bar_ticks or pickup % step_ticks or bar_ticks % step_ticks:
        return None
    moved = [
        [
            RawNote(
                (note.onset_ticks - start) / TICKS_PER_BEAT,
                (note.end_ticks - start) / TICKS_PER_BEAT,
                note.pitch,
            )
            for note in part.notes
            if note.onset_ticks < end
        ]
        for part in parts
    ]
    moved = [notes for notes in moved if notes]
    return phase_evidence(meter.beats_per_bar, moved), pickup // step_ticks


def probabilities(evidence: Floats, weights: Floats) -> Floats:
    scores = evidence @ weights
    likelihood = np.exp(scores - scores.max())
    shares: Floats = likelihood / likelihood.sum()
    return shares


def fit(cases: list[Case]) -> Floats:
    weights = np.zeros(len(WEIGHTS))
    speed = np.zeros(len(WEIGHTS))
    for _ in range(ROUNDS):
        slope = -PENALTY * weights
        for evidence, true in cases:
            slope += (evidence[true] - probabilities(evidence, weights) @ evidence) / len(cases)
        speed = MOMENTUM * speed + slope
        weights = weights + RATE * speed
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("data/cache"))
    options = parser.parse_args()
    entries = [
        entry
        for entry in manifest_entries(options.corpus)
        if entry.file.suffix in (".krn", ".mxl") and not entry.roles.startswith("NONVIOLIN")
    ]
    by_file: dict[str, list[ViolinPart]] = defaultdict(list)
    for part in read_sources(entries, cache_dir=options.cache)[0]:
        by_file[part.path].append(part)
    cases = [case for parts in by_file.values() if (case := case_of(parts)) is not None]
    order = np.random.default_rng(0).permutation(len(cases))
    answers: Counter[tuple[str, bool]] = Counter()
    for fold in range(FOLDS):
        weights = fit([cases[index] for place, index in enumerate(order) if place % FOLDS != fold])
        for index in order[fold::FOLDS]:
            evidence, true = cases[index]
            shares = probabilities(evidence, weights)
            best = int(shares.argmax()) if shares.max() >= LEAST_PROBABILITY else 0
            answers["with a pickup" if true else "without", best == true] += 1
    for kind in ("without", "with a pickup"):
        right, wrong = answers[kind, True], answers[kind, False]
        print(f"{kind}: {right} of {right + wrong} right")
    print(f"{len(cases)} movements; weights {np.round(fit(cases), 2).tolist()}")


if __name__ == "__main__":
    main()
