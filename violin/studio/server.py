"""Serve the studio on the loopback address."""

from __future__ import annotations

import logging
import socket
import threading
import time
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from violin.errors import MissingLibraryError, OutputError

if TYPE_CHECKING:
    import uvicorn

LOOPBACK = "127.0.0.1"
_SECONDS_TO_STOP = 2


def serve(
    folder: Path,
    *,
    files: Sequence[Path] = (),
    port: int = 0,
    browser: bool = True,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve until Ctrl-C. `announce` is called with the address once the studio answers.

    `files` are added to a new session. OutputError if the port is taken or the folder cannot be written,
    MissingLibraryError without the libraries of `violin[studio]`.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise MissingLibraryError(
            "the studio needs starlette and uvicorn; install them: pip install 'violin[studio]'"
        ) from error
    from violin.api.reading import read_bytes
    from violin.studio.app import application
    from violin.studio.incoming import add_file
    from violin.studio.studio import Studio

    studio = Studio(folder)
    query = ""
    if files:
        session = studio.sessions.create()
        for path in files:
            data, name = read_bytes(path)
            add_file(session, data, name)
        query = f"?session={session.id}"
    bound = bound_socket(port)
    address = f"http://{LOOPBACK}:{bound.getsockname()[1]}/{studio.token}/{query}"
    config = uvicorn.Config(
        application(studio),
        http="h11",
        ws="none",
        lifespan="on",
        log_level=logging.WARNING,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_when_ready, args=(server, address, browser, announce), daemon=True).start()
    server.run(sockets=[bound])


def bound_socket(port: int) -> socket.socket:
    """A socket on the loopback address; OutputError if the port is taken."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
    except OSError as error:
        bound.close()
        raise OutputError(
            f"port {port}: cannot be used: {error.strerror or error}; legal: 0 for any"
        ) from error
    return bound


def _when_ready(server: uvicorn.Server, address: str, browser: bool, announce: Callable[[str], None]) -> None:
    while not server.started:
        if server.should_exit:
            return
        time.sleep(0.02)
    announce(address)
    if browser:
        webbrowser.open(address)
