"""How fast the studio is, by the browser's own clock, and how much memory it takes.

    python scripts/bench_studio.py --repeat 3

Starts `violin studio` in a temporary folder and opens its page in Chromium. Measures the time until the page
is ready; adds a pair of 2 + 2 bars and measures until the page shows the first and the fourth variation of 8
bars with their scores; opens an archive of 1,600 answers and measures until its table is complete and sorted.
Memory is the proportional set size of the server and its composing process, and the JavaScript heap of the
page with the table.

Prints the figures and writes them to the table of docs/studio.md (`--page`; "-": nowhere). Needs Linux,
Chromium and playwright. The machine's load is given too: other work makes all figures larger, except memory
and processor time.
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

from submission.archive import archive_bytes
from violin.challenge import COMPOSERS
from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

PAGE = Path(__file__).parents[1] / "docs" / "studio.md"
BEGINNING, END = "<!-- figures of scripts/bench_studio.py -->\n", "<!-- end of the figures -->\n"
FILES = 1_600
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
_CLOCK = """
() => {
  const note = () => { window.start = performance.now(); };
  document.querySelector("#archive").addEventListener("change", note);
}
"""
_DRAWN = "[...document.querySelectorAll('.thumb')].filter((one) => one.naturalWidth).length"
_ROWS = """
(count) => document.querySelectorAll("#rows tr").length === count && performance.now() - window.start
"""
_SORT = """
() => new Promise((resolve) => {
  const start = performance.now();
  [...document.querySelectorAll("#heads button")].find((one) => one.textContent === "Notes").click();
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
})
"""
_WARM_SECONDS = 120


Row = tuple[str, str, str]
"""What was measured, the figure, and what is wanted."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeat", type=int, default=3, help="How often each is measured; default 3.")
    parser.add_argument("--page", default=str(PAGE), help="The page whose table is written; -: none.")
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        sys.exit("no Chromium on this system: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory() as name,
        studio(Path(name)) as (address, process),
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=found, args=BROWSER)
        rows = _composing(browser, address, Path(name), process.pid, asked.repeat)
        rows += _table(browser, address, Path(name), process.pid)
        browser.close()
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    state = f"Median of {asked.repeat}, {cores} cores, load {load:.1f}"
    state += ": other work ran beside it." if load > cores else "."
    for what, figure, wanted in rows:
        print(f"{what:<56}{figure:>10}" + (f"   wanted: under {wanted}" if wanted else ""))
    print(state)
    if asked.page != "-":
        _write(Path(asked.page), rows, state)


def _composing(browser: Any, address: str, folder: Path, pid: int, repeat: int) -> list[Row]:
    """The composing view: ready, composing, memory, processor time."""
    pair = folder / "pair.mid"
    pair.write_bytes(phrase_bytes(given_pair()))
    ready = median(_page_ready(browser, address) for _ in range(repeat))
    page = browser.new_page(viewport={"width": 1280, "height": 2400})
    page.set_default_timeout(1_000 * _WARM_SECONDS)
    page.goto(address)
    page.set_input_files("#file", pair)
    page.wait_for_selector("#score g.note")
    _compose(page)  # the first one waits for the weights
    before = _processor_seconds(pid)
    firsts, fourths = zip(*(_compose(page) for _ in range(repeat)), strict=True)
    spent = (_processor_seconds(pid) - before) / repeat
    page.close()
    return [
        ("page ready", _seconds(ready), "1.5 s"),
        ("first of four variations of 8 bars", _seconds(median(firsts)), "2.5 s"),
        ("all four", _seconds(median(fourths)), "4 s"),
        ("memory of the server and its composing process", f"{_memory_mb(pid):.0f} MB", "900 MB"),
        ("processor time of a request, both processes", _seconds(1_000 * spent), ""),
    ]


def _table(browser: Any, address: str, folder: Path, pid: int) -> list[Row]:
    """The challenge view with an archive of 1,600 answers."""
    tunes = [phrase_bytes(given_pair(number)) for number in range(8)]
    files = {
        f"composer{one.number}/{number:03}.mid": tunes[number % 8]
        for one in COMPOSERS
        for number in range(1, FILES // len(COMPOSERS) + 1)
    }
    (folder / "archive.zip").write_bytes(archive_bytes(files))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(1_000 * _WARM_SECONDS)
    page.goto(f"{address}entrant")
    page.evaluate(_CLOCK)
    page.set_input_files("#archive", folder / "archive.zip")
    opened = page.wait_for_function(_ROWS, arg=FILES).json_value()
    sort = page.evaluate(_SORT)
    page.wait_for_function(f"() => {_DRAWN} >= 5")  # a function: the page forbids eval
    drawn = page.evaluate(_DRAWN)
    heap = page.evaluate("() => performance.memory.usedJSHeapSize / 1e6")
    page.close()
    return [
        (f"table of {FILES:,} answers, from the file to the last row", _seconds(opened), ""),
        ("the table sorted by another column", _seconds(sort), ""),
        ("scores that are drawn before anything is scrolled", str(drawn), ""),
        ("memory of the page with the table (JavaScript heap)", f"{heap:.0f} MB", ""),
        ("memory of the server and its composing process then", f"{_memory_mb(pid):.0f} MB", "900 MB"),
    ]


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1_000:.2f} s"


def _write(page: Path, rows: list[Row], state: str) -> None:
    """Put the figures into the page, between its two comments."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGINNING)
    _, _, after = rest.partition(END)
    if not after:
        sys.exit(f"{page}: has no place for the figures; legal: {BEGINNING.strip()} … {END.strip()}")
    table = ["| | measured | wanted |", "| --- | --- | --- |"]
    table += [f"| {what} | {figure} | {wanted and f'under {wanted}'} |" for what, figure, wanted in rows]
    lines = "\n".join([state, "", *table, ""])
    page.write_text(f"{before}{BEGINNING}{lines}{END}{after}", encoding="utf-8")
    print(f"written to {page}")


def given_pair(number: int = 0) -> Phrase:
    """Two bars, four silent ones, two bars; another number gives other notes."""
    tune = (62, 66, 69, 74, 73, 69, 66, 69)
    ends = [Note(24 * eighth, tune[(eighth + number) % 8], 24) for eighth in range(16)]
    return Phrase((*ends, *(note.shifted(6 * 192) for note in ends)), 8, key=Key(2))


@contextmanager
def studio(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a studio in a separate process."""
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
    """Milliseconds from the request of the page until its controls are there; a browser without cache."""
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
