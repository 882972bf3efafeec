"""The speed of writing counts what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.bench.throughput import measured
from models.composer.checkpoint import Weights, save_weights
from models.generation.infill import infill
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from violin.challenge import SLUGS
from violin.music import Note, Phrase
from violin.pair import outer_pair

PAIR = outer_pair(Phrase(tuple(Note(96 * step, 62 + step % 7, 96) for step in range(16)), 8), 1, 1)


def test_notes_and_tokens_are_those_of_the_answers(untrained_nested_weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_weights(path, untrained_nested_weights)
    speed = measured(path, [PAIR], 3, 8, 1, SamplingOptions())
    requests = [Request(PAIR, SLUGS[index], 8, (index,)) for index in range(3)]
    answers = infill(ComposerModel.load(path), requests, guards=None)
    assert speed.notes == sum(
        len(answer.phrase.notes) - 4 for answer in answers
    )  # two are given on each side
    # BAR, EOS, and of each note a Pitch, at least one token of its length, and mostly a Position
    assert 2 * speed.notes < speed.tokens - 3 * 7 < 5 * speed.notes
    assert speed.notes_per_second * speed.seconds == pytest.approx(speed.notes)
