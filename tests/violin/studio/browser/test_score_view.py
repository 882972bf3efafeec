"""Score, player and fingerboard in Chromium, on the composing view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

from .conftest import wait_for_sound, watch_sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .conftest import OpenTab


@pytest.fixture(scope="module")
def tune(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight bars of quarter notes at 120 a minute, with a double stop on the first beat."""
    notes = (Note(0, 62, 48), *(Note(48 * beat, 69 + beat % 5, 48) for beat in range(32)))
    path = tmp_path_factory.mktemp("tune") / "tune.mid"
    path.write_bytes(phrase_bytes(Phrase(notes, 8, key=Key(2))))
    return path


@pytest.fixture
def tab(open_tab: OpenTab, tune: Path) -> Page:
    page: Page = open_tab("")
    page.set_input_files("#file", tune)
    page.wait_for_selector("#score g.note")
    return page


def selected(tab: Page) -> list[str]:
    return [str(bar.get_attribute("aria-label")) for bar in tab.locator(".bar[aria-selected=true]").all()]


def test_bars_are_selected_by_mouse_and_by_keyboard(tab: Page) -> None:
    bars = tab.locator("#score [role=option]")
    assert bars.count() == 8
    first, last = bars.nth(1).bounding_box(), bars.nth(3).bounding_box()
    assert first and last
    tab.mouse.move(first["x"] + 9, first["y"] + 9)
    tab.mouse.down()
    tab.mouse.move(last["x"] + 9, last["y"] + 9, steps=4)
    tab.mouse.up()
    assert [name[:5] for name in selected(tab)] == ["bar 2", "bar 3", "bar 4"]
    tab.keyboard.press("Escape")
    bars.first.focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press(" ")
    tab.keyboard.press("Shift+ArrowRight")
    assert [name[:5] for name in selected(tab)] == ["bar 2", "bar 3"]
    tab.keyboard.press("Escape")
    assert selected(tab) == []


def test_the_notes_the_cursor_and_the_hand_move_with_the_sound(tab: Page) -> None:
    bars = tab.locator("#score [role=option]")
    bars.first.click(position={"x": 5, "y": 5})
    bars.nth(1).click(position={"x": 5, "y": 5}, modifiers=["Shift"])
    tab.click("[data-do=loop]")  # so that a note that a busy machine misses comes again
    watch_sound(tab, "#score")
    tab.click("#play")
    wait_for_sound(tab, "n1")
    here = tab.locator("#score .cursor")
    assert here.is_visible()
    left = here.evaluate("line => line.style.left")
    assert "string" in tab.inner_text("#fingerboard .hand-words")
    tab.wait_for_function("left => document.querySelector('#score .cursor').style.left !== left", arg=left)
    wait_for_sound(tab, "n1", "n2", "n3")
    tab.click("#stop")
    tab.wait_for_selector("#score .note.lit", state="detached")
    assert not here.is_visible()
    tab.locator("#score .note[data-note=n0] .notehead").click(force=True)
    stops = tab.locator("#fingerboard .stop.now")
    assert stops.count() == 2
    assert "Position I: D4 on the open D string; A4 " in tab.inner_text("#fingerboard .hand-words")


def test_a_loop_comes_back_to_its_beginning(tab: Page) -> None:
    tab.locator("#score [role=option]").nth(6).click(position={"x": 5, "y": 5})
    tab.click("[data-do=loop]")
    watch_sound(tab, "#score")
    tab.click("#play")
    wait_for_sound(tab, "n25", "n28", "n25", "n26")  # bar 7 has the notes 25 to 28
    tab.click("#stop")
    recorded = tab.evaluate("() => window.recorded")
    assert set(recorded) <= {"n25", "n26", "n27", "n28", "n29"}  # a frame may come late at the end of the bar
