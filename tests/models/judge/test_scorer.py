"""The trained judge as the arena and the submission call it."""

from __future__ import annotations

import pytest

from models.judge.scorer import TrainedJudge
from violin.music import Note, Phrase


@pytest.mark.parametrize("official", [False, True])
def test_a_phrase_that_cannot_be_judged_gets_a_half_in_both_outputs(
    tunes: list[Phrase], official: bool
) -> None:
    far = Phrase((Note(0, 69, 48), Note(4_000 * 192, 69, 48)), 4_001)
    scores = TrainedJudge(official=official).score([far, tunes[0]], "bach")
    assert scores[0] == 0.5
    assert (scores[1] in (0.0, 1.0)) == official
