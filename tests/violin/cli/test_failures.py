"""Every verb with each kind of bad path, option and file: one line and the right exit code."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from failing_lines import FOUND, IMPOSSIBLE

from violin.cli import VERBS, cli
from violin.cli.lazy import LazyGroup
from violin.midi import phrase_bytes
from violin.music import Meter, Note, Phrase

GOOD = phrase_bytes(Phrase(tuple(Note(48 * i, 60 + i % 12, 48) for i in range(32)), 8))
ODD = phrase_bytes(Phrase((Note(0, 69, 51),), 1, Meter(17, 128), ticks_per_beat=960))


def rows(table: str) -> list[str]:
    return [line for line in table.splitlines() if line]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "good.mid": GOOD,
        "text.mid": b"no music",
        "odd.mid": ODD,
        "broken.zip": b"PK\x03\x04 and no more",
        "text.npz": b"no arrays",
        "text.safetensors": b"no tensors",
        "deep.toml": b"a = " + b"[" * 100_000,
        "bad.toml": b"[lint]\nlowest-pitch = 99999\n",
        "folder/a.mid": GOOD,
        "set/composer1/001.mid": GOOD,
    }
    for name, data in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name in ("pipe", "pipe.mid", "pipe.npz"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str) -> Result:
    result = CliRunner().invoke(cli, shlex.split(line))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return result


@pytest.mark.parametrize("line", rows(IMPOSSIBLE))
def test_what_cannot_be_done_is_one_line_and_exit_code_two(folder: Path, line: str) -> None:
    before = sorted(path.name for path in folder.rglob("*"))
    result = run(line)
    errors = [text for text in result.output.splitlines() if text.startswith("Error:")]
    assert (result.exit_code, len(errors)) == (2, 1), result.output
    assert result.output.rstrip().endswith(errors[0])
    left = {path.name for path in folder.rglob("*")} - set(before)
    assert not any(name.endswith((".part", ".mid", ".zip", ".npz")) for name in left)
    assert (folder / "pipe").is_fifo()


def test_every_verb_is_in_the_table() -> None:
    lines = rows(IMPOSSIBLE)
    for verb, (module, _) in VERBS.items():
        command = cli.get_command(click.Context(cli), verb)
        if isinstance(command, LazyGroup) and verb != "bench":
            names = [f"{verb} {name}" for name in command.list_commands(click.Context(command))]
        else:
            names = [verb]
        for name in names:
            assert any(line.startswith(name) for line in lines), f"{name} ({module})"


@pytest.mark.parametrize("line", rows(FOUND))
def test_one_bad_file_stops_no_other(folder: Path, line: str) -> None:
    result = run(line)
    assert result.exit_code == 1, result.output
    assert "Error:" not in result.output
    if line.startswith("judge"):
        bad, good = line.split()[1:3]
        assert [text.split()[1] for text in result.stdout.splitlines()] == [bad, good]
        assert f"Warning: {bad}: " in result.stderr
    if line.startswith("novelty"):
        assert "1 phrase compared with" in result.stdout


@contextmanager
def as_nobody(tmp_path: Path) -> Iterator[None]:
    """Without the rights of root, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if folder != Path("/"):
            folder.chmod(0o777 if folder == tmp_path else 0o755)
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    "line",
    [
        "judge set --workers 1 --composer bach",
        "lint set",
        "novelty set",
        "submit judge set --out out.zip --workers 1",
        "verify set --all",
    ],
)
def test_a_file_that_may_not_be_read_is_named(folder: Path, line: str) -> None:
    (folder / "set/composer1/002.mid").write_bytes(GOOD)
    run(line.replace("out.zip", "first.zip"))  # imports files that the user "nobody" may not read
    (folder / "set/composer1/002.mid").chmod(0)
    with as_nobody(folder):
        result = run(line)
    assert result.exit_code == 1, result.output
    assert "002.mid" in result.output
    assert "cannot be" in result.output


@pytest.mark.parametrize(
    "line",
    [
        "judge set --workers 1 --composer bach",
        "lint set",
        "novelty set",
        "submit judge set --out out.zip",
        "submit generator set --out out.zip",
        "verify set",
    ],
)
def test_a_folder_that_cannot_be_listed_is_an_error(folder: Path, line: str) -> None:
    run(line.replace(" set", " empty"))  # imports files that the user "nobody" may not read
    (folder / "set/composer2").mkdir(mode=0)
    with as_nobody(folder):
        result = run(line)
    assert result.exit_code == 2, result.output
    assert "composer2: cannot be listed: Permission denied" in result.output


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MemoryError(), "Error: not enough memory; try fewer files or fewer --workers"),
        (RecursionError(), "Error: a value or a file is nested too deeply"),
        (OSError(28, "No space left on device", "x.mid"), "Error: x.mid: No space left on device"),
        (KeyboardInterrupt(), "Interrupted."),
    ],
)
def test_foreseen_errors_are_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, text: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("constraints.linter.files.sources", fail)
    monkeypatch.setattr("models.judge.files.midi_files", fail)
    result = run("novelty good.mid")
    assert result.exit_code == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert result.output.strip() == text


def violin(*args: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "violin", *args]
    return subprocess.run(command, capture_output=True, timeout=120, check=False, **options)  # type: ignore[call-overload,no-any-return]


def closed(stream: int) -> Callable[[], None]:
    return lambda: os.close(stream)


@pytest.mark.parametrize("stream", [1, 2])
def test_a_closed_stream_is_no_traceback(folder: Path, stream: int) -> None:
    done = violin("lint", "text.mid", preexec_fn=closed(stream))
    assert done.returncode == 1
    assert b"Traceback" not in done.stdout + done.stderr


def test_control_characters_in_names_are_escaped(folder: Path) -> None:
    names = (b"a\x1b[2J.mid", "b\u202ecod.mid".encode(), b"c\xff.mid", b"d\n.mid")
    (folder / "odd").mkdir()
    for name in names:
        (folder / "odd" / os.fsdecode(name)).write_bytes(b"no music")
    verbs: tuple[tuple[int, tuple[str, ...]], ...] = (
        (1, ("lint",)),
        (1, ("judge", "--composer", "bach", "--workers", "1")),
        (1, ("novelty",)),
        (2, ("fingering",)),
    )
    for code, verb in verbs:
        done = violin(verb[0], "odd", *verb[1:])
        output = done.stdout + done.stderr
        assert done.returncode == code
        assert b"Traceback" not in output
        assert not any(bad in output for bad in (b"\x1b", "\u202e".encode(), b"\xff", b"d\n.mid")), output
        for shown in (rb"a\x1b[2J.mid", rb"b\u202ecod.mid", rb"c\xff.mid", rb"d\n.mid"):
            assert shown in output, verb


def interruptible() -> None:
    """A child of a job in the background ignores Ctrl-C; this one must not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("seconds", [1.0, 1.6])
def test_ctrl_c_ends_with_130(folder: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "violin", "bench", "lint", "--phrases", "100000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=interruptible) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        try:
            _, error = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in error
