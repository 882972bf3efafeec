"""The movement of scores after slips, with a judge whose scores are known, and through the command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from stored_phrases import stored_phrase

from data_prep.corpus.store import PhraseStore
from models.judge.evaluation.steadiness import Movement, steadiness
from models.judge.features.canonical import Line, canonical
from violin.cli import cli
from violin.music import Phrase


class CountingJudge:
    """The score of a line falls by .1 for each note below 40."""

    def probabilities_of(self, lines: Sequence[Line], composers: Sequence[str]) -> np.ndarray:
        return np.array([max(0.0, 1 - 0.1 * (40 - min(len(line), 40))) for line in lines])


def test_movement() -> None:
    found = Movement.between(np.array([0.9, 0.55, 0.2]), np.array([0.8, 0.45, 0.2]))
    assert found == pytest.approx((0.2 / 3, 0.1, 1 / 3))


def test_a_judge_that_counts_notes_reacts_only_to_a_dropped_one(tunes: list[Phrase]) -> None:
    lines = [line for line in map(canonical, tunes) if 34 < len(line) <= 40][:10]
    judge: Any = CountingJudge()
    found = steadiness(judge, lines, ["bach"] * len(lines), seed=0)
    assert found["one note dropped"].mean == pytest.approx(0.1)
    assert found["one note an octave off"] == (0.0, 0.0, 0.0)


def test_the_command(tunes: list[Phrase], tmp_path: Path) -> None:
    PhraseStore(stored_phrase(phrase, work=f"w{i}", split="test") for i, phrase in enumerate(tunes[:6])).save(
        tmp_path / "store"
    )
    arguments = ["bench", "judge", "--data", str(tmp_path / "store"), "--phrases", "4"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert "4 human and" in done.output
    assert "one note dropped: mean change 0." in done.output
    none = CliRunner().invoke(cli, [*arguments, "--split", "validation"])
    assert none.exit_code == 2
    assert "no phrases of the split 'validation'" in none.stderr
