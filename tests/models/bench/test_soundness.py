"""The soundness bench finds no error in our answers, and finds one that is put in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner

from models.bench import soundness
from violin.cli import cli
from violin.music import Note, Phrase
from violin.pair import Pair


def test_random_logits_write_legal_answers_to_random_pairs() -> None:
    done = []
    report = soundness.check_soundness(30, seed=5, on_done=lambda: done.append(1))
    assert report.answers == len(done) == 30
    assert report.notes > 300
    assert report.faults == []


def test_a_broken_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    legal = soundness.random_answers

    def illegal(count: int, seed: int = 1) -> Iterator[tuple[Pair, Phrase]]:
        for pair, phrase in legal(count, seed):
            yield pair, replace(phrase, notes=(Note(0, 50, 12), *phrase.notes))

    monkeypatch.setattr(soundness, "random_answers", illegal)
    report = soundness.check_soundness(4)
    assert {finding.code for finding in report.faults} >= {"C041", "C111"}
    result = CliRunner().invoke(cli, ["bench", "soundness", "--phrases", "4"])
    assert result.exit_code == 1
    assert "00000.mid: C041" in result.output


def test_the_bench_prints_its_counts() -> None:
    result = CliRunner().invoke(cli, ["bench", "soundness", "--phrases", "12", "--seed", "3"])
    assert result.exit_code == 0, result.output
    assert "12 answers from random logits" in result.output
    assert result.output.rstrip().endswith("0 errors")
