"""Novelty: the runs of notes that a phrase shares with the training music, in any key.

`RunIndex` holds a 32-bit fingerprint of each run of `RUN_STEPS` steps of the training phrases
with its work and bar. One fingerprint may match by chance (about one in ten thousand). A *copied
run* needs consecutive matches in one work, which do not happen by chance, and only runs of at least
`RUN_STEPS` steps are counted.

The index holds no notes: the music cannot be reconstructed from the fingerprints.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_prep.corpus.array_file import read_arrays, read_header
from models.copied_runs import NO_RUN, OpenRun, longest_open_runs
from models.run_prints import RUN_STEPS, run_prints
from violin.errors import WeightsError
from violin.files import read_regular, write_whole
from violin.music import Note, Phrase

HIT_NOTES = (9, 12, 16)  # lengths for which a report counts copied runs
SHIPPED_INDEX = Path(__file__).parent / "weights" / "novelty.npz"


@dataclass(frozen=True, slots=True)
class HumanNorm:
    """How much human phrases of unseen works share with the training music.

    `limit_notes`: 99th percentile of the longest familiar run, what the copy guard allows.
    `share_90`, `share_95`: percentiles of `CopiedRun.share`; SIM@90 and SIM@95 are the shares of
    answers above them (MusicLDM's ratio, arXiv 2308.01546, applied to notes). `half_copied`: the
    share of phrases with a shared run of half their notes or more. `hit_rates`: the mean shares of
    copied runs of `HIT_NOTES` notes. Measured over `phrases` phrases.
    """

    limit_notes: int = 0
    share_90: float = 1.0
    share_95: float = 1.0
    half_copied: float = 0.0
    phrases: int = 0
    hit_rates: tuple[float, ...] = (0.0,) * len(HIT_NOTES)


@dataclass(frozen=True, slots=True)
class CopiedRun:
    """The longest run of notes that a phrase shares with one training work.

    It has `notes` notes from note `first_note` on (index in onset-pitch order) and occurs in `work`
    from bar `bar` of the source part (counted from 1). `share` is its length over the number of
    notes examined.
    """

    notes: int
    first_note: int
    work: str
    bar: int
    share: float


class RunIndex:
    """Fingerprints of the training music's runs, sorted, with the work and bar of each.

    `norm` tells how much human phrases share; the default stands for "not measured".
    """

    def __init__(
        self,
        prints: NDArray[np.uint32],
        works: NDArray[np.uint16],
        bars: NDArray[np.uint16],
        names: Sequence[str],
        norm: HumanNorm | None = None,
    ) -> None:
        if not _is_sorted(prints, works, bars):  # a stored index is sorted; sorting takes twice its memory
            order = np.lexsort((bars, works, prints))
            prints, works, bars = prints[order], works[order], bars[order]
        self.prints, self.works, self.bars = prints, works, bars
        self.names = tuple(names)
        self.norm = norm or HumanNorm()

    def __len__(self) -> int:
        return len(self.prints)

    @classmethod
    def build(cls, phrases: Iterable[tuple[Phrase, str, int]]) -> RunIndex:
        """From (phrase on the grid, name of its work, first bar in that work from 0)."""
        numbers: dict[str, int] = {}
        rows: list[NDArray[np.uint64]] = []
        for phrase, work, first_bar in phrases:
            prints = run_prints(phrase.notes)
            number = numbers.setdefault(work, len(numbers))
            bars = [first_bar + note.onset_ticks // phrase.bar_ticks for note in phrase.notes[: len(prints)]]
            columns = (prints, np.full(len(prints), number), np.minimum(bars, 65_535))
            rows.append(np.stack([np.asarray(column, dtype=np.uint64) for column in columns], axis=1))
        # Overlapping windows give the same place several times; it is kept once.
        table = np.unique(np.concatenate(rows), axis=0) if rows else np.empty((0, 3), dtype=np.uint64)
        return cls(
            table[:, 0].astype(np.uint32),
            table[:, 1].astype(np.uint16),
            table[:, 2].astype(np.uint16),
            tuple(numbers),
        )

    def save(self, path: str | Path) -> None:
        """Write the index to a file; the same index gives the same bytes."""
        path = Path(path)
        buffer = io.BytesIO()
        about = {"run_steps": RUN_STEPS, "norm": asdict(self.norm), "works": self.names}
        np.savez_compressed(
            buffer,
            prints=self.prints,
            works=self.works,
            bars=self.bars,
            about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
        )
        write_whole(path, buffer.getvalue())

    @classmethod
    def load(cls, path: str | Path = SHIPPED_INDEX) -> RunIndex:
        """Read an index; WeightsError if it is missing, damaged or made for runs of another length."""
        path = Path(path)
        try:
            stored = read_arrays(read_regular(path))
            about = read_header(stored["about"])
            if about["run_steps"] != RUN_STEPS:
                raise WeightsError(f"{path}: runs of {about['run_steps']} steps; legal: {RUN_STEPS}")
            norm = HumanNorm(**{**about["norm"], "hit_rates": tuple(about["norm"]["hit_rates"])})
            rows = prints, works, bars = (stored[name] for name in ("prints", "works", "bars"))
            if not all(row.ndim == 1 and len(row) == len(prints) and row.dtype.kind == "u" for row in rows):
                raise ValueError("its fingerprints, works and bars do not fit together")
            if len(works) and int(works.max()) >= len(about["works"]):
                raise ValueError("it names a work that it does not list")
            return cls(prints, works, bars, about["works"], norm)
        except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise WeightsError(f"{path}: no usable index of training runs ({error})") from error

    def contains(self, prints: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """Whether each fingerprint occurs anywhere in the training music; the result has the same
        shape."""
        if not len(self):
            return np.zeros(prints.shape, dtype=bool)
        places = np.searchsorted(self.prints, prints)
        found: NDArray[np.bool_] = self.prints[np.minimum(places, len(self) - 1)] == prints
        return found

    def longest_familiar_run(self, phrase: Phrase, first_bar: int = 0, end_bar: int | None = None) -> int:
        """The number of notes of the longest stretch in which every run of RUN_STEPS steps occurs
        somewhere in the training music, in any work. The copy guard limits it. 0 if no run occurs."""
        hits = self.contains(run_prints(_between(phrase, first_bar, end_bar)[0]))
        longest = current = 0
        for hit in hits.tolist():
            current = current + 1 if hit else 0
            longest = max(longest, current)
        return longest + RUN_STEPS if longest else 0

    def longest_run(
        self, phrase: Phrase, first_bar: int = 0, end_bar: int | None = None, own_work: str | None = None
    ) -> CopiedRun | None:
        """The longest run in the bars [first_bar, end_bar) that also occurs in one training work.

        Consecutive fingerprints must match the same work, and its bar number must not decrease.
        `own_work` is skipped (to compare a human phrase with all other works). None if no run of
        RUN_STEPS steps is shared.
        """
        return self.copied(phrase, first_bar, end_bar, own_work)[0]

    def hit_rates(
        self, phrase: Phrase, first_bar: int = 0, end_bar: int | None = None, own_work: str | None = None
    ) -> tuple[float, ...]:
        """For each length in `HIT_NOTES`, the share of runs of that many notes that occur whole in
        one training work (the n-gram hits of the originality report)."""
        return self.copied(phrase, first_bar, end_bar, own_work)[1]

    def copied(
        self, phrase: Phrase, first_bar: int = 0, end_bar: int | None = None, own_work: str | None = None
    ) -> tuple[CopiedRun | None, tuple[float, ...]]:
        """`longest_run` and `hit_rates` of the same bars, in little more time than one of them."""
        notes, skip = _between(phrase, first_bar, end_bar)
        runs = self._open_runs(notes, own_work)
        lengths = np.array([run.windows + RUN_STEPS for run in runs if run.windows])
        rates = tuple(float((lengths >= count).sum()) / max(len(notes) - count + 1, 1) for count in HIT_NOTES)
        best = max(runs, key=attrgetter("windows"), default=NO_RUN)
        if not best.windows:
            return None, rates
        length = best.windows + RUN_STEPS
        share = length / len(notes)
        return CopiedRun(length, skip + best.first, self.names[best.work], best.bar + 1, share), rates

    def _open_runs(self, notes: Sequence[Note], own_work: str | None) -> list[OpenRun]:
        """For each run of RUN_STEPS steps the longest copied run that ends with it."""
        prints = run_prints(notes)
        lows = np.searchsorted(self.prints, prints, side="left").tolist()
        highs = np.searchsorted(self.prints, prints, side="right").tolist()

        def places(index: int) -> list[tuple[int, int]]:
            where = slice(lows[index], highs[index])
            found = zip(self.works[where].tolist(), self.bars[where].tolist(), strict=True)
            return [place for place in found if own_work is None or self.names[place[0]] != own_work]

        return longest_open_runs(prints.tolist(), places)


def _between(phrase: Phrase, first_bar: int, end_bar: int | None) -> tuple[list[Note], int]:
    """The notes that begin in the bars [first_bar, end_bar), and how many begin before them."""
    start = first_bar * phrase.bar_ticks
    end = (phrase.bars if end_bar is None else end_bar) * phrase.bar_ticks
    notes = [note for note in phrase.notes if start <= note.onset_ticks < end]
    return notes, sum(note.onset_ticks < start for note in phrase.notes)


def _is_sorted(*columns: NDArray[Any]) -> bool:
    """Whether the rows of some columns are in ascending order, the first column first."""
    ordered = np.ones(max(len(columns[0]) - 1, 0), bool)
    for column in reversed(columns):
        before, after = column[:-1], column[1:]
        ordered &= before == after
        ordered |= before < after
    return bool(ordered.all())


@lru_cache(maxsize=1)
def shipped_index() -> RunIndex:
    """The index of the shipped composer's training music, which the copy guard needs.

    Raises WeightsError, with the command that makes it, if it is missing or lacks the human norm.
    """
    index = RunIndex.load(SHIPPED_INDEX) if SHIPPED_INDEX.is_file() else None
    if index is None or not index.norm.phrases:
        found = "no index of the training music" if index is None else "an index without the human norm"
        raise WeightsError(
            f"{SHIPPED_INDEX}: {found}, so the copy guard cannot keep answers from copying; "
            "make one: violin train index --data STORE"
        )
    return index


def measure_norm(index: RunIndex, phrases: Sequence[Phrase], outer_bars: int = 1) -> HumanNorm:
    """The human norm from phrases of works that are not in the index. `outer_bars` bars on each
    side are skipped, like the given bars of an answer."""
    shares, familiar, hits = [], [], []
    for phrase in phrases:
        inner = (outer_bars, phrase.bars - outer_bars)
        run, rates = index.copied(phrase, *inner)
        shares.append(run.share if run else 0.0)
        familiar.append(index.longest_familiar_run(phrase, *inner))
        hits.append(rates)
    if not shares:
        return HumanNorm()
    share_90, share_95 = (float(np.percentile(shares, q)) for q in (90, 95))
    half = float(np.mean([share >= 0.5 for share in shares]))
    means = tuple(float(mean) for mean in np.mean(hits, axis=0))
    return HumanNorm(int(np.percentile(familiar, 99)), share_90, share_95, half, len(shares), means)
