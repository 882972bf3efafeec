"""Further fixtures that lie just on one side of a rule's limit."""

from __future__ import annotations

from build import BAR, HEAD, Case, key, line, meter, note, phrase, program, smf, tempo, track

from violin.music import Key, Meter, Note
from violin.pair import Pair

REST_OF = line(8)[2:]
UNDER_A_DRONE = [*note(0, 74, BAR), *note(0, 69, 960), *note(960, 69, 960), *REST_OF]
SLOW_PAIR = Pair(
    beginning=(Note(0, 69, BAR),),
    beginning_bars=1,
    ending=(Note(0, 72, BAR),),
    ending_bars=1,
    bars=None,
    meter=Meter(4, 4),
    key=Key(0),
    tempo_us_per_beat=1_000_000,
    ticks_per_beat=480,
)


def at(bpm: float) -> bytes:
    """The clean phrase, which fits the pair, in another tempo."""
    return phrase(head=(tempo(bpm), meter(), key(), program()), music=[*line(7), *note(7 * BAR, 72, BAR)])


CASES = [
    Case("N003", [], [phrase(music=UNDER_A_DRONE)]),
    Case("C021", [phrase(head=(*HEAD[:3], program(number))) for number in (0, 39, 41)], [phrase()]),
    Case("C113", [at(59), at(61), at(120)], [at(60)], given=SLOW_PAIR),
    Case("C091", [phrase(music=line(1), end=BAR)], [phrase(music=line(8))]),
    Case("C012", [smf(track(HEAD), track(line(), 8 * BAR), kind=1)], [phrase()]),
]
