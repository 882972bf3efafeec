"""Converts phrases to token sequences and back, for training and for prompts.

`encode` writes a whole phrase, `encode_prompt` the given bars of a pair up to MID; `decode` reads a sequence
back. The layout and the channels are described in `constraints.language.grammar`.

Notes that cross the barline of a section follow two rules:

* A note of the beginning that lasts into the middle keeps its length.
* A note that would last into the ending is cut at the ending's first barline: nothing may be tied into
  given bars, and the ending is encoded alone, before everything else.

So `decode(encode(phrase))` is the phrase itself if no note lasts into the ending, else the phrase
with these notes cut. The tempo comes back as the centre of its class, a missing key as C major, the
velocity as the default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constraints.language.grammar import CHANNEL_SIZES, Reading, channels_of, check, read
from constraints.language.spec import decode_spec, folded, given_on_grid, require_span
from constraints.language.vocabulary import (
    EXTENTS,
    HIGHEST_PITCH,
    LONGEST_DURATION_TICKS,
    LOWEST_PITCH,
    VOCABULARY,
    Kind,
    density_class,
    tempo_us_per_beat,
)
from violin.challenge import METERS
from violin.music import TICKS_PER_BEAT, Key, Meter, Note, Phrase

if TYPE_CHECKING:
    from violin.pair import Pair

__all__ = [
    "CHANNEL_SIZES",
    "Encoded",
    "Facts",
    "decode",
    "decode_spec",
    "density_of",
    "encode",
    "encode_prompt",
    "middle_of",
]

_BAR, _LONGER = VOCABULARY.BAR, VOCABULARY.LONGER
_POSITION, _PITCH, _DURATION = (VOCABULARY.first[k] for k in (Kind.POSITION, Kind.PITCH, Kind.DURATION))


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sequence of L tokens.

    tokens    int16[L], ids of the vocabulary
    channels  int16[L, 6], see `constraints.language.grammar`; the sizes are CHANNEL_SIZES. With a
              plan int16[L, 23], see `constraints.language.plan_channels`
    part      int8[L]: 0 header, 1 ending, 2 beginning, 3 middle with EOS; a mark opens its part
    """

    tokens: NDArray[np.int16]
    channels: NDArray[np.int16]
    part: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True, slots=True)
class Facts:
    """What version 2 of the language adds to the header: the texture ("solo", "section" or None, the null
    token) and the extent ("phrase", "window" or "rebarred")."""

    texture: str | None = None
    extent: str = EXTENTS[0]


def encode(
    phrase: Phrase,
    composer: str | None,
    beginning_bars: int,
    ending_bars: int,
    density: int | None = None,
    facts: Facts | None = None,
) -> Encoded:
    """The phrase as a training sequence: its first and last bars given, the rest the middle.

    The phrase is on the 48-tick grid, of 8 to 16 bars in 3/4 or 4/4. At least one bar is left for
    the middle; 0 and 0 given bars is free composition. `composer` is a slug, "other" or None (the
    null token); `density` is a class 0..5 (see `density_of`) or None (the null token). The header ends with
    `facts`, if given. Raises ValueError for what the vocabulary cannot represent.
    """
    bar_ticks = phrase.bar_ticks
    require_span(phrase.bars, beginning_bars, ending_bars)
    if phrase.ticks_per_beat != TICKS_PER_BEAT:
        raise ValueError(f"{phrase.ticks_per_beat} ticks a beat; legal: {TICKS_PER_BEAT}, see Phrase.on_grid")
    middle_ticks, ending_ticks = beginning_bars * bar_ticks, (phrase.bars - ending_bars) * bar_ticks
    notes = _columns(phrase.notes)
    first_middle, first_ending = np.searchsorted(notes[0], (middle_ticks, ending_ticks))
    before = notes[:, :first_ending]
    before[2] = np.minimum(before[2], ending_ticks - before[0])
    notes[0, first_ending:] -= ending_ticks
    notes[0, first_middle:first_ending] -= middle_ticks
    middle_bars = phrase.bars - beginning_bars - ending_bars
    return _encoded(
        [
            _header(
                phrase.bars, phrase.meter, phrase.key, phrase.tempo_us_per_beat, composer, density, facts
            ),
            _marked(VOCABULARY.END, notes[:, first_ending:], ending_bars, bar_ticks),
            _marked(VOCABULARY.BEGIN, notes[:, :first_middle], beginning_bars, bar_ticks),
            _marked(VOCABULARY.MID, notes[:, first_middle:first_ending], middle_bars, bar_ticks),
            np.array([VOCABULARY.EOS]),
        ]
    )


def encode_prompt(
    pair: Pair, composer: str | None, bars: int, density: int | None = None, facts: Facts | None = None
) -> Encoded:
    """The given bars of a pair as a prompt, up to and including MID, for an answer of `bars` bars.

    The given notes are rounded to the 48-tick grid, and a given pitch outside the vocabulary is moved into it
    by octaves. This changes only what the model reads: the answer keeps the given notes as they are in the
    file.
    """
    require_span(bars, pair.beginning_bars, pair.ending_bars)
    bar_ticks = pair.meter.bar_ticks()
    beginning, ending = given_on_grid(pair, bars)
    return _encoded(
        [
            _header(bars, pair.meter, pair.key, pair.tempo_us_per_beat, composer, density, facts),
            _marked(VOCABULARY.END, _columns(folded(ending)), pair.ending_bars, bar_ticks),
            _marked(VOCABULARY.BEGIN, _columns(folded(beginning)), pair.beginning_bars, bar_ticks),
            np.array([VOCABULARY.MID]),
        ]
    )


def decode(tokens: ArrayLike) -> Phrase:
    """The phrase that a whole sequence encodes; ValueError if it breaks the grammar."""
    tokens = np.asarray(tokens, dtype=np.int64)
    check(tokens)
    reading = read(tokens)
    return Phrase(
        notes=_notes(reading, slice(None), 0, reading.bars * reading.bar_ticks),
        bars=reading.bars,
        meter=METERS[_header_value(tokens, Kind.METER)],
        key=VOCABULARY.key_of(int(tokens[VOCABULARY.kind[tokens] == Kind.KEY][0])),
        tempo_us_per_beat=tempo_us_per_beat(_header_value(tokens, Kind.TEMPO)),
    )


def middle_of(tokens: ArrayLike) -> tuple[Note, ...]:
    """The notes of the middle of a sequence, in grid ticks from the middle's first barline.

    These are the notes for `violin.pair.answer`. EOS may be missing; PAD may follow.
    """
    reading = read(tokens)
    _, beginning_bars, middle_bars = reading.section_bars
    start = beginning_bars * reading.bar_ticks
    first = int(np.searchsorted(reading.note_token, int(np.argmax(reading.part == 3))))
    return _notes(reading, slice(first, None), start, middle_bars * reading.bar_ticks)


def density_of(phrase: Phrase, beginning_bars: int = 0, ending_bars: int = 0) -> int:
    """The density class of a phrase's middle, from its distinct onsets per beat; rests count as time."""
    require_span(phrase.bars, beginning_bars, ending_bars)
    start, end = beginning_bars * phrase.bar_ticks, (phrase.bars - ending_bars) * phrase.bar_ticks
    onsets = {note.onset_ticks for note in phrase.notes if start <= note.onset_ticks < end}
    return density_class(len(onsets), (end - start) * TICKS_PER_BEAT // phrase.ticks_per_beat)


def _header(
    bars: int,
    meter: Meter,
    key: Key | None,
    tempo: int,
    composer: str | None,
    density: int | None,
    facts: Facts | None,
) -> NDArray[np.int64]:
    header = (
        VOCABULARY.BOS,
        VOCABULARY.composer(composer),
        VOCABULARY.key(key),
        VOCABULARY.meter(meter),
        VOCABULARY.tempo(tempo),
        VOCABULARY.density(density),
        VOCABULARY.bars(bars),
    )
    more = (VOCABULARY.texture(facts.texture), VOCABULARY.extent(facts.extent)) if facts else ()
    return np.array(header + more)


def _header_value(tokens: NDArray[np.int64], kind: Kind) -> int:
    return int(VOCABULARY.value[tokens[VOCABULARY.kind[tokens] == kind][0]])


def _columns(notes: Sequence[Note]) -> NDArray[np.int64]:
    """int64[3, N]: onset, pitch and duration of sorted notes; ValueError for a note outside the
    vocabulary."""
    columns = np.array(
        [(note.onset_ticks, note.pitch, note.duration_ticks) for note in notes], dtype=np.int64
    )
    columns = np.ascontiguousarray(columns.reshape(-1, 3).T)
    onset, pitch = columns[0], columns[1]
    if len(pitch) and not LOWEST_PITCH <= pitch.min() <= pitch.max() <= HIGHEST_PITCH:
        wrong = pitch.min() if pitch.min() < LOWEST_PITCH else pitch.max()
        raise ValueError(f"pitch {wrong}; legal: {LOWEST_PITCH} to {HIGHEST_PITCH}")
    twice = np.flatnonzero((np.diff(onset) == 0) & (np.diff(pitch) == 0))
    if len(twice):
        raise ValueError(f"pitch {pitch[twice[0]]} begins twice at tick {onset[twice[0]]}; legal: once")
    return columns


def _marked(mark: int, notes: NDArray[np.int64], bars: int, bar_ticks: int) -> NDArray[np.int64]:
    """A mark and the tokens of its section: BAR [Position (Pitch LONGER* Duration)+]* ..."""
    onset, pitch, duration = notes
    bar, position = np.divmod(onset, bar_ticks)
    new_bars = np.diff(bar, prepend=-1)
    new_onset = (np.diff(onset, prepend=-1) != 0).astype(np.int64)
    longer, rest = np.divmod(duration - 1, LONGEST_DURATION_TICKS)
    sizes = new_bars + new_onset + longer + 2  # tokens that a note adds, its barlines included
    ends = np.cumsum(sizes) + 1
    total = (int(ends[-1]) + bars - 1 - int(bar[-1])) if len(ends) else 1 + bars
    tokens = np.full(total, _BAR, dtype=np.int64)
    tokens[0] = mark
    place_of_pitch = ends - longer - 2
    first = new_onset == 1
    tokens[place_of_pitch[first] - 1] = _POSITION + position[first]
    tokens[place_of_pitch] = _PITCH + pitch - LOWEST_PITCH
    tokens[ends - 1] = _DURATION + rest
    for step in range(1, int(longer.max(initial=0)) + 1):
        tokens[place_of_pitch[longer >= step] + step] = _LONGER
    return tokens


def _encoded(pieces: list[NDArray[np.int64]]) -> Encoded:
    tokens = np.concatenate(pieces)
    reading = read(tokens)
    return Encoded(tokens.astype(np.int16), channels_of(tokens, reading), reading.part)


def _notes(reading: Reading, some: slice, start: int, length: int) -> tuple[Note, ...]:
    """Some notes of a reading in ticks from `start`, cut at `length`."""
    columns = (column[some].tolist() for column in (reading.onset - start, reading.pitch, reading.duration))
    return tuple(
        Note(onset, pitch, min(duration, length - onset))
        for onset, pitch, duration in zip(*columns, strict=True)
    )
