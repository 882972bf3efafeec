"""Print the figures of form of each MIDI file side by side.

python examples/measure_phrase.py FILE...
"""

from __future__ import annotations

import sys
from pathlib import Path

from models.form import FIGURES
from violin.midi import read_phrase


def main(paths: list[Path]) -> None:
    phrases = [read_phrase(path).on_grid() for path in paths]
    print(" " * 30 + " ".join(f"{path.stem:>12}" for path in paths))
    for name, figure in FIGURES.items():
        print(f"{name:30}" + " ".join(f"{figure(phrase):12.3f}" for phrase in phrases))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main([Path(word) for word in sys.argv[1:]])
