"""The conditions under which a phrase may be stored: no error of the linter, and no change by a round trip
through the token language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from joblib import Parallel, delayed

from constraints.language.tokenizer import decode, encode
from constraints.linter.check import check_phrase, errors
from data_prep.corpus.store import StoredPhrase, columns_of, phrases_of
from data_prep.readers.reading import worker_processes
from violin.music import Key, Phrase

PROFILE = "submission"
_BATCH_PHRASES = 500


def fault_of(phrase: Phrase) -> str:
    """Why a phrase may not be stored, "" if it may: the first error of the linter, or what the tokens would
    change (notes, meter, key or bars)."""
    found = errors(check_phrase(phrase, profile=PROFILE))
    if found:
        return f"{found[0].code} {found[0].name}"
    return round_trip_fault(phrase)


def faults(
    phrases: Sequence[StoredPhrase], workers: int = 1, on_progress: Callable[[int], object] | None = None
) -> list[str]:
    """`fault_of` each phrase, in order, by `workers` processes; `on_progress` gets the number done."""
    starts = range(0, len(phrases), _BATCH_PHRASES)
    if workers == 1 or len(starts) < 2:
        batches = ([fault_of(s.phrase) for s in phrases[start : start + _BATCH_PHRASES]] for start in starts)
    else:
        # Sending packed columns between processes is ten times faster than sending a million notes.
        jobs = (
            delayed(_packed_faults)(columns_of(phrases[start : start + _BATCH_PHRASES])) for start in starts
        )
        with worker_processes(workers):
            batches = Parallel(return_as="generator")(jobs)
    found: list[str] = []
    for batch in batches:
        found += batch
        if on_progress is not None:
            on_progress(len(found))
    return found


def _packed_faults(columns: Mapping[str, Any]) -> list[str]:
    return [fault_of(stored.phrase) for stored in phrases_of(columns)]


def round_trip_fault(phrase: Phrase) -> str:
    """What the token language changes in a phrase on the grid, "" for nothing.

    Tokens hold the tempo as a class and a missing key as C major; neither counts as a change.
    """
    try:
        decoded = decode(encode(phrase, None, 0, 0).tokens)
    except ValueError as error:
        return f"not in the language: {error}"
    if (decoded.bars, decoded.meter) != (phrase.bars, phrase.meter):
        return "bars or meter change in the language"
    if (decoded.key or Key()) != (phrase.key or Key()):
        return "the key changes in the language"
    return "" if decoded.notes == phrase.notes else "notes change in the language"
