from __future__ import annotations

import pytest

from violin.cli.common.progress import StageProgress


def test_without_a_terminal_a_stage_gets_lines_at_its_start_and_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with StageProgress() as stages:
        for done in range(4):
            stages.update("reading", done, 3)
        stages.update("cutting", 0, 1)
    shown = capsys.readouterr().err
    assert shown == "reading: 0 of 3\nreading: 3 of 3\ncutting: 0 of 1\n"


def test_a_long_stage_gets_lines_between(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StageProgress, "SECONDS_BETWEEN_LINES", 0.0)
    with StageProgress() as stages:
        for done in range(4):
            stages.update("reading", done, 3)
    assert capsys.readouterr().err.count("reading") == 4


def test_on_a_terminal_a_stage_gets_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with StageProgress() as stages:
        for done in range(4):
            stages.update("reading", done, 3)
    shown = capsys.readouterr().err
    assert "reading" in shown and "3 of 3" not in shown
