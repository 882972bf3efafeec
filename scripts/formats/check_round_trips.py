"""Write phrases in each format and as each library's objects, read them back, and count what changed.

    python scripts/formats/check_round_trips.py --data data/phrases --phrases 1000 --seed 1

A phrase is compared on the grid: notes (onset, pitch, duration), bars, meter, key and tempo. Two differences
are documented: numpy, miditoolkit and pretty_midi drop silent bars at the end, and pretty_midi has one number
for E flat minor and D sharp minor. Exit code 1 if anything else differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

import violin
from data_prep.corpus.store import PhraseStore
from violin.api.forms import FormOptions, form_bytes
from violin.music import Phrase

_PLAIN = FormOptions(fingering=False)
TRIPS: dict[str, Callable[[Phrase], Phrase]] = {
    "MIDI": lambda phrase: violin.read(form_bytes(phrase, "mid")),
    "MusicXML": lambda phrase: violin.read(form_bytes(phrase, "musicxml", _PLAIN)),
    "ABC": lambda phrase: violin.read(form_bytes(phrase, "abc", _PLAIN)),
    "numpy": lambda phrase: violin.from_note_array(
        phrase.note_array(), phrase.meter, phrase.key, phrase.tempo_us_per_beat
    ),
    "miditoolkit": lambda phrase: violin.from_miditoolkit(phrase.to_miditoolkit()),
    "pretty_midi": lambda phrase: violin.from_pretty_midi(phrase.to_pretty_midi()),
    "music21": lambda phrase: violin.from_music21(phrase.to_music21()),
}
"""What each format or library makes of a phrase that is written and read back."""
SHORTER, RESPELT = "silent bars at the end are lost", "the key has its other name"
DOCUMENTED = {"numpy": {SHORTER}, "miditoolkit": {SHORTER}, "pretty_midi": {SHORTER, RESPELT}}
"""The differences that docs/library.md lists."""


@dataclass
class Count:
    """How many phrases came back the same, and how many with each difference."""

    same: int = 0
    differences: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def differences(before: Phrase, after: Phrase) -> set[str]:
    """The differences, in words, between two phrases on the grid.

    >>> from violin import Key, Note
    >>> tune = Phrase((Note(0, 69, 48),), 8, key=Key(-6, minor=True))
    >>> sorted(differences(tune, replace(tune, bars=1, key=Key(6, minor=True))))
    ['silent bars at the end are lost', 'the key has its other name']
    >>> differences(tune, replace(tune, notes=(Note(0, 69, 47),)))
    {'other notes'}
    """
    before, after = before.on_grid(), after.on_grid()
    found = set()
    if before.notes != after.notes:
        found.add("other notes")
    if before.bars != after.bars:
        last = max(note.end_ticks for note in before.notes)
        is_shorter = -(-last // before.bar_ticks) <= after.bars < before.bars
        found.add(SHORTER if is_shorter else "other bars")
    if before.key != after.key:
        keys = (before.key, after.key)
        same_sound = None not in keys and len({(key.fifths % 12, key.minor) for key in keys if key}) == 1
        found.add(RESPELT if same_sound else "another key")
    if before.meter != after.meter:
        found.add("another meter")
    if before.tempo_us_per_beat != after.tempo_us_per_beat:
        found.add("another tempo")
    return found


def counted(phrases: Sequence[Phrase], trip: Callable[[Phrase], Phrase]) -> Count:
    """Write and read back each phrase, and count what changed."""
    count = Count()
    started = time.process_time()
    for phrase in phrases:
        found = differences(phrase, trip(phrase))
        count.same += not found
        count.differences.update(found)
    count.seconds = time.process_time() - started
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default="data/phrases", help="the phrase store")
    parser.add_argument("--phrases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    stored = PhraseStore.load(options.data).select()
    chosen = np.random.default_rng(options.seed).choice(len(stored), options.phrases, replace=False)
    phrases = [stored[index].phrase for index in sorted(chosen.tolist())]
    is_right = True
    for name, trip in TRIPS.items():
        count = counted(phrases, trip)
        rest = ", ".join(f"{what}: {number}" for what, number in sorted(count.differences.items()))
        line = f"{name:12} {count.same:5} of {len(phrases)} the same   {count.seconds:6.1f} s"
        print(f"{line}   {rest}".rstrip(), flush=True)
        is_right &= set(count.differences) <= DOCUMENTED.get(name, set())
    sys.exit(0 if is_right else 1)


if __name__ == "__main__":
    main()
