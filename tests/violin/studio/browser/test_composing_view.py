"""The composing view in Chromium: from an empty page to a score that is dragged out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import studio_fakes

from violin.midi import phrase_bytes, read_phrase
from violin.music import Key, Note, Phrase

from .conftest import watch_sound

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .conftest import OpenTab

ENDS = tuple(Note(48 * beat, 69 + beat % 5, 48) for beat in (*range(8), *range(24, 32)))
PAIR = Phrase(ENDS, 8, key=Key(2))  # two bars, four to compose, two bars


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pair.mid, and stop.mid: a whole phrase with a stop that no hand can hold."""
    folder = tmp_path_factory.mktemp("music")
    (folder / "pair.mid").write_bytes(phrase_bytes(PAIR))
    line = tuple(Note(48 * beat, 69 + beat % 5, 48) for beat in range(1, 32))
    stop = replace(PAIR, notes=(Note(0, 57, 48), Note(0, 59, 48), *line))
    (folder / "stop.mid").write_bytes(phrase_bytes(stop))
    return folder


def put_in(tab: Page, path: Path) -> None:
    tab.set_input_files("#file", path)
    tab.wait_for_selector("#score g.note")


def compose(tab: Page) -> None:
    tab.click("#controls button.primary")
    tab.wait_for_selector("#cards h3:has-text('best')")


def test_from_an_empty_page_to_a_score_that_is_dragged_out(open_tab: OpenTab, folder: Path) -> None:
    tab = open_tab("")
    put_in(tab, folder / "pair.mid")
    assert tab.locator("#score rect.given").count() == 4
    assert tab.locator("#score [role=option]").nth(1).get_attribute("aria-label") == "bar 2, given"

    compose(tab)
    assert tab.locator("#cards .card").count() == 4
    tab.locator("#cards .card summary").first.click()
    assert "The critic says 80% human" in tab.locator("#cards .card").first.inner_text()

    tab.locator("#cards .card").first.get_by_role("button", name="Show", exact=True).click()
    tab.wait_for_selector("#certificate:has-text('unchanged')")
    assert tab.inner_text("#certificate") == (
        "Bars 1–2 and 7–8 unchanged: all 16 notes, meter, key and tempo as given."
    )
    tab.wait_for_selector("#judge .probability")
    tab.click("#judge summary")
    assert "Its first note is low: this speaks for a human." in tab.inner_text("#judge")
    tab.locator("#score [role=option]").first.click(position={"x": 5, "y": 5})
    assert tab.locator("[data-do=redo]").is_hidden()
    assert tab.inner_text("#compose-hint") == "Given bars never change: select others."
    tab.keyboard.press("Escape")
    tab.check("#fingering")
    tab.wait_for_selector("#score g.fing")

    with tab.expect_download() as saved:
        tab.click("#take-links [data-form=mid]")
    answer = read_phrase(Path(saved.value.path()).read_bytes(), "answer.mid")
    assert {note for note in answer.on_grid().notes if not 2 <= note.onset_ticks // 192 < 6} == set(
        PAIR.notes
    )
    dragged = tab.locator("#take-links [data-form=musicxml]").evaluate(
        """link => {
          const transfer = new DataTransfer();
          link.dispatchEvent(new DragEvent("dragstart", { dataTransfer: transfer }));
          return transfer.getData("DownloadURL");
        }"""
    )
    kind, name, address = dragged.split(":", 2)
    assert kind == "application/vnd.recordare.musicxml+xml"
    assert name.endswith(".musicxml")
    assert address.startswith("http://127.0.0.1:")

    tab.reload()
    tab.wait_for_selector("#judge .probability")


def wait_for_the_ranking(tab: Page) -> None:
    """Wait until one card is the best and no card is being ranked any more."""
    tab.wait_for_selector("#cards h3:has-text('best')")
    tab.wait_for_selector("#cards .card:has-text('being ranked')", state="detached")


def test_the_first_variation_is_shown_before_the_others(open_tab: OpenTab, folder: Path) -> None:
    tab = open_tab("")
    put_in(tab, folder / "pair.mid")
    tab.select_option("#controls [name=also]", "paganini")
    tab.locator("#share").fill("30")
    studio_fakes.may_continue.clear()
    try:
        tab.click("#controls button.primary")
        tab.wait_for_function("() => document.querySelector('#cards img')?.naturalWidth")
        tab.evaluate("() => { window.first = document.querySelector('#cards img'); }")
        [card] = tab.locator("#cards .card").all_inner_texts()
        assert "Bach 70 %, Paganini 30 % · being ranked" in card
        tab.wait_for_selector("#progress-words:has-text('1 of 4 composed')")
    finally:
        studio_fakes.may_continue.set()
    wait_for_the_ranking(tab)
    cards = tab.locator("#cards .card")
    assert [text.partition("\n")[0] for text in cards.all_inner_texts()] == ["1 · best", "2", "3", "4"]
    assert tab.evaluate("() => document.querySelector('#cards img') === window.first")
    cards.first.locator("summary").click()
    assert "In the style of 70bach+30paganini." in cards.first.inner_text()

    studio_fakes.may_continue.clear()
    try:  # composed again: the new variations take the place of the old ones at once
        tab.click("#controls button.primary")
        tab.wait_for_selector("#cards .card:only-child:has-text('being ranked')")
    finally:
        studio_fakes.may_continue.set()
    wait_for_the_ranking(tab)
    assert cards.count() == 4


def test_bars_are_composed_anew_and_undone(open_tab: OpenTab, folder: Path) -> None:
    tab = open_tab("")
    put_in(tab, folder / "stop.mid")
    before = tab.inner_text("#phrase-facts")
    tab.locator("#score [role=option]").nth(3).click(position={"x": 40, "y": 8})
    tab.click("[data-do=redo]")
    tab.wait_for_selector("#cards h3:has-text('best')")
    tab.locator("#cards .card").first.get_by_role("button", name="Show", exact=True).click()
    tab.wait_for_selector("#certificate:has-text('Bars 1–3 and 5–8 unchanged')")
    tab.wait_for_selector("#history-list li:nth-child(2)")
    tab.click("#undo")
    tab.wait_for_function("text => document.querySelector('#phrase-facts').innerText === text", arg=before)
    tab.click("#redo")
    tab.wait_for_selector("#certificate:has-text('Bars 1–3 and 5–8 unchanged')")


def test_a_finding_is_explained_and_fixed(open_tab: OpenTab, folder: Path) -> None:
    tab = open_tab("")
    put_in(tab, folder / "stop.mid")
    assert tab.locator("#score g.note.error").count() == 2
    finding = tab.locator("#findings .finding.error").first
    assert "A3 and B3 both need the G string" in finding.inner_text()
    finding.locator("summary").click()
    assert "no violinist can play it" in finding.inner_text()
    tab.get_by_role("button", name="Apply all fixes").click()
    tab.wait_for_selector("#findings-body:has-text('Every stop lies in the hand')")
    tab.wait_for_selector("#score g.note.error", state="detached")


def test_a_phrase_is_typed_and_another_begun_from_nothing(open_tab: OpenTab) -> None:
    tab = open_tab("")
    tab.click("#type-in")
    tab.locator("#editor .step").first.click()
    tab.keyboard.type("dfa-")
    tab.keyboard.press("End")
    tab.keyboard.type("d")
    tab.get_by_role("button", name="Use these bars").click()
    tab.wait_for_selector("#score g.note")
    assert tab.locator("#score g.note").count() == 4
    tab.click("#another")
    tab.click("#from-nothing")
    compose(tab)
    assert tab.locator("#cards .card").count() == 4


def test_tabs_are_apart_and_a_session_is_opened_again(open_tab: OpenTab, folder: Path) -> None:
    first = open_tab("")
    put_in(first, folder / "pair.mid")
    second = open_tab("")
    second.wait_for_selector("#start:not([hidden])")
    assert first.url != second.url
    first.reload()
    first.wait_for_selector("#score g.note")
    assert first.inner_text("#phrase-title") == "pair"
    assert second.locator("#score g.note").count() == 0


def test_the_count_in_comes_before_the_sound(open_tab: OpenTab, folder: Path) -> None:
    tab = open_tab("", width=390, scheme="dark")
    put_in(tab, folder / "stop.mid")
    tab.locator("#tempo").fill("1.4")
    assert "168" in tab.inner_text("#tempo-words")
    tab.check("#count-in")
    watch_sound(tab, "#score", "#play-words")
    tab.click("#play")
    tab.wait_for_selector("#score .cursor:not([hidden])")
    tab.click("#stop")
    recorded = tab.evaluate("() => window.recorded")
    assert recorded[:5] == ["1 of 4", "2 of 4", "3 of 4", "4 of 4", ""]
    assert recorded[5].startswith("n")


def test_what_cannot_be_read_is_a_sentence(open_tab: OpenTab, tmp_path: Path) -> None:
    open_tab.expected.append("400")  # type: ignore[attr-defined]
    (tmp_path / "<i>no.mid").write_bytes(b"no music")
    tab = open_tab("")
    tab.set_input_files("#file", tmp_path / "<i>no.mid")
    tab.wait_for_selector("#error:not([hidden])")
    assert "<i>no: " in tab.inner_text("#error")
    assert tab.locator("#error i").count() == 0


def test_two_bars_are_written_with_the_keyboard_only(open_tab: OpenTab) -> None:
    tab = open_tab("")
    tab.focus("#type-in")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#editor[open]")
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


def test_a_saved_copy_opens_in_another_tab(open_tab: OpenTab, folder: Path) -> None:
    tab, other = open_tab(""), open_tab("")
    put_in(tab, folder / "pair.mid")
    tab.click("#sessions-open")
    with tab.expect_download() as saved:
        tab.get_by_text("Save a copy of this one").click()
    other.click("#sessions-open")
    other.set_input_files("#session-file", saved.value.path())
    other.locator("#phrase-title", has_text="pair").wait_for()
    assert other.input_value("#session-title") == "pair"
