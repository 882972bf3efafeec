"""The split of each work, by name, in the store that the shipped weights were trained on.

The splits depend on all works (`data_prep.corpus.split`), so a store made from fewer or more
sources would give others. `held_out.json`, shipped with the code, is written from that store by
`scripts/list_held_out.py`; every later store keeps its splits.
"""

from __future__ import annotations

import json
from pathlib import Path

from data_prep.corpus.split import TRAIN
from data_prep.corpus.store import PhraseStore
from violin.files import write_text_whole

SHIPPED_LIST = Path(__file__).with_name("held_out.json")


def known_splits(path: str | Path = SHIPPED_LIST) -> dict[str, str]:
    """work group -> "train", "validation" or "test"; empty if no list is there."""
    path = Path(path)
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return {group: split for split, groups in found["works"].items() for group in groups}


def held_out_works(path: str | Path = SHIPPED_LIST) -> dict[str, str]:
    """The works among `known_splits` that are not trained on."""
    path = Path(path)
    return {group: split for group, split in known_splits(path).items() if split != TRAIN}


def write_held_out(store: PhraseStore, path: str | Path = SHIPPED_LIST) -> int:
    """Write the list of a store; returns how many works it holds out."""
    path = Path(path)
    works: dict[str, set[str]] = {}
    for stored in store:
        works.setdefault(stored.split, set()).add(stored.work_group)
    content = {"format": 1, "works": {split: sorted(groups) for split, groups in sorted(works.items())}}
    write_text_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return sum(len(groups) for split, groups in works.items() if split != TRAIN)
