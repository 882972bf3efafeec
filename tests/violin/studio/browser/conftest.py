"""Chromium for the tests of the page: one browser per session, one tab per test, a screenshot of each."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from bench_studio import BROWSER
from studio_fakes import faked, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[4]
SCREENSHOTS = ROOT / "build" / "screenshots"
ARGUMENTS = [*BROWSER, "--autoplay-policy=no-user-gesture-required"]
OpenTab = Callable[..., "Page"]
_WATCH = """
([root, words]) => {
  window.recorded = [];
  const changed = (changes) => changes.forEach(({ target, type }) => {
    if (type !== "attributes") window.recorded.push(document.querySelector(words).textContent);
    else if (target.matches(".note.lit")) window.recorded.push(target.dataset.note);
  });
  const observer = new MutationObserver(changed);
  observer.observe(document.querySelector(root), { subtree: true, attributeFilter: ["class"] });
  if (words) observer.observe(document.querySelector(words), { childList: true });
}
"""
_RECORDED = """
wanted => { let at = -1; return wanted.every((one) => (at = window.recorded.indexOf(one, at + 1)) >= 0); }
"""


def watch_sound(tab: Page, score: str, words: str | None = None) -> None:
    """Record the notes that light up in a score, and the texts of an element, in order.

    A busy machine draws few frames: only an observer sees what is lit between two of them.
    """
    tab.evaluate(_WATCH, [score, words])


def wait_for_sound(tab: Page, *wanted: str) -> None:
    """Wait until these notes and texts were recorded in this order, with others between them."""
    tab.wait_for_function(_RECORDED, arg=list(wanted))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, driven by playwright; skips where either is absent."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this system: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")  # not longer: the fakes would affect other tests
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a studio with fakes for the composer and the judge."""
    with (
        pytest.MonkeyPatch.context() as patch,
        faked(patch),
        served(tmp_path_factory.mktemp("studio")) as address,
    ):
        yield address


@pytest.fixture
def open_tab(request: pytest.FixtureRequest, chromium: Browser, studio: str) -> Iterator[OpenTab]:
    """Opens a page of the studio: open_tab("lint", width=390, scheme="dark").

    At the end of the test each tab is kept as a picture. A request to another host, an error in the
    page's console or an uncaught exception fails the test; `tab.expected` holds patterns of errors that it
    provokes.
    """
    contexts = []
    tabs: list[Page] = []
    hosts: set[str] = set()
    problems: list[str] = []
    expected: list[str] = []

    def opened(path: str = "", width: int = 1280, height: int = 900, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(60_000)  # a busy machine is no fault of the page
        tab.on("request", lambda sent: hosts.add(urlsplit(sent.url).hostname or "blob"))
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("console", lambda message: message.type == "error" and problems.append(message.text))
        tab.goto(studio + path)
        tabs.append(tab)
        return tab

    opened.expected = expected  # type: ignore[attr-defined]
    yield opened
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for place, tab in enumerate(tabs):
        tab.screenshot(path=SCREENSHOTS / f"{request.node.name}-{place}.png")
    for context in contexts:
        context.close()
    assert hosts <= {"127.0.0.1", "blob"}, f"the page asked {hosts}"
    left = [one for one in problems if not any(re.search(pattern, one) for pattern in expected)]
    assert not left, "\n".join(left)
