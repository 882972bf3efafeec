"""`violin bench robustness`: figures on stdout, faults and exit code 1 where a bound is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from constraints.bench.malformed_midi import MalformedKind, kinds
from violin.cli.bench.robustness import command
from violin.midi import phrase_bytes
from violin.music import Note, Phrase


@pytest.fixture
def few_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(kind for kind in kinds() if kind.name in ("empty", "RIFF wrapper", "tempo 0"))
    monkeypatch.setattr("constraints.bench.malformed_midi.kinds", lambda: few)
    # The process of all tests holds more than one that lints.
    monkeypatch.setattr("constraints.bench.robustness.peak_process_bytes", lambda: 50_000_000)


@pytest.mark.usefixtures("few_kinds")
def test_figures_of_kinds_and_mutations(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(phrase_bytes(Phrase((Note(0, 69, 48),), 1)))
    result = CliRunner().invoke(
        command, [str(path), "--mutations", "20", "--structured", "20", "--seed", "3"]
    )
    assert result.exit_code == 0
    assert "[S001]" in result.output
    assert "3 kinds: 0 tracebacks, 0 without a finding" in result.output
    assert "20 mutations: 0 tracebacks" in result.output
    assert "20 extreme files: 0 tracebacks" in result.output


def test_what_mido_reads_differently_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constraints.bench.malformed_midi.kinds", lambda: ())
    monkeypatch.setattr("constraints.bench.robustness.check_bytes", lambda data, *, name: [])
    result = CliRunner().invoke(command, ["--mutations", "3", "--structured", "0", "--seed", "5", "--no-fix"])
    assert result.exit_code == 1
    assert "mutation 0 of seed 5: without a finding, but mido refuses it" in result.output
    assert "of 3 mutations without a finding" in result.output


def test_a_kind_without_its_finding_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "constraints.bench.malformed_midi.kinds", lambda: (MalformedKind("nothing", "S012", lambda: b""),)
    )
    result = CliRunner().invoke(command, ["--mutations", "0", "--structured", "0", "--no-fix"])
    assert result.exit_code == 1
    assert "nothing: no finding S012" in result.output


def test_a_traceback_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: bytes, *, name: str) -> None:
        raise ZeroDivisionError(f"in {name}")

    monkeypatch.setattr("constraints.bench.malformed_midi.kinds", lambda: ())
    monkeypatch.setattr("constraints.bench.robustness.check_bytes", fail)
    result = CliRunner().invoke(command, ["--mutations", "2", "--structured", "0", "--seed", "5"])
    assert result.exit_code == 1
    assert "mutation 1 of seed 5: lint: ZeroDivisionError" in result.output
    assert "2 mutations: 2 tracebacks" in result.output
