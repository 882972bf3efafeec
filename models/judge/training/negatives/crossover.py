"""The inner bars' rhythm with the melody of another human line, transposed to the same key."""

from __future__ import annotations

from models.judge.features.canonical import Line, events_of
from models.judge.training.negatives.family import (
    Family,
    Material,
    Random,
    key_found,
    line_of,
    outer_bars,
    split_inner,
)


def make(line: Line, material: Material, random: Random) -> Line | None:
    first, after = outer_bars(line, random)
    inner, outside = split_inner(line, first, after)
    other = material.other(line, random)
    melody = events_of(other).top.tolist()
    shift = (key_found(line).tonic - key_found(other).tonic + 6) % 12 - 6
    places = sorted({tone.onset_steps for tone in inner})
    start = int(random.integers(len(melody)))
    pitch_at = {place: melody[(start + index) % len(melody)] + shift for index, place in enumerate(places)}
    top_at = {place: max(t.pitch for t in inner if t.onset_steps == place) for place in places}
    crossed = [
        tone._replace(pitch=pitch_at[tone.onset_steps] + tone.pitch - top_at[tone.onset_steps])
        for tone in inner
    ]
    return line_of(crossed + outside, line)


FAMILY = Family("crossover", "corruption", "rhythm of one human line, melody of another", make)
