"""The fit of the weights of fingerings: its gradient, and what it learns from made-up fingerings."""

from __future__ import annotations

import fit_fingering as script
import numpy as np
import pytest

from constraints.hand.costs import weights_from
from constraints.hand.fingering import Costs, find_path
from data_prep.repertoire.fingerings import FingeredNote


def piece(*, fourth_finger: bool) -> list[FingeredNote]:
    """D4 to A4 and back in first position, the A by the fourth finger or on the open string."""
    top = FingeredNote(69, 1, 1, 4) if fourth_finger else FingeredNote(69, 2, 1, 0)
    up = [FingeredNote(62, 1, 1, 0), FingeredNote(64, 1, 1, 1), FingeredNote(66, 1, 1, 2)]
    return [*up, FingeredNote(67, 1, 1, 3), top, FingeredNote(67, 1, 1, 3), *up[:0:-1], up[0]] * 16


def test_the_gradient_is_that_of_the_loss() -> None:
    field = script.Field([piece(fourth_finger=True)])
    generator = np.random.default_rng(4)
    weights = generator.normal(size=len(script.NAMES)) / 4
    loss, gradient = field.loss(weights)
    assert loss > 0  # the annotations are some of all paths
    for name in ("finger_2_at_2", "open_string", "string_change", "shift", "shift_mm", "finger_hops"):
        place, step = script.NAMES.index(name), 1e-5
        moved = weights.copy()
        moved[place] += step
        assert gradient[place] == pytest.approx((field.loss(moved)[0] - loss) / step, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("fourth_finger", [True, False])
def test_the_fitted_search_fingers_as_it_was_shown(fourth_finger: bool) -> None:
    notes = piece(fourth_finger=fourth_finger)
    weights = script.fit([notes], steps=40)
    path = find_path([(i, (note.pitch,)) for i, note in enumerate(notes)], Costs(*weights_from(weights)))
    shown = [(note.string, note.finger) for note in notes]
    assert [(step.stops[0].string, step.stops[0].finger) for step in path.steps] == shown
    assert weights["spread"] == script.CHORD_WEIGHTS["spread"]
