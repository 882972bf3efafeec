"""Markdown tables and their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from data_prep.corpus.store import OTHER, StoredPhrase
from violin.challenge import SLUGS


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def composers(phrases: Iterable[StoredPhrase]) -> list[str]:
    """The slugs, and "other" where there is such music, in the order of a report."""
    present = {stored.composer for stored in phrases}
    return [slug for slug in (*SLUGS, OTHER) if slug in present or slug in SLUGS]
