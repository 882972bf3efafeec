"""Made-up human-like phrases, so that the judge's tests need no corpus."""

from __future__ import annotations

import numpy as np
import pytest

from violin.music import TICKS_PER_BEAT, Key, Meter, Note, Phrase

_SCALE = (0, 2, 4, 5, 7, 9, 11)
_RHYTHMS = ((48, 48, 48, 48), (48, 24, 24, 48, 48), (72, 24, 48, 48), (24, 24, 24, 24, 48, 48), (96, 48, 48))


def tune(seed: int, bars: int = 8, meter: Meter = Meter(4, 4)) -> Phrase:  # noqa: B008
    """A phrase with motifs that come back: a a' b a, steps and a few leaps, some stops."""
    random = np.random.default_rng(seed)
    length = meter.bar_ticks()
    motifs = []
    for _ in range(2):
        rhythm = _RHYTHMS[int(random.integers(len(_RHYTHMS)))]
        motifs.append([(ticks, int(random.choice([-2, -1, -1, 1, 1, 2]))) for ticks in rhythm])
    notes: list[Note] = []
    degree = int(random.integers(7, 15))
    for bar in range(bars):
        tick = 0
        for ticks, step in motifs[0 if bar % 4 != 2 else 1]:
            if tick >= length:
                break
            degree = min(max(degree + step, 5), 20)
            pitch = 55 + 12 * (degree // 7) + _SCALE[degree % 7]
            ticks = min(ticks, length - tick)
            notes.append(Note(bar * length + tick, pitch, ticks))
            if tick == 0 and random.random() < 0.2 and pitch >= 62:
                notes.append(
                    Note(bar * length + tick, pitch - 4 if pitch % 12 in (11, 4) else pitch - 7, ticks)
                )
            tick += ticks
    return Phrase(tuple(set(notes)), bars, meter, Key(0), ticks_per_beat=TICKS_PER_BEAT)


@pytest.fixture(scope="session")
def tunes() -> list[Phrase]:
    """120 phrases, two thirds in 4/4."""
    return [tune(seed, 8 + seed % 3, Meter(4, 4) if seed % 3 else Meter(3, 4)) for seed in range(120)]
