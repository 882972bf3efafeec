"""Open our MusicXML in MuseScore, and compare what MuseScore writes from it with the phrases.

    python scripts/formats/check_musescore.py --data data/phrases --phrases 20 --seed 1

Phrases with double stops, with tuplets, with notes over a barline and in 3/4 are taken in turn. Each is
written as MusicXML with fingering. MuseScore converts it to PDF, MIDI and MusicXML. Its MusicXML must have
the same notes (onset, pitch, duration), bars, meter, key, tempo and fingers, its MIDI file the same onsets
and pitches: MuseScore shortens notes when it plays them. Exit code 1 if anything except `DOCUMENTED` differs,
2 without MuseScore.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from check_round_trips import differences

import violin
from data_prep.corpus.store import PhraseStore
from violin.api.forms import FormOptions, form_bytes
from violin.music import Phrase

PROGRAMS = ("mscore", "musescore", "mscore3", "musescore3", "mscore4portable")
STRINGS, MODE = "the string numbers are lost", "the mode of a key without accidentals is lost"
DOCUMENTED = {STRINGS, MODE}
"""The differences that docs/library.md lists."""


@dataclass(frozen=True)
class Opened:
    """The differences, in words, between one phrase and what MuseScore wrote of it."""

    name: str
    differences: frozenset[str]

    @property
    def is_same(self) -> bool:
        """Whether all differences are documented."""
        return self.differences <= DOCUMENTED


def find_musescore() -> str | None:
    """The path of an installed MuseScore, or None."""
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


def version_of(program: str) -> str:
    """Such as "MuseScore3 3.2.3"."""
    return _run([program, "--version"]).stdout.strip()


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=True)


def open_in_musescore(program: str, phrases: Sequence[tuple[str, Phrase]], folder: Path) -> list[Opened]:
    """Convert each named phrase with one run of MuseScore in a folder, and compare what comes back."""
    jobs = []
    for name, phrase in phrases:
        (folder / f"{name}.musicxml").write_bytes(form_bytes(phrase, "musicxml", FormOptions()))
        out = [str(folder / f"{name}.{suffix}") for suffix in ("pdf", "mid", "back.musicxml")]
        jobs.append({"in": str(folder / f"{name}.musicxml"), "out": out})
    (folder / "jobs.json").write_text(json.dumps(jobs))
    _run([program, "-j", str(folder / "jobs.json")])
    return [Opened(name, frozenset(_compared(folder / name, phrase))) for name, phrase in phrases]


def _compared(stem: Path, phrase: Phrase) -> set[str]:
    ours, back = (Path(f"{stem}.{suffix}") for suffix in ("musicxml", "back.musicxml"))
    if not Path(f"{stem}.pdf").read_bytes().startswith(b"%PDF"):
        return {"no PDF"}
    found = differences(phrase, violin.read(back))
    if "another key" in found and phrase.key is not None and not phrase.key.fifths:
        found = found - {"another key"} | {MODE}
    if _marks("fingering", ours) != _marks("fingering", back):
        found.add("other fingers")
    if _marks("string", ours) != _marks("string", back):
        found.add("other strings" if _marks("string", back) else STRINGS)
    played = violin.read(Path(f"{stem}.mid")).on_grid().notes
    if Counter(map(_onset, played)) != Counter(map(_onset, phrase.on_grid().notes)):
        found.add("other onsets or pitches in its MIDI")
    return found


def _marks(element: str, path: Path) -> list[str]:
    """The numbers of all `fingering` or `string` elements of a score, in ascending order."""
    return sorted(re.findall(rf"<{element}\b[^>]*>(\d+)</", path.read_text(encoding="utf-8")))


def _onset(note: violin.Note) -> tuple[int, int]:
    return note.onset_ticks, note.pitch


def choose(phrases: Sequence[Phrase], count: int, seed: int) -> list[Phrase]:
    """Phrases in turn with stops, with tuplets, with notes over barlines, in 3/4, and any."""
    order = np.random.default_rng(seed).permutation(len(phrases)).tolist()
    shuffled = [phrases[index].on_grid() for index in order]
    wanted = (
        has_stops,
        has_tuplets,
        has_ties,
        lambda phrase: phrase.meter.numerator == 3,
        lambda phrase: True,
    )
    chosen: list[Phrase] = []
    for number in range(count):
        is_wanted = wanted[number % len(wanted)]
        chosen.append(next(phrase for phrase in shuffled if is_wanted(phrase) and phrase not in chosen))
    return chosen


def has_stops(phrase: Phrase) -> bool:
    """Whether two notes begin together."""
    return len({note.onset_ticks for note in phrase.notes}) < len(phrase.notes)


def has_tuplets(phrase: Phrase) -> bool:
    """Whether a note begins off the grid of 64th notes."""
    return any(note.onset_ticks % 3 for note in phrase.notes)


def has_ties(phrase: Phrase) -> bool:
    """Whether a note sounds over a barline."""
    bar = phrase.bar_ticks
    return any(note.onset_ticks // bar < (note.end_ticks - 1) // bar for note in phrase.notes)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default="data/phrases", help="the phrase store")
    parser.add_argument("--phrases", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    program = find_musescore()
    if program is None:
        print(f"error: no MuseScore on the PATH; looked for {', '.join(PROGRAMS)}", file=sys.stderr)
        sys.exit(2)
    stored = [record.phrase for record in PhraseStore.load(options.data).select()]
    chosen = [
        (f"{number:03}", phrase)
        for number, phrase in enumerate(choose(stored, options.phrases, options.seed))
    ]
    with tempfile.TemporaryDirectory() as folder:
        opened = open_in_musescore(program, chosen, Path(folder))
    phrases = [phrase for _, phrase in chosen]
    print(f"{version_of(program)}: {sum(one.is_same for one in opened)} of {len(opened)} came back the same")
    print(f"{sum(phrase.meter.numerator == 3 for phrase in phrases)} in three beats", end="")
    for what, has in (("stops", has_stops), ("tuplets", has_tuplets), ("notes over a barline", has_ties)):
        print(f", {sum(map(has, phrases))} with {what}", end="")
    print()
    for what, number in sorted(Counter(what for one in opened for what in one.differences).items()):
        names = [one.name for one in opened if what in one.differences]
        print(f"{what}: {number} ({', '.join(names[:5])})")
    sys.exit(0 if all(one.is_same for one in opened) else 1)


if __name__ == "__main__":
    main()
