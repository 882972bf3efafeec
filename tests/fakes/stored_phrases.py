"""Made-up phrases in the form of the phrase store."""

from __future__ import annotations

from typing import Any

from data_prep.corpus.store import StoredPhrase
from violin.music import Phrase


def stored_phrase(
    phrase: Phrase, composer: str = "bach", work: str = "w", split: str = "train", **others: Any
) -> StoredPhrase:
    """A phrase of a solo work by its own composer; `others` are further fields of `StoredPhrase`."""
    fields: dict[str, Any] = {
        "source_composer": composer,
        "work_group": work,
        "part": "solo",
        "start_bar": 0,
        "window": False,
        "source": "own",
        "licence_class": "own",
    }
    return StoredPhrase(phrase=phrase, composer=composer, work_id=work, split=split, **fields | others)
