"""The race of the linter and mido."""

from __future__ import annotations

import time

import pytest

from constraints.bench.lint_speed import made_phrases, race


def test_a_clock_that_advances_in_steps_gives_times_above_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.process_time", lambda: time.perf_counter() // 0.01 / 100)
    found = race(made_phrases(1), rounds=3)
    assert found.files == 1
    assert found.mido_seconds > 0
    assert found.lint_seconds > 0
