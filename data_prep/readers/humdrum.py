"""Single parts cut out of a Humdrum file, before any notation is read.

A quartet in **kern has one column ("spine") per staff, low to high: violin I is the last. Spines
split (`*^`) and join (`*v`) where a staff has voices. Only the violins' columns are handed to
music21, which makes reading three times as fast and leaves no doubt about which part is which.

Source: Huron, The Humdrum Toolkit: Reference Manual (1995), chapter 2, "spine paths".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from data_prep.grid.raw_part import ScoreError


@dataclass(frozen=True)
class Spine:
    """A **kern column: its number among all columns of the file, and the names it carries."""

    column: int
    instrument: str  # of *Ivioln
    label: str  # of *I"Violino.
    clef: str


def spines(text: str) -> list[Spine]:
    """The **kern spines of a file from left to right."""
    kern: list[int] = []
    found: dict[int, dict[str, str]] = {}
    for tokens, roots in rows(text):
        if tokens[0].startswith("**"):
            kern = [root for token, root in zip(tokens, roots, strict=True) if token == "**kern"]
        elif tokens[0].startswith("*"):
            for token, root in zip(tokens, roots, strict=True):
                _note_name(found.setdefault(root, {}), token)
        elif tokens[0][:1] not in "!=":
            break
    return [
        Spine(
            root,
            found.get(root, {}).get("instrument", ""),
            found.get(root, {}).get("label", ""),
            found.get(root, {}).get("clef", ""),
        )
        for root in kern
    ]


def _note_name(names: dict[str, str], token: str) -> None:
    if token.startswith('*I"'):
        names.setdefault("label", token[3:])
    elif token.startswith("*clef"):
        names.setdefault("clef", token[5:])
    elif token.startswith("*I") and token[2:3].islower():
        names.setdefault("instrument", token[2:])


def single_spine(text: str, column: int) -> str:
    """The file with only that column (and its splits); ScoreError if it is not **kern."""
    lines = [line for line in text.splitlines() if line.startswith("!!!")]
    is_kern = False
    for tokens, roots in rows(text):
        kept = [token for token, root in zip(tokens, roots, strict=True) if root == column]
        if not kept:
            continue
        if kept[0].startswith("**"):
            is_kern = kept[0] == "**kern"
            if not is_kern:
                break
        if all(token in (".", "!", "*") or token.startswith("!") for token in kept):
            continue
        lines.append("\t".join(kept))
    if not is_kern:
        raise ScoreError(f"no **kern spine in column {column}")
    return "\n".join(lines) + "\n"


def rows(text: str) -> Iterator[tuple[list[str], list[int]]]:
    """Each row of tokens with the first column ("root") that each token descends from."""
    roots: list[int] = []
    for line in text.splitlines():
        if not line or line.startswith("!!"):
            continue
        tokens = line.split("\t")
        if tokens[0].startswith("**") and not roots:
            roots = list(range(len(tokens)))
        if not roots:
            raise ScoreError(f"no **kern spine: it begins with {line[:40]!r}")
        if len(tokens) != len(roots):
            raise ScoreError(f"a row of {len(tokens)} columns where {len(roots)} are open: {line[:40]!r}")
        yield tokens, roots
        if tokens[0].startswith("*"):
            roots = _after(tokens, roots)
            if not roots:
                return


def _after(tokens: list[str], roots: list[int]) -> list[int]:
    """The roots of the columns below a row of spine paths."""
    below: list[int] = []
    joining = -1
    for token, root in zip(tokens, roots, strict=True):
        if token == "*v" and root == joining:
            continue
        joining = root if token == "*v" else -1
        if token == "*^":
            below += [root, root]
        elif token == "*+":
            below += [root, max(roots) + 1_000]
        elif token != "*-":
            below.append(root)
    return below
