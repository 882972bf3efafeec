"""The trial of the law finds no fault, and would find one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner

from models.bench import soundness as law
from violin.cli import cli
from violin.music import Note, Phrase
from violin.pair import Pair


def test_random_logits_write_lawful_answers_to_random_pairs() -> None:
    done = []
    verdict = law.try_law(30, seed=5, on_done=lambda: done.append(1))
    assert verdict.answers == len(done) == 30
    assert verdict.notes > 300
    assert verdict.faults == []


def test_a_broken_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    lawful = law.random_answers

    def lawless(count: int, seed: int = 1) -> Iterator[tuple[Pair, Phrase]]:
        for pair, phrase in lawful(count, seed):
            yield pair, replace(phrase, notes=(Note(0, 50, 12), *phrase.notes))

    monkeypatch.setattr(law, "random_answers", lawless)
    verdict = law.try_law(4)
    assert {finding.code for finding in verdict.faults} >= {"C041", "C111"}
    result = CliRunner().invoke(cli, ["bench", "law", "--phrases", "4"])
    assert result.exit_code == 1
    assert "00000.mid: C041" in result.output


def test_the_bench_says_what_it_tried() -> None:
    result = CliRunner().invoke(cli, ["bench", "law", "--phrases", "12", "--seed", "3"])
    assert result.exit_code == 0, result.output
    assert "12 answers from random logits" in result.output
    assert result.output.rstrip().endswith("0 errors")
