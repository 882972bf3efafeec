"""The second opinion: read by the shipped composer, weighed by the second stage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.generation.infill import SHIPPED_WEIGHTS, ComposerModel
from models.judge.classifier import transformer
from models.judge.classifier.ensemble import LeftOut
from models.judge.classifier.stacking import Opinions, SecondStage
from models.judge.features.canonical import canonical
from models.judge.training.cache import Shelf
from violin.music import Note, Phrase


@pytest.mark.skipif(not SHIPPED_WEIGHTS.is_file(), reason="no composer is shipped yet")
def test_the_transformer_has_an_opinion_of_what_it_can_read(tunes: list[Phrase]) -> None:
    model = ComposerModel.load(None, "cpu")
    random = np.random.default_rng(0)
    noise = Phrase(tuple(Note(24 * i, int(random.integers(55, 100)), 24) for i in range(64)), 8)
    short = Phrase(tuple(Note(48 * i, 69, 48) for i in range(8)), 2)
    lines = [canonical(phrase) for phrase in (tunes[1], noise, short, tunes[2])]
    done: list[int] = []
    rows = transformer.opinions(model, lines, ["bach"] * 4, done.append)
    assert rows.shape == (4, len(transformer.NAMES)) and np.isfinite(rows).all()
    column = {name: rows[:, index] for index, name in enumerate(transformer.NAMES)}
    assert column["net_read"].tolist() == [1, 1, 0, 1]
    assert sum(done) == 3
    assert column["net_pitch"][1] > column["net_pitch"][0] + 0.5
    alone = transformer.opinions(model, lines[:1], ["bach"])
    assert alone[0] == pytest.approx(rows[0], abs=1e-3)


def left_out(random: np.random.Generator) -> dict[str, LeftOut]:
    return {
        name: LeftOut(name, random.normal(0.5, 1, (60, 3)), random.normal(-0.5, 1, (40, 3)))
        for name in ("loop", "noise")
    }


def test_the_second_stage_listens_to_an_opinion_that_knows() -> None:
    random = np.random.default_rng(2)
    family = np.array([""] * 60 + ["loop"] * 40 + ["noise"] * 40)
    group = np.array([f"work{number % 17}" for number in range(140)])
    knows = np.where(family == "", 1.0, -1.0)[:, None] + random.normal(0, 0.3, (140, 1))
    scores = left_out(random)
    stage = SecondStage.fit(scores, Opinions(knows, np.ones(140, bool)), family, group)
    says_human, says_machine = (stage.chance(np.zeros(1), np.array([[one]]))[0] for one in (1.0, -1.0))
    assert says_human > 0.5 > says_machine
    part = SecondStage.fit(scores, Opinions(knows, np.arange(140) % 2 == 0), family, group, without=["noise"])
    assert 0 < part.chance(np.zeros(1), np.array([[1.0]]))[0] < 1


def test_the_shelf_measures_once_and_mends_a_broken_piece(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> np.ndarray:
        made.append(1)
        return np.arange(3.0)

    shelf = Shelf(tmp_path / "pieces")
    for _ in range(2):
        assert shelf.matrix(("a", 1), make).tolist() == [0, 1, 2]
    assert len(made) == 1
    shelf.matrix(("a", 2), make)
    assert len(made) == 2
    for file in (tmp_path / "pieces").iterdir():
        file.write_bytes(b"broken")
    assert shelf.matrix(("a", 1), make).tolist() == [0, 1, 2]
    assert len(made) == 3
    assert Shelf().matrix(("a", 1), make).tolist() == [0, 1, 2]
