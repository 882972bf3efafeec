"""Named, seeded changes of a training phrase; only transposition is on by default.

* `transposed` moves a phrase within the violin's range where every sounding set stays playable.
* `spliced` is beat-synchronous mixup of the cut kind: the analogue for notes of MusicLDM's
  audio mixup (Chen et al. 2024, "MusicLDM: Enhancing Novelty in Text-to-Music Generation Using
  Beat-Synchronous Mixup Strategies", ICASSP). Notes have no amplitudes to mix, so two matched
  phrases are cut at a four-bar line and joined there.
* `mixed_targets` is its latent kind: two token sequences laid bar on bar, with a weight
  lambda ~ Beta(5, 5) for the mix of their embeddings or of their losses.

Splices are nearly human to a judge, but not quite (AUC .73 for four bars and four against whole
phrases), so mixup is off until a comparison at equal loss earns it its place, and a model
that trains on it tags it and leaves the tag off when it composes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH, is_playable
from violin.music import Phrase, sounding_sets

LOWEST_SHIFT, HIGHEST_SHIFT = -5, 6  # every key once
BLOCK_BARS = 4
MOST_SEAM_LEAP = 7
_MOST_TEMPO_RATIO = 1.26
_MOST_DENSITY_RATIO = 1.5
_MOST_REGISTER_GAP = 5.0
MIXUP_BETA = 5.0


@lru_cache(maxsize=65_536)
def _fits(pitches: tuple[int, ...]) -> bool:
    in_range = pitches[0] >= LOWEST_PITCH and pitches[-1] <= HIGHEST_PITCH
    return in_range and is_playable(pitches)


def legal_shifts(
    phrase: Phrase, lowest: int = LOWEST_SHIFT, highest: int = HIGHEST_SHIFT, top: int = HIGHEST_PITCH
) -> tuple[int, ...]:
    """The semitones, 0 among them, by which a phrase may be moved: in range up to pitch `top`,
    and every sounding set playable as before."""
    sets = {pitches for _, pitches in sounding_sets(phrase.notes) if pitches}
    if not sets:
        return (0,)
    low, high = min(pitches[0] for pitches in sets), max(pitches[-1] for pitches in sets)
    return tuple(
        shift
        for shift in range(lowest, highest + 1)
        if shift == 0
        or (
            low + shift >= LOWEST_PITCH
            and high + shift <= max(top, high)
            and high + shift <= HIGHEST_PITCH
            and all(_fits(tuple(pitch + shift for pitch in pitches)) for pitches in sets)
        )
    )


def transposed(phrase: Phrase, generator: random.Random) -> Phrase:
    """The phrase moved by one of its legal shifts, each as likely as the others."""
    return phrase.transposed(generator.choice(legal_shifts(phrase)))


def spliced(
    phrase: Phrase, donors: Sequence[Phrase], generator: random.Random, tries: int = 8
) -> Phrase | None:
    """The first bars of a phrase and the last bars of a donor that matches it, or None.

    The cut is one, at a four-bar line of both (the same line: the same hypermetric place). A
    donor matches by meter, mode and bars; it is transposed to the phrase's tonic by the legal shift
    that brings its register nearest. Tempo, density and register must be near, the leap over the
    seam small, no note may sound across it, and every set playable.
    """
    cuts = range(BLOCK_BARS, phrase.bars - BLOCK_BARS + 1, BLOCK_BARS)
    if not donors or not cuts or phrase.key is None:
        return None
    for _ in range(tries):
        donor, cut_bars = generator.choice(donors), generator.choice(cuts)
        joined = _joined(phrase, donor, cut_bars)
        if joined is not None:
            return joined
    return None


def _joined(phrase: Phrase, donor: Phrase, cut_bars: int) -> Phrase | None:
    matched = _matched(phrase, donor)
    if matched is None:
        return None
    seam_ticks = cut_bars * phrase.bar_ticks
    before = [note for note in phrase.notes if note.onset_ticks < seam_ticks]
    after = [note for note in matched.notes if note.onset_ticks >= seam_ticks]
    if not before or not after or any(note.end_ticks > seam_ticks for note in before):
        return None
    if abs(after[0].pitch - before[-1].pitch) > MOST_SEAM_LEAP:
        return None
    return replace(phrase, notes=(*before, *after))


def _matched(phrase: Phrase, donor: Phrase) -> Phrase | None:
    """The donor in the phrase's key, None where the two do not go together."""
    if donor.key is None or phrase.key is None or donor is phrase:
        return None
    alike = (
        donor.meter == phrase.meter
        and donor.key.minor == phrase.key.minor
        and donor.bars == phrase.bars
        and _ratio(donor.tempo_us_per_beat, phrase.tempo_us_per_beat) <= _MOST_TEMPO_RATIO
        and _ratio(len(donor.notes) or 1, len(phrase.notes) or 1) <= _MOST_DENSITY_RATIO
    )
    if not alike:
        return None
    interval = (phrase.key.tonic_pitch_class - donor.key.tonic_pitch_class) % 12
    shifts = [shift for shift in legal_shifts(donor, -12, 12) if shift % 12 == interval]
    if not shifts:
        return None
    target = _register(phrase)
    shift = min(shifts, key=lambda shift: abs(_register(donor) + shift - target))
    if abs(_register(donor) + shift - target) > _MOST_REGISTER_GAP:
        return None
    return donor.transposed(shift)


def _ratio(first: float, second: float) -> float:
    return max(first, second) / min(first, second)


def _register(phrase: Phrase) -> float:
    """The mean pitch, each note for as long as it sounds."""
    ticks = sum(note.duration_ticks for note in phrase.notes)
    return sum(note.pitch * note.duration_ticks for note in phrase.notes) / ticks


@dataclass(frozen=True, slots=True)
class MixedTargets:
    """Two sequences laid bar on bar.

    first, second  int[L] token ids; each bar of both begins at the same index, the shorter bar
                   is filled with `pad`
    weight         lambda: the share of `first`, 1 - lambda is that of `second`
    shared         the length of the prefix that both have in common

    The loss is lambda * loss(first) + (1 - lambda) * loss(second), padding left out of each.
    """

    first: NDArray[np.int16]
    second: NDArray[np.int16]
    weight: float
    shared: int


def mixed_targets(
    first: NDArray[np.int16],
    second: NDArray[np.int16],
    bar: int,
    pad: int,
    generator: random.Random,
) -> MixedTargets:
    """Two encoded sequences of as many bars, aligned; `bar` is the token that opens a bar.

    The weight is drawn from Beta(5, 5), as in MusicLDM. ValueError where the bars do not agree.
    """
    one, two = _split_bars(first, bar), _split_bars(second, bar)
    if len(one) != len(two):
        raise ValueError(f"{len(one) - 1} bars against {len(two) - 1}; legal: as many in both")
    widths = [max(len(left), len(right)) for left, right in zip(one, two, strict=True)]
    left = np.concatenate([_filled(part, width, pad) for part, width in zip(one, widths, strict=True)])
    right = np.concatenate([_filled(part, width, pad) for part, width in zip(two, widths, strict=True)])
    differ = np.flatnonzero(left != right)
    return MixedTargets(
        first=left,
        second=right,
        weight=generator.betavariate(MIXUP_BETA, MIXUP_BETA),
        shared=int(differ[0]) if len(differ) else len(left),
    )


def _split_bars(tokens: NDArray[np.int16], bar: int) -> list[NDArray[np.int16]]:
    return np.split(tokens, np.flatnonzero(tokens == bar))


def _filled(tokens: NDArray[np.int16], width: int, pad: int) -> NDArray[np.int16]:
    return np.concatenate((tokens, np.full(width - len(tokens), pad, tokens.dtype)))


Transform = Callable[[Phrase, random.Random], Phrase]
TRANSFORMS: dict[str, Transform] = {"transpose": transposed}  # those of one phrase, by name
DEFAULT_TRANSFORMS: tuple[str, ...] = ("transpose",)
