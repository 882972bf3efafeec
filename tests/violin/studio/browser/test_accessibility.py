"""No view has a fault that axe-core finds, and none is wider than a telephone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from submission_fakes import write_dataset

from submission.archive import write_archive
from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from .conftest import OpenTab

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing")


def faults(tab: Page) -> list[str]:
    """What axe-core finds: the rule and the first element that breaks it."""
    response: dict[str, Any] = axe.Axe().run(tab).response
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in response["violations"]]


def overhang_px(tab: Page) -> int:
    """How much wider than the window the page is."""
    return int(tab.evaluate("() => document.scrollingElement.scrollWidth - innerWidth"))


@pytest.fixture(scope="module")
def tune(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight bars with a stop that no hand can hold."""
    notes = (Note(0, 57, 48), Note(0, 59, 48), *(Note(48 * beat, 69 + beat % 5, 48) for beat in range(1, 32)))
    path = tmp_path_factory.mktemp("tune") / "tune.mid"
    path.write_bytes(phrase_bytes(Phrase(notes, 8, key=Key(2))))
    return path


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_composing_view(open_tab: OpenTab, tune: Path, width: int, scheme: str) -> None:
    tab = open_tab("", width=width, scheme=scheme)
    tab.wait_for_selector("#start")
    assert faults(tab) == []
    tab.set_input_files("#file", tune)
    tab.wait_for_selector("#score g.note")
    assert faults(tab) == []
    assert overhang_px(tab) <= 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_the_lint_view(open_tab: OpenTab, tune: Path, width: int, scheme: str) -> None:
    tab = open_tab("lint", width=width, scheme=scheme)
    tab.set_input_files("#file", tune)
    tab.wait_for_selector(".page .mark")
    tab.keyboard.press("n")
    assert faults(tab) == []
    assert overhang_px(tab) <= 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_challenge_view(open_tab: OpenTab, tmp_path: Path, width: int, scheme: str) -> None:
    folder = write_dataset(tmp_path / "dataset", per_composer=1)
    dataset = tmp_path / "pairs.zip"
    write_archive(dataset, {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*.mid")})
    tab = open_tab("entrant", width=width, scheme=scheme)
    tab.set_input_files("#dataset", dataset)
    tab.wait_for_selector("tr[data-name]")
    assert faults(tab) == []
    assert overhang_px(tab) <= 0
    tab.get_by_role("button", name="Open composer1/001.mid").click()
    tab.wait_for_selector("#answer g.note")
    assert faults(tab) == []
