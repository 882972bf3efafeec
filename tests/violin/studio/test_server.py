"""`violin studio` itself: it prints its address, serves, and ends by Ctrl-C."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from studio_client import PAIR

from violin.errors import MissingLibraryError, OutputError
from violin.midi import phrase_bytes
from violin.studio.server import bound_socket, serve
from violin.studio.sessions import Sessions


def _command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "violin", "studio", "--no-browser", "--folder", str(folder), *arguments]


def test_the_address_serves_the_file_until_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "duo.mid").write_bytes(phrase_bytes(PAIR))
    command = _command(tmp_path / "kept", str(tmp_path / "duo.mid"))
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in a background job
    ) as running:
        assert running.stdout and running.stderr
        found = re.search(r"http://127\.0\.0\.1:\d+/[\w-]{32}/\?session=(\S+)", running.stdout.readline())
        assert found, running.stderr.read()
        with urllib.request.urlopen(found[0], timeout=60) as page:
            assert b"<title>Violin studio</title>" in page.read()
        running.send_signal(signal.SIGINT)
        assert running.wait(60) == 130
        assert "Traceback" not in running.stderr.read()
    assert (tmp_path / "kept" / found[1] / "phrases" / "p1.json").is_file()


def test_a_taken_port_and_a_bad_file_are_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OutputError, match=r"port \d+: cannot be used: .*; legal: 0 for any"):
            bound_socket(taken.getsockname()[1])
    (tmp_path / "bad.mid").write_bytes(b"no music")
    done = subprocess.run(
        _command(tmp_path / "kept", str(tmp_path / "bad.mid")), capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("Error: ")


@pytest.mark.parametrize("library", ["starlette", "uvicorn"])
def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'violin\[studio\]'"):
        serve(tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_a_server_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "duo.mid").write_bytes(phrase_bytes(PAIR))
    command = _command(tmp_path / "kept", str(tmp_path / "duo.mid"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout
        found = re.search(r"session=(\S+)", running.stdout.readline())
        assert found
        running.kill()
        running.wait(60)
    session = Sessions(tmp_path / "kept", lambda session_id, summary: None).get(found[1])
    assert (session.current, session.record("p1").phrase) == ("p1", PAIR)
