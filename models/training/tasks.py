"""Training tasks: which bars of a phrase are given, with which composer token, in which transposition.

The mix (`TrainingConfig`): mostly the challenge's task with one or two bars given on each side; sometimes
any contiguous span of bars is composed; sometimes nothing is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from constraints.language.plan_channels import planned
from constraints.language.plan_codes import PlanCodes
from constraints.language.tokenizer import Encoded, Facts, density_of, encode
from constraints.language.vocabulary import HIGHEST_PITCH, LONGEST_DURATION_TICKS, LOWEST_PITCH
from data_prep.corpus.store import StoredPhrase
from models.composer.config import TrainingConfig
from models.planning.codes import plan_codes
from violin.instrument import is_playable, is_readable
from violin.music import Phrase, sounding_sets

LOWEST_SHIFT, HIGHEST_SHIFT = -5, 6
MOST_GIVEN_BARS = 2


@dataclass(frozen=True, slots=True)
class Task:
    """A phrase to encode: the bars given on each side, the composer's token (a slug, "other" or
    None), whether the prompt contains the density of the middle, the transposition in semitones,
    the additional prompt tokens of language version 2 (None: version 1), and the plan in the channels,
    already transposed (None: no plan)."""

    phrase: Phrase
    beginning_bars: int
    ending_bars: int
    composer: str | None
    tell_density: bool = False
    semitones: int = 0
    facts: Facts | None = None
    plan: PlanCodes | None = None

    def encoded(self) -> Encoded:
        phrase = self.phrase.transposed(self.semitones) if self.semitones else self.phrase
        density = density_of(phrase, self.beginning_bars, self.ending_bars) if self.tell_density else None
        row = encode(phrase, self.composer, self.beginning_bars, self.ending_bars, density, self.facts)
        return row if self.plan is None else planned(row, self.plan)

    def with_own_plan(self) -> Task:
        """The task with the whole plan of its phrase."""
        return replace(
            self, plan=plan_codes(self.phrase, self.beginning_bars, self.ending_bars, self.semitones)
        )


def draw_task(
    stored: StoredPhrase,
    token: str,
    training: TrainingConfig,
    random: np.random.Generator,
    language: int = 1,
) -> Task:
    """Draw a task of the training mix for a phrase with a composer's `token`."""
    kind, drop_composer, tell_density, drop_texture = random.random(4)
    bars = stored.phrase.bars
    if kind < training.ends_share:
        beginning, ending = (int(count) for count in random.integers(1, MOST_GIVEN_BARS + 1, 2))
    elif kind < training.ends_share + training.span_share:
        first, last = sorted(int(bar) for bar in random.choice(bars + 1, 2, replace=False))
        beginning, ending = first, bars - last
    else:
        beginning = ending = 0
    shifts = allowed_transpositions(stored.phrase)
    return Task(
        stored.phrase,
        beginning,
        ending,
        None if drop_composer < training.composer_dropout else token,
        tell_density >= training.density_dropout,
        shifts[int(random.integers(len(shifts)))],
        _facts(stored, drop_texture < training.texture_dropout) if language > 1 else None,
    )


def _facts(stored: StoredPhrase, drop_texture: bool) -> Facts:
    extent = "rebarred" if stored.rebarred else "window" if stored.window or stored.moved else "phrase"
    return Facts(None if drop_texture else stored.texture, extent)


def validation_task(
    stored: StoredPhrase, token: str | None, random: np.random.Generator, language: int = 1
) -> Task:
    """The challenge's task: one or two bars given on each side, without density, texture and
    transposition."""
    beginning, ending = (int(count) for count in random.integers(1, MOST_GIVEN_BARS + 1, 2))
    return Task(stored.phrase, beginning, ending, token, facts=Facts() if language > 1 else None)


@cache
def allowed_transpositions(phrase: Phrase) -> tuple[int, ...]:
    """The transpositions from -5 to +6 semitones that stay in range and meet the decoder's
    playability limits; always includes 0."""
    pitches = [note.pitch for note in phrase.notes]
    chords = {pitches for _, pitches in sounding_sets(phrase.notes) if len(pitches) > 1}
    return tuple(
        shift
        for shift in range(LOWEST_SHIFT, HIGHEST_SHIFT + 1)
        if shift == 0
        or (
            min(pitches, default=LOWEST_PITCH) + shift >= LOWEST_PITCH
            and max(pitches, default=LOWEST_PITCH) + shift <= HIGHEST_PITCH
            and all(_is_allowed(tuple(pitch + shift for pitch in chord)) for chord in chords)
        )
    )


@cache
def _is_allowed(pitches: tuple[int, ...]) -> bool:
    return is_playable(pitches) and is_readable(pitches)


def encoded_length(phrase: Phrase) -> int:
    """The number of tokens of a phrase in any task, counted without encoding it."""
    header_and_marks = 11  # seven in the header, END, BEGIN, MID, EOS; no optional tokens
    onsets = len({note.onset_ticks for note in phrase.notes})
    longer = sum((note.duration_ticks - 1) // LONGEST_DURATION_TICKS for note in phrase.notes)
    return header_and_marks + phrase.bars + onsets + 2 * len(phrase.notes) + longer
