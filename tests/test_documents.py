"""The files and folders that the documentation names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *(page for page in sorted(ROOT.glob("*.md")) if page.name != "CHANGELOG.md"),  # which names old files too
    *sorted((ROOT / "docs").rglob("*.md")),
]
FOLDERS = "violin|constraints|data_prep|models|submission|tests|scripts|examples|docs|requirements"
NAMED = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_exists(page: Path) -> None:
    missing = [name for name in NAMED.findall(page.read_text(encoding="utf-8")) if not (ROOT / name).exists()]
    assert not missing


def test_each_question_of_a_newcomer_is_answered_with_a_file() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| Where ")]
    assert len(rows) >= 10
    assert all(NAMED.search(row) for row in rows)
