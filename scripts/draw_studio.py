"""Draw the pictures of docs/studio.md: the studio's three views in Chromium, at three sizes, light and dark.

    python scripts/draw_studio.py docs/studio

Composes with the shipped model, so the pictures change with it. Needs Chromium and playwright.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench_studio import BROWSER, given_pair, studio

from submission.archive import archive_bytes
from violin.challenge import COMPOSERS
from violin.midi import phrase_bytes, read_phrase
from violin.music import Key, Note, Phrase


def main() -> None:
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/studio")
    out.mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as name,
        studio(Path(name)) as (address, _),
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        folder = Path(name)
        answer = _composing(browser, address, out, folder)
        _lint(browser, address, out, folder, answer)
        _challenge(browser, address, out, folder)
        browser.close()


def _pair() -> Phrase:
    """Two bars, four silent ones, two bars, in D major."""
    beginning = (
        (74, 48),
        (78, 24),
        (76, 24),
        (74, 48),
        (69, 48),
        (71, 24),
        (73, 24),
        (74, 48),
        (76, 48),
        (73, 48),
    )
    ending = ((79, 48), (78, 24), (76, 24), (78, 48), (74, 48), (76, 48), (73, 48), (74, 96))
    notes, onset = [], 0
    for part in (beginning, ending):
        for pitch, duration in part:
            notes.append(Note(onset, pitch, duration))
            onset += duration
        onset = 6 * 192
    return Phrase(tuple(notes), 8, key=Key(2))


def _tab(browser: Any, address: str, width: int, height: int, scheme: str) -> Any:
    viewport = {"width": width, "height": height}
    tab = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce").new_page()
    tab.set_default_timeout(600_000)
    tab.goto(address)
    return tab


def _composing(browser: Any, address: str, out: Path, folder: Path) -> bytes:
    """The composing view with four variations: wide and light, then smaller and dark; the best as MIDI."""
    (folder / "pair.mid").write_bytes(phrase_bytes(_pair()))
    tab = _tab(browser, address, 1280, 1000, "light")
    tab.set_input_files("#file", folder / "pair.mid")
    tab.wait_for_selector("#score g.note")
    tab.click("#controls button.primary")
    tab.wait_for_selector("#cards h3:has-text('best')")
    tab.locator("#cards .card").first.get_by_role("button", name="Show", exact=True).click()
    tab.wait_for_selector("#certificate:not([hidden])")
    tab.wait_for_selector("#judge .probability")
    tab.check("#fingering")
    tab.wait_for_selector("#score g.fing")
    tab.locator("#score [data-note=n12] .notehead").click(force=True)
    tab.screenshot(path=out / "compose.png")
    with tab.expect_download() as saved:
        tab.click("#take-links [data-form=mid]")
    for name, width, height, scheme in (("768-dark", 768, 1000, "dark"), ("390-dark", 390, 844, "dark")):
        other = _tab(browser, tab.url, width, height, scheme)
        other.wait_for_selector("#score g.note")
        other.wait_for_selector("#judge .probability")
        other.screenshot(path=out / f"compose-{name}.png")
    return Path(saved.value.path()).read_bytes()


def _lint(browser: Any, address: str, out: Path, folder: Path, answer: bytes) -> None:
    """The lint view of an answer in which two stops were made unplayable."""
    phrase = read_phrase(answer, "answer.mid").on_grid()
    spoilt = [Note(bar * phrase.bar_ticks, pitch, 48) for bar, pitch in ((2, 57), (2, 59), (5, 57), (5, 90))]
    kept = [note for note in phrase.notes if note.onset_ticks not in {one.onset_ticks for one in spoilt}]
    (folder / "study.mid").write_bytes(phrase_bytes(replace(phrase, notes=(*kept, *spoilt))))
    for name, width, height, scheme in (("lint", 1280, 900, "dark"), ("lint-390-light", 390, 844, "light")):
        tab = _tab(browser, f"{address}lint", width, height, scheme)
        tab.set_input_files("#file", folder / "study.mid")
        tab.wait_for_selector(".page .mark")
        while "both need" not in tab.inner_text("#here"):
            tab.keyboard.press("n")
        tab.wait_for_selector(".page .note.lit")
        tab.screenshot(path=out / f"{name}.png")


def _challenge(browser: Any, address: str, out: Path, folder: Path) -> None:
    """The challenge view of a small dataset, composed and sorted by the judge's probability."""
    files = {f"composer{one.number}/001.mid": phrase_bytes(given_pair(one.number)) for one in COMPOSERS}
    (folder / "dataset.zip").write_bytes(archive_bytes(files))
    tab = _tab(browser, f"{address}entrant", 1280, 900, "light")
    tab.set_input_files("#dataset", folder / "dataset.zip")
    tab.click("#compose-all")
    tab.wait_for_selector("#compose-all:has-text('Nothing is missing')")
    tab.get_by_role("button", name="Human", exact=True).click()
    tab.locator("#answers").scroll_into_view_if_needed()
    tab.wait_for_function(
        "() => [...document.querySelectorAll('.thumb')].slice(0, 5).every((one) => one.naturalWidth)"
    )
    tab.screenshot(path=out / "challenge.png")
    other = _tab(browser, tab.url, 768, 1000, "dark")
    other.get_by_role("button", name="Open composer4/001.mid").click()
    other.wait_for_selector("#play:enabled")
    other.screenshot(path=out / "challenge-768-dark.png")


if __name__ == "__main__":
    main()
