"""The key of each stretch of a part, corrected where the source gives none.

Many files write C major because nobody set a key, with accidentals at the notes. A signature of
no sharps or flats is kept unless another signature's scale holds clearly more of the sounding time;
then that one is taken. Any other signature is kept as it is written, since somebody chose it; a phrase
that modulates keeps the signature of its movement.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_prep.grid.keys import is_minor
from violin.music import Key, Note

_SCALE = (0, 2, 4, 5, 7, 9, 11)
_CLEARLY_MORE = 0.08  # of the sounding time; a movement in C that modulates stays below
_FEWEST_NOTES = 32


def corrected_keys(
    keys: Sequence[tuple[int, Key]], notes: Sequence[Note], end_ticks: int
) -> tuple[tuple[int, Key], ...]:
    """(tick, Key) of each change, with unset signatures replaced by the best one for the notes."""
    result: list[tuple[int, Key]] = []
    for index, (tick, key) in enumerate(keys):
        until = keys[index + 1][0] if index + 1 < len(keys) else end_ticks
        if key.fifths == 0:
            key = _key_of_notes([note for note in notes if tick <= note.onset_ticks < until], key)
        if not result or result[-1][1] != key:
            result.append((tick, key))
    return tuple(result)


def scale_share(notes: Sequence[Note], fifths: int) -> float:
    """The share of the notes' time on notes of a signature's major scale; 1 for no notes."""
    tonic = Key(fifths).tonic_pitch_class
    scale = {(tonic + step) % 12 for step in _SCALE}
    total = sum(note.duration_ticks for note in notes)
    inside = sum(note.duration_ticks for note in notes if note.pitch % 12 in scale)
    return inside / total if total else 1.0


def _key_of_notes(notes: Sequence[Note], written: Key) -> Key:
    if len(notes) < _FEWEST_NOTES:
        return written
    shares = {fifths: scale_share(notes, fifths) for fifths in range(-6, 7)}
    best = max(shares, key=lambda fifths: (shares[fifths], -abs(fifths)))
    if shares[best] < shares[0] + _CLEARLY_MORE:
        return written
    return Key(best, is_minor(best, notes))
