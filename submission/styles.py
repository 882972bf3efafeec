"""Meter, key, tempo and length of a free phrase in a composer's style, if no bars are given.

The tables hold round numbers, close to the shares in each composer's solo and leading violin parts (keys
with open strings for the virtuosos, flats and remote keys for Szymanowski). They are fixed here and
sampled with a seed, so that a preliminary round has variety without a dataset.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from violin.challenge import DEFAULT_BARS, MAX_BARS
from violin.music import Key, Meter

_LENGTHS: tuple[tuple[int, int], ...] = ((8, 12), (9, 1), (10, 1), (11, 1), (12, 3), (14, 1), (16, 3))
_BPM_STEP = 4
_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Style:
    """The distribution of one composer's free phrases.

    `triple` is the share of 3/4; `minor` that of minor keys; `fifths` the sharps (+) or flats (-)
    of the signatures, each equally likely; `slowest_bpm` and `fastest_bpm` bound the tempo.
    """

    triple: float
    minor: float
    fifths: tuple[int, ...]
    slowest_bpm: int
    fastest_bpm: int


STYLES: dict[str, Style] = {
    "bach": Style(0.40, 0.50, (-2, -1, 0, 1, 2, 3, 4), 60, 120),
    "mozart": Style(0.35, 0.20, (-3, -2, -1, 0, 1, 2, 3), 60, 144),
    "beethoven": Style(0.40, 0.30, (-4, -3, -2, -1, 0, 1, 2, 3), 56, 152),
    "paganini": Style(0.30, 0.50, (-3, -2, -1, 0, 1, 2, 3, 4), 72, 144),
    "vivaldi": Style(0.30, 0.50, (-3, -2, -1, 0, 1, 2, 3, 4), 60, 132),
    "sarasate": Style(0.40, 0.50, (-2, -1, 0, 1, 2, 3), 66, 144),
    "szymanowski": Style(0.30, 0.50, (-4, -3, -1, 0, 1, 2, 4), 52, 120),
    "saintsaens-prokofiev-sibelius": Style(0.30, 0.50, (-3, -2, -1, 0, 1, 2, 3), 60, 144),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Meter, key, tempo and length of one free phrase."""

    meter: Meter
    key: Key
    tempo_us_per_beat: int
    bars: int


def draw_subject(slug: str, number: int, seed: int) -> Subject:
    """The subject of phrase `number` of a composer: the same for the same three arguments."""
    style = STYLES[slug]
    random = Random(f"subject/{seed}/{slug}/{number}")
    meter = Meter(3, 4) if random.random() < style.triple else Meter(4, 4)
    minor = random.random() < style.minor
    fifths = random.choice(style.fifths)
    bpm = random.randrange(style.slowest_bpm, style.fastest_bpm + 1, _BPM_STEP)
    return Subject(meter, Key(fifths, minor), _MINUTE_US // bpm, draw_length(random))


def draw_length(random: Random, at_least: int = DEFAULT_BARS) -> int:
    """A number of bars: mostly 8, else 12 or 16, rarely another; at least `at_least`."""
    legal = [(bars, weight) for bars, weight in _LENGTHS if bars >= at_least] or [(MAX_BARS, 1)]
    return random.choices([bars for bars, _ in legal], [weight for _, weight in legal])[0]
