"""The site of docs/ builds without a broken link."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from site_links import ROOT, mended


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("README.md", "[hand](docs/hand.md)", "[hand](hand.md)"),
        ("docs/guides/judge.md", "[a](../judge/README.md#x)", "[a](../judge/README.md#x)"),
        ("docs/judge/README.md", "[rooms](../../ARCHITECTURE.md)", "[rooms](../ARCHITECTURE.md)"),
        ("README.md", "[judge](docs/judge)", "[judge](judge/README.md)"),
        ("README.md", "[code](setup.cfg)", "code (`setup.cfg`)"),
        ("README.md", "[web](https://example.org/a.md)", "[web](https://example.org/a.md)"),
    ],
)
def test_links(source: str, text: str, expected: str) -> None:
    assert mended(text, source) == expected


def test_the_site_builds_strictly(tmp_path: Path) -> None:
    pytest.importorskip("material", reason="mkdocs-material is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    api = (tmp_path / "api.html").read_text(encoding="utf-8")
    assert 'id="violin.api.composing.compose"' in api
    assert "ARCHITECTURE.html" in (tmp_path / "index.html").read_text(encoding="utf-8")
