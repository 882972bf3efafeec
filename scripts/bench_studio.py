"""How fast the studio is, by the browser's own clock, and how much memory it takes.

    python scripts/bench_studio.py

Starts `violin studio` in a temporary folder, opens its page in Chromium, adds a pair of 2 + 2 bars and
composes four variations of 8 bars. Prints milliseconds: until the page is ready, until it shows the first
and the fourth variation with their scores; and the memory (proportional set size) of the server and its
composing process. `--repeat` gives the median of several requests.

Needs Linux, Chromium and playwright. The machine's load is printed too: other work makes all figures larger,
except the processor time.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

LIMITS = {"page ready": 1_500, "first variation": 2_500, "fourth variation": 4_000, "memory": 900}
BROWSER = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_WATCH = """
() => {
  window.seen = [];
  const look = () => {
    const drawn = [...document.querySelectorAll("#cards img")].filter((one) => one.naturalWidth);
    while (window.seen.length < drawn.length) window.seen.push(performance.now());
    if (window.seen.length < 4) requestAnimationFrame(look);
  };
  window.start = performance.now();
  document.querySelector("#controls button.primary").click();
  requestAnimationFrame(look);
}
"""
_WARM_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=3, help="Requests to compose; default 3.")
    repeat = parser.parse_args().repeat
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        sys.exit("no Chromium on this system: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as name,
        studio(Path(name)) as (address, process),
        sync_playwright() as driver,
    ):
        pair = Path(name) / "pair.mid"
        pair.write_bytes(phrase_bytes(given_pair()))
        browser = driver.chromium.launch(executable_path=found, args=BROWSER)
        ready = median(_page_ready(browser, address) for _ in range(repeat))
        page = browser.new_page(viewport={"width": 1280, "height": 2400})
        page.set_default_timeout(1_000 * _WARM_SECONDS)
        page.goto(address)
        page.set_input_files("#file", pair)
        page.wait_for_selector("#score g.note")
        _compose(page)  # the first one waits for the weights
        before = _processor_seconds(process.pid)
        times = [_compose(page) for _ in range(repeat)]
        spent = (_processor_seconds(process.pid) - before) / repeat
        memory = _memory_mb(process.pid)
        browser.close()
    firsts, fourths = zip(*times, strict=True)
    figures = {"page ready": ready, "first variation": median(firsts), "fourth variation": median(fourths)}
    for what, milliseconds in figures.items():
        print(f"{what:<17}{milliseconds:8.0f} ms   wanted: under {LIMITS[what]} ms")
    print(f"{'memory':<17}{memory:8.0f} MB   wanted: under {LIMITS['memory']} MB")
    print(
        f"{'processor time':<17}{1_000 * spent:8.0f} ms   a request, of the server and its composing process"
    )
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    print(
        f"median of {repeat}; {cores} cores, load {load:.1f}" + (": other work ran" if load > cores else "")
    )


def given_pair(number: int = 0) -> Phrase:
    """Two bars, four silent ones, two bars; another number gives other notes."""
    tune = (62, 66, 69, 74, 73, 69, 66, 69)
    ends = [Note(24 * eighth, tune[(eighth + number) % 8], 24) for eighth in range(16)]
    return Phrase((*ends, *(note.shifted(6 * 192) for note in ends)), 8, key=Key(2))


@contextmanager
def studio(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a studio in a process of its own."""
    command = [sys.executable, "-m", "violin", "studio", "--no-browser", "--folder", str(folder / "sessions")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        if not found:
            sys.exit("the studio does not start")
        yield found[0], process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(10)


def _page_ready(browser: Any, address: str) -> float:
    """Milliseconds from the request of the page until its controls stand there; a browser without cache."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#controls button.primary")
    milliseconds: float = page.evaluate("() => performance.now()")
    page.close()
    return milliseconds


def _compose(page: Any) -> tuple[float, float]:
    """Milliseconds until the first and the fourth variation are drawn."""
    page.evaluate("() => document.querySelector('#cards').replaceChildren()")
    page.evaluate(_WATCH)
    page.wait_for_function("() => window.seen.length === 4")
    start, seen = page.evaluate("() => [window.start, window.seen]")
    time.sleep(1)  # the ranking comes, and the judge
    return seen[0] - start, seen[3] - start


def _memory_mb(pid: int) -> float:
    """The proportional set size of a process and its children in MB (Linux)."""
    [kilobytes] = re.findall(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(kilobytes) / 1_000 + sum(map(_memory_mb, _children(pid)))


def _processor_seconds(pid: int) -> float:
    """Seconds of processor time of a process and its children so far (Linux)."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    own = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(_processor_seconds, _children(pid)))


def _children(pid: int) -> list[int]:
    return [
        int(child)
        for path in Path(f"/proc/{pid}/task").iterdir()
        for child in (path / "children").read_text().split()
    ]


if __name__ == "__main__":
    main()
