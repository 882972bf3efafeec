"""Finger a scale of G major over two octaves and print where the hand lies.

python examples/finger_scale.py
"""

from __future__ import annotations

from constraints.hand.fingering import find_path
from constraints.hand.playability import onset_sets
from violin.music import TICKS_PER_BEAT, pitch_name

PITCHES = [55 + 12 * octave + step for octave in range(2) for step in (0, 2, 4, 5, 7, 9, 11)] + [79]


def main() -> None:
    onsets = [(TICKS_PER_BEAT * index, pitch) for index, pitch in enumerate(PITCHES)]
    path = find_path(onset_sets(onsets, TICKS_PER_BEAT))
    for pitch, step in zip(PITCHES, path.steps, strict=True):
        print(f"{pitch_name(pitch):4} {step}  position {step.position}")
    print(f"{path.shifts} shifts")


if __name__ == "__main__":
    main()
