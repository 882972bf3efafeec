"""The report beside an archive: `….report.json` for programs, `….report.html` for people.

The same answers give the same report, but for the seconds.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from violin.files import write_whole

_STYLE = """
:root{--ink:#1d2530;--soft:#667085;--line:#dde2e8;--paper:#fff;--shade:#f4f6f8;--odd:#a1341b;--good:#226b45}
@media(prefers-color-scheme:dark){:root{--ink:#dfe4ea;--soft:#98a2b3;--line:#39424e;--paper:#171b21;
--shade:#20262e;--odd:#ff9d80;--good:#7dd3a5}}
body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:2rem auto;
max-width:72rem;padding:0 1rem}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem}
.verdict{font-size:1.1rem;color:var(--good)}.verdict.odd{color:var(--odd)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.25rem .8rem .25rem 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;white-space:nowrap}td.number,th.number{text-align:right}
tr.odd td:first-child{color:var(--odd);font-weight:600}
details{border-top:1px solid var(--line);padding:.4rem 0}summary{cursor:pointer}
summary span{color:var(--soft)}
"""


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
    flat = [_flat(row) for row in rows]
    odd = [shown for row, shown in zip(rows, flat, strict=True) if is_odd(row)]
    verdict = (
        f"{len(odd)} of {len(rows)} files are worth a look" if odd else f"all {len(rows)} files are plain"
    )
    folders: dict[str, list[dict[str, Any]]] = {}
    for row, shown in zip(rows, flat, strict=True):
        folders.setdefault(str(row.get("file", "")).partition("/")[0], []).append(shown)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{html.escape(title)}</title><style>{_STYLE}</style>",
            f"<h1>{html.escape(title)}</h1>",
            f'<p class="verdict{" odd" * bool(odd)}">{verdict}</p>',
            _table(
                [{"": name, " ": "none" if value in ([], ()) else value} for name, value in facts.items()]
            ),
            f"<h2>Worth a look: {len(odd)} of {len(rows)} files</h2>",
            _table(odd) if odd else "<p>None.</p>",
            "<h2>All files</h2>",
            *(
                f"<details><summary>{html.escape(folder)} <span>{_summary(inside)}</span></summary>"
                f"{_table(inside)}</details>"
                for folder, inside in folders.items()
            ),
            "</html>\n",
        ]
    )


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its groups of figures as columns of their own."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat.update(value)
        else:
            flat[name] = value
    return flat


def _summary(rows: Sequence[Mapping[str, Any]]) -> str:
    """'25 files, 2 worth a look; mean judge 0.71': the count and the mean of each share from 0 to 1."""
    odd = sum(map(is_odd, rows))
    parts = [f"{len(rows)} files" + (f", {odd} worth a look" if odd else "")]
    means = [
        f"{name} {sum(row[name] for row in rows) / len(rows):.3f}"
        for name, first in rows[0].items()
        if isinstance(first, float) and all(0 <= row.get(name, -1) <= 1 for row in rows)
    ]
    if means:
        parts.append("mean " + ", ".join(means))
    return html.escape("; ".join(parts))


def is_odd(row: Mapping[str, Any]) -> bool:
    """Whether something about a file is to be looked at."""
    return any(row.get(name) for name in ("remarks", "errors", "inherited"))


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The columns that hold anything, numbers to the right."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    names = [name for name in names if any(row.get(name) not in ([], (), None) for row in rows)]
    numeric = {name for name in names if all(isinstance(row.get(name), (int, float)) for row in rows)}
    counts = {
        name
        for name in numeric
        if all(row[name] == int(row[name]) for row in rows) and any(row[name] > 1 for row in rows)
    }
    style = {name: ' class="number"' if name in numeric else "" for name in names}
    head = "".join(f"<th{style[name]}>{html.escape(name)}</th>" for name in names if name.strip())
    body = "".join(
        f"<tr{' class=odd' if is_odd(row) else ''}>"
        + "".join(
            f"<td{style[name]}>{int(row[name]) if name in counts else _cell(row.get(name))}</td>"
            for name in names
        )
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def _cell(value: Any) -> str:
    if isinstance(value, Mapping):
        value = [f"{name} {share:g}" for name, share in value.items()]
    if isinstance(value, (list, tuple)):
        return "<br>".join(html.escape(str(each)) for each in value)
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) <= 1 else f"{value:g}"
    return "" if value is None else html.escape(str(value))
