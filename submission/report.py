"""The report of an archive: `….report.json` for programs, `….report.html` for reading.

The same answers give the same report, except for run times.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from violin.files import write_text_whole

if TYPE_CHECKING:
    from jinja2 import Template

Row = Mapping[str, Any]

_TEMPLATES = Path(__file__).parent / "templates"


def write_report(archive: str | Path, title: str, facts: Row, rows: Sequence[Row]) -> Path:
    """Write both files beside an archive and return the path of the HTML page.

    `facts` are single figures, `rows` one mapping per file with the same keys. Non-empty "remarks",
    "errors" or "inherited" mark a row as worth a look.
    """
    archive = Path(archive)
    stem = archive.name.removesuffix(".zip")
    report = {"title": title, "facts": dict(facts), "files": list(rows)}
    text = json.dumps(report, indent=1, ensure_ascii=False) + "\n"
    write_text_whole(archive.with_name(f"{stem}.report.json"), text)
    page = archive.with_name(f"{stem}.report.html")
    write_text_whole(page, page_of(title, facts, rows))
    return page


def page_of(title: str, facts: Row, rows: Sequence[Row]) -> str:
    """The report as HTML: the facts, the files that need attention, and all files by folder."""
    flat = [_flat(row) for row in rows]
    return _template().render(
        title=title,
        facts=[{"": name, " ": "none" if value in ([], ()) else value} for name, value in facts.items()],
        rows=[_InFolder(row) for row in flat],
        odd=[row for row in flat if is_odd(row)],
        columns_of=_columns_of,
        is_odd=is_odd,
        summary=_summary,
    )


def is_odd(row: Row) -> bool:
    """Whether a file needs attention."""
    return any(row.get(name) for name in ("remarks", "errors", "inherited"))


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.keep_trailing_newline = True
    return environment.get_template("report.html")


class _InFolder(dict[str, Any]):
    """A row with its folder, by which the template groups."""

    @property
    def folder(self) -> str:
        return str(self.get("file", "")).partition("/")[0]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a table; counts are shown without decimals."""

    name: str
    is_number: bool
    is_count: bool

    def lines(self, row: Row) -> list[str]:
        """The lines of a cell."""
        value = row.get(self.name)
        if self.is_count:
            return [str(int(row[self.name]))]
        if isinstance(value, Mapping):
            return [f"{name} {share:g}" for name, share in value.items()]
        if isinstance(value, (list, tuple)):
            return [str(each) for each in value]
        if isinstance(value, float):
            return [f"{value:.3f}" if abs(value) <= 1 else f"{value:g}"]
        return ["" if value is None else str(value)]


def _columns_of(rows: Sequence[Row]) -> list[_Column]:
    """The columns that are not empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [_column(name, rows) for name in names if any(row.get(name) not in ([], (), None) for row in rows)]


def _column(name: str, rows: Sequence[Row]) -> _Column:
    values = [row.get(name) for row in rows]
    numbers = [value for value in values if isinstance(value, (int, float))]
    is_number = len(numbers) == len(values)
    is_count = is_number and all(value == int(value) for value in numbers) and max(numbers) > 1
    return _Column(name, is_number, is_count)


def _flat(row: Row) -> dict[str, Any]:
    """A row with nested figures as separate columns."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat.update(value)
        else:
            flat[name] = value
    return flat


def _summary(rows: Sequence[Row]) -> str:
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
    return "; ".join(parts)
