"""The lint view in Chromium: a long piece opened, pages drawn when needed, findings walked through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

from .conftest import watch_sound

if TYPE_CHECKING:
    from .conftest import OpenTab

BARS = 480


@pytest.fixture(scope="module")
def sonata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """480 bars; A3 and B3, which need one string, in bars 3 and 400; too wide a stretch in bar 5."""
    line = [Note(96 * half, 69 + half % 5, 96) for half in range(2 * BARS)]
    stops = [Note(bar * 192 + 96, pitch, 96) for bar, pitches in
             ((2, (57, 59)), (399, (57, 59)), (4, (57, 90))) for pitch in pitches]  # fmt: skip
    taken = {stop.onset_ticks for stop in stops}
    notes = [note for note in line if note.onset_ticks not in taken]
    path = tmp_path_factory.mktemp("piece") / "sonata.mid"
    path.write_bytes(phrase_bytes(Phrase((*notes, *stops), BARS, key=Key(2))))
    return path


def test_a_sonata_is_walked_through_by_key(open_tab: OpenTab, sonata: Path) -> None:
    tab = open_tab("lint")
    tab.set_input_files("#file", sonata)
    tab.wait_for_selector(".page g.note")
    assert tab.inner_text("#facts").startswith("480 bars · ")
    assert tab.locator(".page").count() == 40
    assert tab.locator(".page svg").count() < 12  # drawn when they come near, never all at once

    tab.get_by_role("button", name="P002 stretch impossible").click()
    shown = tab.locator("#findings .finding")
    places = [text.split(" P00")[0] for text in shown.all_inner_texts() if " P00" in text]
    assert places == ["bar 3 beat 3", "bar 400 beat 3"]

    while "bar 3 beat 3" not in tab.inner_text("#here"):
        tab.keyboard.press("n")
    tab.wait_for_selector(".page[aria-label='Bars 1 to 12'] g.note.warning.lit")
    assert "A3 and B3 both need the G string" in tab.inner_text("#here")
    assert "No hand can hold this: A3 and B3 both need the G string" in tab.inner_text("#board")
    tab.click("#why summary")
    assert "no violinist can play it" in tab.inner_text("#explanation")

    tab.keyboard.press("n")
    tab.wait_for_selector(".page[aria-label='Bars 397 to 408'] g.note.warning.lit")
    mark = tab.locator(".page[aria-label='Bars 397 to 408'] .mark")
    assert mark.get_attribute("aria-label") == (
        "bar 400: warning P001: A3 B3 (2 times): A3 and B3 both need the G string; "
        "legal: a string for each note"
    )
    tab.keyboard.press("p")
    assert "bar 3 beat 3" in tab.inner_text("#here")

    with tab.expect_download() as saved:
        tab.click("#csv")
    assert saved.value.suggested_filename == "sonata-findings.csv"
    text = Path(saved.value.path()).read_text("utf-8-sig")
    assert "sonata.mid,400,3.0,P001,no-string-for-notes,warning" in text


def test_a_page_shows_its_fingering_and_plays(open_tab: OpenTab, sonata: Path) -> None:
    tab = open_tab("lint", width=390, scheme="dark")
    tab.set_input_files("#file", sonata)
    tab.wait_for_selector(".page g.note")
    assert tab.locator(".page g.fing").count() == 0
    tab.check("#fingering")
    tab.wait_for_selector(".page g.fing")
    watch_sound(tab, "#pages")
    tab.get_by_role("button", name="Play bars 1 to 12").click()
    tab.wait_for_function("() => window.recorded.length > 1")
    tab.wait_for_selector("#board .stop.now")
    assert tab.locator(".page .cursor").first.is_visible()
    tab.get_by_role("button", name="Play bars 1 to 12").click()
    tab.wait_for_selector(".page g.note.lit", state="detached")


def test_a_broken_file_is_a_sentence(open_tab: OpenTab, tmp_path: Path) -> None:
    open_tab.expected.append("400")  # type: ignore[attr-defined]
    broken = tmp_path / "<b>broken.musicxml"
    broken.write_bytes(b"<score")
    tab = open_tab("lint")
    tab.set_input_files("#file", broken)
    tab.wait_for_selector("#error:not([hidden])")
    assert tab.inner_text("#error").startswith("<b>broken.musicxml: ")
    assert tab.locator("#error b").count() == 0
