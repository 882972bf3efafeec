"""`violin studio`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument(
    "files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--port", type=click.IntRange(0, 65_535), default=0, show_default=True,
              help="The port on this machine; 0: any free one.")  # fmt: skip
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page in a browser.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("violin-studio"),
    show_default=True,
    help="Where sessions are kept; the same folder opens them again.",
)
def command(files: tuple[Path, ...], port: int, browser: bool, folder: Path) -> None:
    """Open the studio: compose, hear, check and finger phrases on a local page.

    The page is served on the loopback address only, at an address with a random token, and connects
    to no other machine. FILES (MIDI, MusicXML, ABC) are opened in a new session. Ctrl-C ends it.

    \b
    Examples:
      violin studio
      violin studio pair.mid --port 8765 --no-browser
    """
    from violin.studio.server import serve

    def announce(address: str) -> None:
        click.echo(f"The studio is open at {address}\nSessions are kept in {folder}. Ctrl-C ends it.")

    serve(folder, files=files, port=port, browser=browser, announce=announce)
