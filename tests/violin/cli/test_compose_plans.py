"""`violin compose --show-plan` prints a plan that `--plan` reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from models.composer.checkpoint import Weights, save_weights
from models.composer.config import config_named
from models.composer.network import network
from violin.cli import cli
from violin.midi import save_phrase
from violin.music import Key, Note, Phrase
from violin.plan import Plan, Relation


def untrained(path: Path, plan: bool) -> Path:
    torch.manual_seed(0)
    config = replace(config_named("tiny").model, nested=True, language=2, plan=plan)
    save_weights(path, Weights(network(config).plain_weights(), config, config.channel_sizes, {}))
    return path


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    path = tmp_path / "pair.mid"
    save_phrase(Phrase((Note(0, 62, 96), Note(96, 66, 96), Note(192, 69, 192)), 2, key=Key(2)), path)
    return path


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["compose", *map(str, words)])
    return result.exit_code, result.output


def test_a_plan_that_was_shown_and_changed_is_followed(pair: Path, tmp_path: Path) -> None:
    weights = untrained(tmp_path / "planned.safetensors", plan=True)
    words = (pair, "--weights", weights, "--show-plan", "--avoid-copies", "off")
    code, output = run(*words, "--out", tmp_path / "a")
    assert code == 0, output
    lines = output[output.index("key ") :].splitlines()
    plan = Plan.parse("\n".join(lines))
    assert len(plan.bars) == 8
    lines[4] = "3: V7 ? / same as 1 / density ? / register 2"
    file = tmp_path / "plan.txt"
    file.write_text("\n".join(lines), encoding="utf-8")
    code, output = run(*words, "--plan", file, "--out", tmp_path / "b")
    assert code == 0, output
    changed = Plan.parse(output[output.index("key ") :])
    assert str(changed.bars[2].chords[0]) == "V7"
    assert (changed.bars[2].relation, changed.bars[2].other, changed.bars[2].register) == (
        Relation.SAME,
        0,
        2,
    )
    assert [changed.bars[bar] for bar in (1, 3, 6)] == [plan.bars[bar] for bar in (1, 3, 6)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("key D major\ncadence ?\n1: ?\n", "pair: a plan for a phrase of length 1; legal: 8 bars"),
        ("key D major\ncadence ?\n1: J J / new\n", "plan.txt: line of bar 1"),
        ("", "plan.txt: a plan begins with a line"),
    ],
)
def test_a_plan_that_cannot_be_followed_gets_one_line(
    pair: Path, tmp_path: Path, text: str, message: str
) -> None:
    weights = untrained(tmp_path / "planned.safetensors", plan=True)
    file = tmp_path / "plan.txt"
    file.write_text(text, encoding="utf-8")
    code, output = run(pair, "--weights", weights, "--plan", file, "--out", tmp_path / "a")
    assert code == 2
    assert message in output
    assert not list(tmp_path.glob("a/*"))


def test_weights_without_plans_say_so(pair: Path, tmp_path: Path) -> None:
    weights = untrained(tmp_path / "nested.safetensors", plan=False)
    code, output = run(pair, "--weights", weights, "--show-plan", "--out", tmp_path / "a")
    assert code == 0, output
    assert "no plan: the weights follow none" in output
    file = tmp_path / "plan.txt"
    file.write_text("\n".join(["key D major", "cadence ?", *(f"{bar}: ?" for bar in range(1, 9))]))
    code, output = run(pair, "--weights", weights, "--plan", file, "--out", tmp_path / "b")
    assert code == 2
    assert "these weights follow no plan" in output
