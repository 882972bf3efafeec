"""The composing view in Chromium: put in, compose, redo, undo, fix, take along, save and open."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio_client import PAIR, WHOLE

from violin.midi import phrase_bytes, read_phrase
from violin.music import Note, Phrase

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .conftest import OpenTab


def _file(folder: Path, phrase: Phrase, name: str = "study.mid") -> Path:
    (folder / name).write_bytes(phrase_bytes(phrase))
    return folder / name


def _compose(tab: Page, cards: int = 4) -> None:
    tab.click("#compose")
    tab.locator("#cards .card details").nth(cards - 1).wait_for()


def test_a_pair_is_composed_redone_undone_and_taken_along(open_tab: OpenTab, tmp_path: Path) -> None:
    tab = open_tab("")
    tab.set_input_files("#file", _file(tmp_path, PAIR))
    tab.wait_for_selector("#score g.note")
    assert tab.inner_text("#reading").startswith("Read as a beginning of 1 bar and an ending of 1 bar.")
    assert tab.inner_text("#compose") == "Compose the middle"
    _compose(tab)
    tab.locator("#certificate", has_text="Bars 1 and 8 unchanged: all 8 notes").wait_for()
    assert tab.locator("#cards .card h3").all_inner_texts() == ["1 · best", "2", "3", "4"]
    tab.locator("#cards summary").first.click()
    assert "The critic takes it for human with 80%." in tab.inner_text("#cards .why")
    tab.wait_for_selector("#judge .probability")

    tab.locator("#score [role=option]").nth(3).click(position={"x": 5, "y": 5})
    tab.click("[data-do=redo]")
    tab.locator("#certificate", has_text="Bars 1–3 and 5–8 unchanged").wait_for()
    tab.click("#undo")
    tab.locator("#certificate", has_text="Bars 1 and 8 unchanged").wait_for()
    with tab.expect_download() as saved:
        tab.click("#take-links [data-form=mid]")
    taken = read_phrase(Path(saved.value.path()).read_bytes())
    outer = [note for note in taken.on_grid().notes if not 192 <= note.onset_ticks < 1344]
    assert tuple(outer) == PAIR.notes


def test_two_bars_are_written_by_keys_alone(open_tab: OpenTab) -> None:
    tab = open_tab("")
    tab.focus("#type-in")
    tab.keyboard.press("Enter")
    tab.keyboard.type("defga-b-.a--")
    for _ in range(4):
        tab.keyboard.press("ArrowRight")
    tab.keyboard.type("d---")
    tab.get_by_role("button", name="Use these bars").click()
    tab.wait_for_selector("#score g.note")
    session = re.search(r"session=([\w-]+)", tab.url)
    assert session
    notes = tab.evaluate(f"fetch('api/sessions/{session[1]}/phrases/p1').then((one) => one.json())")["phrase"]
    assert [(row[0] // 12, row[1], row[2] // 12) for row in notes["notes"]] == [
        (0, 74, 1), (1, 76, 1), (2, 78, 1), (3, 79, 1), (4, 81, 2), (6, 83, 2), (9, 81, 3), (16, 86, 4),
    ]  # fmt: skip


def test_from_nothing(open_tab: OpenTab) -> None:
    tab = open_tab("", width=390)
    tab.click("#from-nothing")
    tab.select_option("[name=meter]", "3/4")
    tab.select_option("[name=key]", "E minor")
    _compose(tab)
    tab.locator("#phrase-facts", has_text="3/4 · E minor").wait_for()
    assert tab.is_hidden("#certificate")


def test_a_finding_is_explained_and_fixed(open_tab: OpenTab, tmp_path: Path) -> None:
    doubled = replace(WHOLE, notes=(Note(0, 69, 96), Note(48, 69, 48), *WHOLE.notes[3:]))
    tab = open_tab("")
    tab.set_input_files("#file", _file(tmp_path, doubled))
    tab.locator("#findings .finding", has_text="N003").wait_for()
    tab.locator("#score .mark.warning").wait_for()
    tab.get_by_role("button", name="Apply all fixes").click()
    tab.locator("#findings-body", has_text="no rule is broken").wait_for()
    tab.click("#undo")
    tab.locator("#findings .finding", has_text="N003").wait_for()


def test_a_session_is_saved_and_opened_and_tabs_are_apart(open_tab: OpenTab, tmp_path: Path) -> None:
    tab, other = open_tab(""), open_tab("")
    assert tab.url.partition("?")[2] != other.url.partition("?")[2]
    tab.set_input_files("#file", _file(tmp_path, WHOLE, "Duo.mid"))
    tab.wait_for_selector("#score g.note")
    assert other.is_visible("#start")
    tab.click("#sessions-open")
    with tab.expect_download() as saved:
        tab.get_by_text("Save a copy of this one").click()
    other.click("#sessions-open")
    other.set_input_files("#session-file", saved.value.path())
    other.locator("#phrase-title", has_text="Duo").wait_for()
    assert other.input_value("#session-title") == "Duo"


def test_a_link_carries_its_file_when_it_is_dragged(open_tab: OpenTab, tmp_path: Path) -> None:
    tab = open_tab("")
    tab.set_input_files("#file", _file(tmp_path, WHOLE, "Duo.mid"))
    tab.wait_for_selector("#take-links a")
    carried = tab.evaluate(
        """() => {
          const transfer = new DataTransfer();
          const link = document.querySelector("#take-links [data-form=musicxml]");
          link.dispatchEvent(new DragEvent("dragstart", { dataTransfer: transfer, bubbles: true }));
          return transfer.getData("DownloadURL");
        }"""
    )
    assert carried.startswith("application/vnd.recordare.musicxml+xml:Duo-p1.musicxml:http://127.0.0.1:")
