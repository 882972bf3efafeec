"""The notes of a phrase that the linter's findings concern, and their colours in pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from violin.music import TICKS_PER_BEAT, Phrase

if TYPE_CHECKING:
    from constraints.linter.finding import Finding

FINDING_COLOR = "#c0262d"


def colored_findings(phrase: Phrase, findings: Iterable[Finding]) -> dict[int, str]:
    """A colour for each note that an error or a warning concerns, by its place in
    `phrase.on_grid().notes`."""
    from constraints.linter.finding import Severity

    return {
        index: FINDING_COLOR
        for finding in findings
        if finding.severity >= Severity.WARNING
        for index in notes_at(phrase, finding)
    }


def notes_at(phrase: Phrase, finding: Finding) -> list[int]:
    """The notes struck at the place of a finding, or those that sound there if none is struck, by their place
    in `phrase.on_grid().notes`. Empty for a finding about the file as a whole."""
    if finding.bar is None or finding.beat is None:
        return []
    grid = phrase.on_grid()
    tick = (finding.bar - 1) * grid.bar_ticks + round((finding.beat - 1) * TICKS_PER_BEAT)
    struck = [index for index, note in enumerate(grid.notes) if abs(note.onset_ticks - tick) <= 1]
    return struck or [
        index for index, note in enumerate(grid.notes) if note.onset_ticks <= tick < note.end_ticks
    ]
