"""Choosing among answers to requests that belong to no dataset."""

from __future__ import annotations

from collections.abc import Sequence

from models.infill import InfillRequest
from submission.assignments import Assignment
from submission.candidates import Choice, Pick
from submission.composers import Draft
from violin.challenge import COMPOSERS

_BY_SLUG = {composer.slug: composer for composer in COMPOSERS}


def picks_for(
    choice: Choice, requests: Sequence[InfillRequest], drafts: Sequence[Sequence[Draft]]
) -> list[Pick]:
    """One pick a request out of its drafts; each request names one of the eight composers."""
    assignments = [
        Assignment(_BY_SLUG[str(wish.composer)], place, wish.pair, wish.bars, wish.pair, wish.bars)
        for place, wish in enumerate(requests, start=1)
    ]
    return choice.pick(assignments, drafts)
