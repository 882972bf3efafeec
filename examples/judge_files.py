"""Ask the judge whether a human composed each MIDI file, and why it thinks so.

python examples/judge_files.py COMPOSER FILE...
"""

from __future__ import annotations

import sys
from pathlib import Path

from models.judge.score import Judge
from violin.midi import read_phrase


def main(composer: str, paths: list[Path]) -> None:
    judge = Judge.load()
    phrases = [read_phrase(path) for path in paths]
    for path, phrase, chance in zip(paths, phrases, judge.score(phrases, composer), strict=True):
        print(f"{path.name}: human with probability {chance:.2f}")
        for reason in judge.explain(phrase, composer, count=3):
            print(f"  {reason}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], [Path(word) for word in sys.argv[2:]])
