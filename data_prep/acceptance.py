"""What a phrase must be before it may be stored: clean under the linter, and said by the
language without loss."""

from __future__ import annotations

from constraints.check import check_phrase, errors
from data_prep.tokenizer import decode, encode
from violin.music import Key, Phrase

PROFILE = "submission"


def fault_of(phrase: Phrase) -> str:
    """Why a phrase may not be stored, "" where it may: the first error of the linter, or that the
    tokens do not give back the same notes, meter, key and bars."""
    found = errors(check_phrase(phrase, profile=PROFILE))
    if found:
        return f"{found[0].code} {found[0].name}"
    return round_trip_fault(phrase)


def round_trip_fault(phrase: Phrase) -> str:
    """What the token language changes in a phrase on the grid, "" for nothing.

    The tempo is said as a class and a missing key as C major; neither counts as a change.
    """
    try:
        said = decode(encode(phrase, None, 0, 0).tokens)
    except ValueError as error:
        return f"not in the language: {error}"
    if (said.bars, said.meter) != (phrase.bars, phrase.meter):
        return "bars or meter change in the language"
    if (said.key or Key()) != (phrase.key or Key()):
        return "the key changes in the language"
    return "" if said.notes == phrase.notes else "notes change in the language"
