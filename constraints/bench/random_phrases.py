"""Random music that keeps the rules, and random writing under the decoder's masks, for the property tests
and `violin bench soundness`.

The music is extreme on purpose: many chords over held notes, and onsets as close as the hand allows. This
exposes any case that a mask forgets.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.vocabulary import VOCABULARY, Kind
from constraints.linter.check import check_phrase
from violin.challenge import METERS
from violin.instrument import Tier, is_playable, is_readable, playable_sets
from violin.music import Key, Note, Phrase, sounding_sets
from violin.pair import Pair

_LENGTHS_TICKS = [3, 6, 8, 12, 16, 24, 36, 48, 72, 96, 144, 192, 300, 500]
_STEPS_TICKS = [6, 12, 16, 24, 24, 48, 48, 96]


def may_sound(pitches: tuple[int, ...], hardest: Tier, readable: bool) -> bool:
    """Whether the instrument allows a set of pitches to sound together."""
    return len(set(pitches)) == len(pitches) and (
        not pitches or (is_playable(pitches, hardest) and (not readable or is_readable(pitches)))
    )


def is_clean(notes: tuple[Note, ...], hardest: Tier, readable: bool) -> bool:
    """Whether the instrument allows all notes that sound together and all that are struck together."""
    struck = (tuple(n.pitch for n in chord) for _, chord in groupby(notes, key=lambda n: n.onset_ticks))
    sounding = (pitches for _, pitches in sounding_sets(notes))
    return all(may_sound(s, hardest, readable) for s in sounding) and all(
        is_playable(chord, hardest) for chord in struck
    )


class CleanPhrases:
    """Random clean phrases with many chords over held notes."""

    def __init__(self, seed: int, hardest: Tier, readable: bool) -> None:
        self.generator = np.random.default_rng(seed)
        self.hardest, self.readable = hardest, readable
        self.chords = [p for p, t in playable_sets() if t <= hardest and (not readable or is_readable(p))]

    def phrase(self) -> Phrase:
        """The next random phrase, of 8 to 16 bars."""
        generator = self.generator
        meter, bars = METERS[generator.integers(2)], int(generator.integers(8, 17))
        length = bars * meter.bar_ticks()
        notes: list[Note] = []
        tick = 0
        while tick < length:
            notes += self._onset([note for note in notes if note.end_ticks > tick], tick, length)
            is_usual = generator.random() < 0.8
            tick += int(generator.choice(_STEPS_TICKS) if is_usual else generator.integers(1, 200))
        tempo = int(generator.integers(250_000, 1_500_000))
        return Phrase(tuple(notes), bars, meter, Key(int(generator.integers(-4, 5))), tempo)

    def _onset(self, held: list[Note], tick: int, length: int) -> list[Note]:
        """Notes of a random chord that may be struck over the held notes; none if five tries find no such
        chord."""
        sounding = {note.pitch for note in held}
        for _ in range(5):
            chord = self.chords[self.generator.integers(len(self.chords))]
            new = [
                Note(tick, pitch, min(int(self.generator.choice(_LENGTHS_TICKS)), length - tick))
                for pitch in chord
                if pitch not in sounding
            ]
            together = [Note(tick, n.pitch, n.end_ticks - tick) for n in held] + new
            sets = (pitches for _, pitches in sounding_sets(together))
            if is_playable((n.pitch for n in new), self.hardest) and all(
                may_sound(pitches, self.hardest, self.readable) for pitches in sets
            ):
                return new
        return []


def clean_pair(clean: CleanPhrases) -> Pair:
    """The outer bars of a random phrase, none to two on each side. Each side by itself keeps every rule."""
    while True:
        beginning_bars, ending_bars = (int(n) for n in clean.generator.integers(0, 3, size=2))
        pair = outer_bars(clean.phrase(), beginning_bars, ending_bars)
        sides = [
            Phrase(notes, 16, pair.meter, None, pair.tempo_us_per_beat)
            for notes in (pair.beginning, pair.ending)
        ]
        if not any(has_impossible_shift(side) for side in sides) and all(
            is_clean(side.notes, clean.hardest, clean.readable) for side in sides
        ):
            return pair


def outer_bars(phrase: Phrase, beginning_bars: int, ending_bars: int) -> Pair:
    """The first and last bars of a phrase as a given pair; its notes are not cut."""
    start, end = beginning_bars * phrase.bar_ticks, (phrase.bars - ending_bars) * phrase.bar_ticks
    return Pair(
        tuple(n for n in phrase.notes if n.onset_ticks < start),
        beginning_bars,
        tuple(n.shifted(-end) for n in phrase.notes if n.onset_ticks >= end),
        ending_bars,
        None,
        phrase.meter,
        phrase.key,
        phrase.tempo_us_per_beat,
    )


def has_impossible_shift(phrase: Phrase) -> bool:
    """Whether the linter finds an impossible shift (P009)."""
    return any(finding.code == "P009" for finding in check_phrase(phrase))


def random_tokens(decoder: ConstraintDecoder, rows: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """int64[B, L]: sequences sampled to the end under the masks, from random logits with a random bias."""
    bias = generator.normal(0, 2, (rows, len(VOCABULARY)))
    bias[:, VOCABULARY.BAR] += generator.normal(3, 2, rows)
    bias[:, VOCABULARY.EOS] += 3
    bias[:, VOCABULARY.span(Kind.PITCH)] += generator.normal(1, 2, (rows, 1))
    bias[:, VOCABULARY.LONGER] += 2
    is_dense = generator.random(rows) < 0.5  # onsets as close together as possible
    positions = VOCABULARY.span(Kind.POSITION)
    steps = []
    while not decoder.done.all():
        mask = decoder.mask()
        assert mask.any(axis=1).all(), "a mask is never empty"
        logits = bias + 2 * generator.gumbel(size=mask.shape)
        soon = np.cumsum(mask[:, positions], axis=1) <= 6
        logits[:, positions] += 10 * (soon & is_dense[:, None])
        steps.append(np.where(mask, logits, -np.inf).argmax(axis=1))
        decoder.advance(steps[-1])
    return np.array(steps).T
