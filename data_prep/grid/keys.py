"""Major or minor, where a key signature leaves that open.

A signature fits two keys. The notes under it decide: of the two profiles of Krumhansl and Kessler
(1982, "Tracing the dynamic changes in perceived tonal organization in a spatial representation of
musical keys", Psychological Review 89), the one that correlates better with how long each pitch class
sounds. A signature is never changed, only its mode is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from violin.music import Key, Note

_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def with_modes(
    signatures: Sequence[tuple[int, int, bool | None]], notes: Sequence[Note], end_ticks: int
) -> tuple[tuple[int, Key], ...]:
    """(tick, fifths, minor or None) -> (tick, Key), the mode found if it is None, repeats left out."""
    result: list[tuple[int, Key]] = []
    for index, (tick, fifths, minor) in enumerate(signatures):
        until = signatures[index + 1][0] if index + 1 < len(signatures) else end_ticks
        if minor is None:
            minor = is_minor(fifths, [note for note in notes if tick <= note.onset_ticks < until])
        key = Key(fifths, minor)
        if not result or result[-1][1] != key:
            result.append((tick, key))
    return tuple(result)


def is_minor(fifths: int, notes: Sequence[Note]) -> bool:
    """Whether notes under a signature of that many sharps are more likely in minor than in major."""
    weights = [0.0] * 12
    for note in notes:
        weights[note.pitch % 12] += note.duration_ticks
    major = _correlation(weights, _MAJOR, Key(fifths).tonic_pitch_class)
    return _correlation(weights, _MINOR, Key(fifths, True).tonic_pitch_class) > major


def _correlation(weights: Sequence[float], profile: Sequence[float], tonic: int) -> float:
    rotated = [weights[(tonic + degree) % 12] for degree in range(12)]
    mean_weight, mean_profile = sum(rotated) / 12, sum(profile) / 12
    products = sum((w - mean_weight) * (p - mean_profile) for w, p in zip(rotated, profile, strict=True))
    spread = sqrt(
        sum((w - mean_weight) ** 2 for w in rotated) * sum((p - mean_profile) ** 2 for p in profile)
    )
    return products / spread if spread else 0.0
