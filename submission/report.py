"""The report beside an archive: `….report.json` for programs, `….report.html` for people.

The same answers give the same report, but for the seconds.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from submission.archive import write_whole

_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .7rem;text-align:left;"
    "border-bottom:1px solid #ccc;vertical-align:top}th{background:#f2f2f2}.odd{color:#a00}"
    "@media(prefers-color-scheme:dark){body{background:#1b1b1b;color:#ddd}th{background:#2a2a2a}"
    "td,th{border-color:#444}.odd{color:#f88}}"
)


def write_report(
    archive: Path, title: str, facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> Path:
    """Write both forms beside an archive and return the path of the page.

    `facts` are single figures, `rows` one mapping a file with the same names in each; a row's
    non-empty "remarks", "errors" or "inherited" mark it as worth a look.
    """
    stem = archive.name.removesuffix(".zip")
    report = {"title": title, "facts": dict(facts), "files": list(rows)}
    write_whole(
        archive.with_name(f"{stem}.report.json"),
        (json.dumps(report, indent=1, ensure_ascii=False) + "\n").encode(),
    )
    page = archive.with_name(f"{stem}.report.html")
    write_whole(page, _page(title, facts, rows).encode())
    return page


def _page(title: str, facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    odd = [row for row in rows if is_odd(row)]
    columns = list(rows[0]) if rows else []
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>',
            f"<style>{_STYLE}</style><h1>{html.escape(title)}</h1>",
            _table(["", ""], ([name, value] for name, value in facts.items())),
            f"<h2>Worth a look: {len(odd)} of {len(rows)} files</h2>",
            _table(columns, ([row[name] for name in columns] for row in odd), "odd")
            if odd
            else "<p>None.</p>",
            "<h2>All files</h2>",
            _table(columns, ([row[name] for name in columns] for row in rows)),
            "</html>\n",
        ]
    )


def is_odd(row: Mapping[str, Any]) -> bool:
    """Whether something about a file is to be looked at."""
    return any(row.get(name) for name in ("remarks", "errors", "inherited"))


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]], style: str = "") -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in header)
    body = "".join(
        f'<tr class="{style}">' + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        value = [f"{name} {score:.3f}" for name, score in value.items()]
    if isinstance(value, (list, tuple)):
        return "<br>".join(html.escape(str(each)) for each in value)
    return html.escape(str(value))
