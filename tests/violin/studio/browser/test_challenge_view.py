"""The challenge view in Chromium: a dataset composed, sorted, listened to, redone, built."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from submission_fakes import write_dataset

from submission.archive import write_archive

from .conftest import watch_sound

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from .conftest import OpenTab


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_dataset(tmp_path_factory.mktemp("data") / "dataset", per_composer=1)
    path = folder.parent / "pairs.zip"
    write_archive(path, {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*.mid")})
    return path


def test_from_a_dataset_to_an_archive(open_tab: OpenTab, dataset: Path) -> None:
    open_tab.expected.append("net::ERR_ABORTED")  # type: ignore[attr-defined]
    tab = open_tab("entrant")
    tab.set_input_files("#dataset", dataset)
    tab.wait_for_selector("tr[data-name]")
    assert tab.get_attribute("#build", "aria-disabled") == "true"
    tab.click("#compose-all")
    tab.wait_for_selector("#compose-all:has-text('Nothing is missing')")
    tab.wait_for_function(
        "() => document.querySelector('.thumb').complete && document.querySelector('.thumb').naturalWidth"
    )

    tab.get_by_role("button", name="Human", exact=True).click()
    human = [float(cell) for cell in tab.locator("#rows tr td:nth-child(5)").all_inner_texts()]
    assert len(human) == 8
    assert human == sorted(human, reverse=True)
    assert tab.get_attribute("th:has-text('Human')", "aria-sort") == "descending"

    tab.select_option("#by-composer", "mozart")
    assert tab.locator("#rows tr").count() == 1
    tab.get_by_role("button", name="Open composer2/001.mid").click()
    tab.wait_for_selector("#answer g.note")
    assert tab.locator("#answer rect.given").count() == 2
    before = tab.locator("#answer .score > svg").get_attribute("aria-label")
    tab.click("#redo")
    tab.wait_for_selector("#version option:has-text('2 of 2')", state="attached")
    assert "composed again" not in (before or "")
    assert "redone" in tab.inner_text("#answer-facts")
    watch_sound(tab, "#answer")
    tab.click("#play")
    tab.wait_for_function("() => window.recorded.length > 1")
    tab.click("#close")

    with tab.expect_download() as saved:
        tab.click("#build")
    assert saved.value.suggested_filename == "generator_output_final.zip"
    assert Path(saved.value.path()).read_bytes()[:4] == b"PK\x03\x04"


def test_the_sound_of_an_earlier_version_never_takes_the_place_of_the_newest(
    open_tab: OpenTab, dataset: Path
) -> None:
    """The first version's sound comes while the second version is requested: it must not be played."""
    open_tab.expected.append("net::ERR_ABORTED")  # type: ignore[attr-defined]
    tab = open_tab("entrant")
    tab.set_input_files("#dataset", dataset)
    tab.get_by_role("button", name="Compose composer1/001.mid").click()
    tab.wait_for_selector("tr[data-name='composer1/001.mid']:has-text('composed')")
    sounds, rows = re.compile(r"/001\.mid/sound\.wav"), re.compile(r"/composer1/001\.mid$")
    held: list[Route] = []

    def holding(count: int) -> None:
        while len(held) < count:
            tab.wait_for_timeout(20)

    tab.route(sounds, lambda route: held.append(route))
    tab.get_by_role("button", name="Open composer1/001.mid").click()
    tab.wait_for_selector("#answer g.note")
    holding(1)
    tab.route(rows, lambda route: held.append(route))
    tab.click("#redo")
    holding(2)
    tab.unroute(sounds)
    held[0].continue_()
    tab.wait_for_function("() => document.querySelector('#answer-facts').textContent.includes('redone')")
    tab.wait_for_timeout(300)  # for the first version's sound, which must change nothing
    assert tab.is_disabled("#play")
    held[1].continue_()
    tab.wait_for_selector("#play:enabled")
    watch_sound(tab, "#answer")
    tab.click("#play")
    tab.wait_for_function("() => window.recorded.length > 1")
