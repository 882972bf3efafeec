from __future__ import annotations

import numpy as np
import pytest

from models.evaluation.novelty_report import report_novelty
from models.novelty import HIT_NOTES, HumanNorm, RunIndex
from violin.music import Note, Phrase


def walk(seed: int) -> Phrase:
    """Sixteen bars of random eighth notes."""
    pitches = np.random.default_rng(seed).integers(60, 90, 128).tolist()
    return Phrase(tuple(Note(24 * i, pitch, 24) for i, pitch in enumerate(pitches)), bars=16)


def test_the_report_names_the_copy_and_counts_against_humans() -> None:
    norm = HumanNorm(limit_notes=12, share_90=0.2, share_95=0.9, half_copied=0.01, phrases=50)
    built = RunIndex.build([(walk(5), "work:5", 0)])
    index = RunIndex(built.prints, built.works, built.bars, built.names, norm)
    copy = walk(5).slice_bars(4, 8).transposed(2)
    report = report_novelty(index, [("copy.mid", copy), ("own.mid", walk(7))])
    assert [run.work if run else None for run in report.runs] == ["work:5", None]
    assert report.half_copied == 0.5
    assert report.sim_90 == report.sim_95 == 0.5
    (name, run), *others = report.closest(5)
    assert (name, run.bar, run.share, others) == ("copy.mid", 6, 1.0, [])


def test_an_empty_list_is_a_report_of_nothing() -> None:
    report = report_novelty(RunIndex.build([]), [])
    assert (report.sim_90, report.half_copied, report.closest(3)) == (0.0, 0.0, [])


def test_the_shares_and_rates_of_a_report() -> None:
    index = RunIndex.build([(walk(5), "work:5", 0)])
    half = walk(5).slice_bars(0, 8)
    mixed = Phrase((*half.notes, *(note for note in walk(7).notes if note.onset_ticks >= 8 * 192)), bars=16)
    report = report_novelty(index, [("mixed", mixed)], outer_bars=0)
    (run,) = report.runs
    assert run is not None and (run.notes, run.share) == (64, 0.5)
    assert report.half_copied == 1
    # runs of 9, 12 and 16 notes that lie in the copied half, of all that the phrase has
    rates = [(64 - length + 1) / (128 - length + 1) for length in HIT_NOTES]
    assert report.hit_rates == pytest.approx(rates, abs=0.01)
