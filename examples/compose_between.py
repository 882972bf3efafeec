"""Compose the middle between a given beginning and ending, and save the phrase as MIDI.

python examples/compose_between.py OUT.mid
"""

from __future__ import annotations

import sys
from pathlib import Path

from models.generation.engine import TrainedComposer
from models.generation.request import Request
from violin.midi import save_phrase
from violin.music import Key, Note, Phrase
from violin.pair import pair_of

# Two bars side by side: the first is the beginning, the second the ending, in D major at 48 ticks a beat.
BEGINNING = (Note(0, 62, 48), Note(48, 66, 48), Note(96, 69, 48), Note(144, 74, 48))
ENDING = (Note(192, 73, 96), Note(288, 74, 96))


def main(out: Path) -> None:
    pair = pair_of(Phrase((*BEGINNING, *ENDING), bars=2, key=Key(2)))
    (answer,) = TrainedComposer().answer([Request(pair, "bach", bars=8, key=(1,))])
    save_phrase(answer.phrase, out)
    print(f"{out}: {answer.phrase.bars} bars, {len(answer.phrase.notes)} notes, {answer.phrase.key}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
