"""A hook of mkdocs: puts the pages outside docs/ into the site and mends the links to the rest.

README, ARCHITECTURE and the model cards lie where a reader of the repository looks for them, not in
docs/. This hook adds them to the site as pages of its top folder. A link to a page becomes the link
within the site; a link to another file of the repository becomes the file's name.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "models/weights/MODEL_CARD.md",
    "models/weights/JUDGE_CARD.md",
)
_LINK = re.compile(r"(?P<shown>\[[^\]\n]*\])\((?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")


def page_of(path: str) -> str | None:
    """The page of the site, relative to docs/, for a file of the repository; None if it has none.

    >>> page_of("models/weights/MODEL_CARD.md"), page_of("docs/hand.md"), page_of("setup.cfg")
    ('MODEL_CARD.md', 'hand.md', None)
    """
    if path in OUTSIDE:
        return posixpath.basename(path)
    return path.removeprefix("docs/") if path.startswith("docs/") else None


def mended(text: str, source: str) -> str:
    """A page's text with its links mended; `source` is its path in the repository.

    >>> mended("see [the rooms](../ARCHITECTURE.md#tests) and [code](../models/form.py)", "docs/hand.md")
    'see [the rooms](ARCHITECTURE.md#tests) and code (`models/form.py`)'
    """
    here = page_of(source) or posixpath.basename(source)

    def link(found: re.Match[str]) -> str:
        target = found["target"]
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        page = page_of(path)
        if page is None:
            return f"{found['shown'][1:-1]} (`{path}`)"
        if not (ROOT / path).suffix:  # a folder stands for its README
            page = posixpath.join(page, "README.md")
        relative = posixpath.relpath(page, posixpath.dirname(here) or ".")
        return f"{found['shown']}({relative}{found['anchor'] or ''})"

    return _LINK.sub(link, text)


def on_files(files: Any, config: Any) -> Any:
    """Add the pages outside docs/."""
    from mkdocs.structure.files import File

    for path in OUTSIDE:
        files.append(File.generated(config, posixpath.basename(path), abs_src_path=os.fspath(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Mend the links of one page."""
    return mended(markdown, os.path.relpath(page.file.abs_src_path, ROOT).replace(os.sep, "/"))
