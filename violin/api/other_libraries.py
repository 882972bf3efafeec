"""Phrases from the objects of other libraries."""

from __future__ import annotations

from typing import Any

from violin.music import Phrase


def from_music21(score: Any) -> Phrase:
    """The phrase in a music21 score of one part with bars; NotationError if there is none."""
    from data_prep.readers.score_file import part_of_music21

    return part_of_music21(score).phrase()
