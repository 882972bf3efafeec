"""Fit the costs of `constraints.hand.costs` to a violinist's fingerings and write their weights.

    python scripts/fit_fingering.py --corpus ../shared/corpus

The search is the likeliest path of a conditional random field (Lafferty, McCallum and Pereira, ICML 2001;
for violin fingering: Nagata, Sako and Kitamura, ICMC 2014). The weights are those under which the
fingerings of the TNUA dataset are likeliest, with a penalty on their squares. The base of the hand is known
from the data only up to its position, so it is summed over. The features of chords keep the weights of
`CHORD_WEIGHTS`: the dataset has no chords. `violin bench fingering` prints the agreement on the pieces
that are fitted here and on the others. Takes about a minute of processor time.
"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from constraints.hand.costs import (
    STATE_FEATURES,
    STEP_FEATURES,
    WEIGHTS_PATH,
    Floats,
    position_of,
    state_features,
    step_features,
)
from constraints.hand.states import States, states
from data_prep.repertoire.fingerings import (
    FITTED_PIECES,
    FingeredNote,
    fingering_files,
    piece_of,
    read_fingering,
)

CHORD_WEIGHTS = {
    "spread": 6.0,
    "squeeze": 1.5,
    "reach_mm": 0.05,
    "low_strings_height": 1.0,
    "barre": 0.8,
    "barre_4": 1.0,
    "crossed_strings": 8.0,
    "pattern_changed": 5.0,
}
NAMES = STATE_FEATURES + STEP_FEATURES
PENALTY = 1.0
RUN_NOTES = 64
_MM_UNIT = 30.0  # brings distances to the size of the other features


def annotated(note: FingeredNote) -> NDArray[np.bool_]:
    """bool[N]: the states that are the violinist's; all of them where the annotation cannot be played."""
    known = states((note.pitch,))
    fits = known.places.holds[0] == 8 * note.string + note.finger
    in_position = fits & np.array([position_of(int(base)) == note.position for base in known.places.base])
    if in_position.any():
        return in_position
    return fits if fits.any() else np.ones(len(known), dtype=bool)


class Field:
    """The likelihood of annotated notes as a function of the weights.

    The notes are cut into runs of `RUN_NOTES`, which are processed together: R runs of T notes with
    at most S states each. `places` is int64[R, T], the row of a note's pitch; `pairs` int64[R, T - 1],
    the row of two notes that follow each other; `allowed` bool[R, T, S], the violinist's states.
    """

    def __init__(self, pieces: list[list[FingeredNote]]) -> None:
        runs = [
            notes[start : start + RUN_NOTES]
            for notes in pieces
            for start in range(0, len(notes) - RUN_NOTES + 1, RUN_NOTES)
        ]
        pitches = sorted({note.pitch for run in runs for note in run})
        followers = sorted({(a.pitch, b.pitch) for run in runs for a, b in pairwise(run)})
        known = [states((pitch,)) for pitch in pitches]
        row_of = {pitch: row for row, pitch in enumerate(pitches)}
        pair_of = {pair: row for row, pair in enumerate(followers)}
        most = max(map(len, known))
        self.places = np.array([[row_of[note.pitch] for note in run] for run in runs])
        self.pairs = np.array([[pair_of[a.pitch, b.pitch] for a, b in pairwise(run)] for run in runs])
        self.allowed = np.zeros((*self.places.shape, most), dtype=bool)
        for row, run in enumerate(runs):
            for place, note in enumerate(run):
                mask = annotated(note)
                self.allowed[row, place, : len(mask)] = mask
        self.exists = np.array([np.arange(most) < len(some) for some in known])
        self.of_states = np.concatenate([state_features(some) for some in known])
        both = [(known[row_of[a]], known[row_of[b]]) for a, b in followers]
        self.step_exists = np.array(
            [np.outer(np.arange(most) < len(a), np.arange(most) < len(b)) for a, b in both]
        )
        self.of_steps = np.concatenate([_stacked(a, b) for a, b in both])

    def loss(self, weights: Floats) -> tuple[float, Floats]:
        """Minus the log-likelihood of the annotations, and its gradient."""
        state_weights, step_weights = np.split(weights, [len(STATE_FEATURES)])
        scores = np.full(self.exists.shape, -np.inf)
        scores[self.exists] = -self.of_states @ state_weights
        steps = np.full(self.step_exists.shape, -np.inf)
        steps[self.step_exists] = -self.of_steps @ step_weights
        highest = steps.max(axis=(1, 2))
        moves = np.exp(steps - highest[:, None, None])
        every = np.ones_like(self.allowed)
        loss, gradient = 0.0, np.zeros_like(weights)
        for allowed, sign in ((every, 1), (self.allowed, -1)):
            log_sum, of_states, of_steps = self._expected(scores, moves, highest, allowed)
            loss += sign * log_sum
            gradient[: len(STATE_FEATURES)] -= sign * (of_states[self.exists] @ self.of_states)
            gradient[len(STATE_FEATURES) :] -= sign * (of_steps[self.step_exists] @ self.of_steps)
        return loss, gradient

    def _expected(
        self, scores: Floats, moves: Floats, highest: Floats, allowed: NDArray[np.bool_]
    ) -> tuple[float, Floats, Floats]:
        """The log of the summed weight of all allowed paths; how often each state and step is expected."""
        own = np.where(allowed, np.exp(scores)[self.places], 0.0)
        log_sum = float(highest[self.pairs].sum())
        forward = np.zeros_like(own)
        for place in range(own.shape[1]):
            reached = own[:, place]
            if place:
                reached = reached * np.einsum(
                    "rs,rst->rt", forward[:, place - 1], moves[self.pairs[:, place - 1]]
                )
            whole = reached.sum(axis=1, keepdims=True)
            log_sum += float(np.log(whole).sum())
            forward[:, place] = reached / whole
        of_states, of_steps = np.zeros_like(scores), np.zeros_like(moves)
        backward = np.ones_like(own[:, 0])
        for place in range(own.shape[1] - 1, -1, -1):
            state = forward[:, place] * backward
            np.add.at(of_states, self.places[:, place], state / state.sum(axis=1, keepdims=True))
            if place:
                pair = self.pairs[:, place - 1]
                ahead = own[:, place] * backward
                both = forward[:, place - 1, :, None] * moves[pair] * ahead[:, None]
                np.add.at(of_steps, pair, both / both.sum(axis=(1, 2), keepdims=True))
                backward = np.einsum("rst,rt->rs", moves[pair], ahead)
                backward /= backward.max(axis=1, keepdims=True)
        return log_sum, of_states, of_steps


def _stacked(before: States, after: States) -> NDArray[np.float32]:
    """float32[N * M, len(STEP_FEATURES)]: the features of each step between two sets."""
    old = before.places.take(np.repeat(np.arange(len(before)), len(after)))
    new = after.places.take(np.tile(np.arange(len(after)), len(before)))
    found = step_features(old, new)
    return np.stack([np.asarray(found[name], np.float32) for name in STEP_FEATURES], axis=1)


def fit(pieces: list[list[FingeredNote]], steps: int = 150) -> dict[str, float]:
    """The weights by name, from L-BFGS on the penalised loss."""
    field = Field(pieces)
    start = np.array([CHORD_WEIGHTS.get(name, 0.0) for name in NAMES])
    free = np.array([name not in CHORD_WEIGHTS for name in NAMES])

    unit = np.array([_MM_UNIT if name.endswith("_mm") else 1.0 for name in NAMES])[free]

    def penalised(scaled: Floats) -> tuple[float, Floats]:
        weights = start.copy()
        weights[free] = scaled / unit
        loss, gradient = field.loss(weights)
        return loss + PENALTY * float(scaled @ scaled), gradient[free] / unit + 2 * PENALTY * scaled

    found = minimize(penalised, start[free] * 0, jac=True, method="L-BFGS-B", options={"maxiter": steps})
    start[free] = found.x / unit
    return dict(zip(NAMES, (round(float(weight), 3) for weight in start), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--out", type=Path, default=WEIGHTS_PATH)
    arguments = parser.parse_args()
    files = [path for path in fingering_files(arguments.corpus) if piece_of(path) in FITTED_PIECES]
    weights = fit([read_fingering(path) for path in files])
    arguments.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    print(f"{len(weights)} weights from {len(files)} pieces: {arguments.out}")


if __name__ == "__main__":
    main()
