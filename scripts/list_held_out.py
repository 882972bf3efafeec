"""Write data_prep/corpus/held_out.json, the split of each work in a phrase store.

    python scripts/list_held_out.py data/phrases

Run it on the store that the shipped weights were trained on, whenever they are trained again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from data_prep.corpus.held_out import SHIPPED_LIST, write_held_out
from data_prep.corpus.store import PhraseStore


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("name one folder: the phrase store")
    count = write_held_out(PhraseStore.load(Path(sys.argv[1])))
    print(f"{SHIPPED_LIST}: {count} works held out")


if __name__ == "__main__":
    main()
