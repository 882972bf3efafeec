from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.novelty import HumanNorm, RunIndex, measure_norm
from models.run_prints import RUN_STEPS, run_prints
from violin.errors import WeightsError
from violin.music import Note, Phrase


def melody(seed: int, bars: int = 8, transpose: int = 0) -> Phrase:
    """A random walk in sixteenth notes."""
    random = np.random.default_rng(seed)
    pitch = 72
    notes = []
    for index in range(bars * 16):
        pitch = int(np.clip(pitch + random.integers(-5, 6), 60, 90))
        notes.append(Note(index * 12, pitch + transpose, 12))
    return Phrase(tuple(notes), bars=bars)


@pytest.fixture(scope="module")
def index() -> RunIndex:
    return RunIndex.build([(melody(1), "walk:1", 0), (melody(2), "walk:2", 8)])


def test_the_human_norm_counts_copies_of_half_the_notes(index: RunIndex) -> None:
    norm = measure_norm(index, [melody(5), melody(6), melody(7), melody(1)])
    assert norm.phrases == 4
    assert norm.half_copied == 0.25
    assert norm.hit_rates == pytest.approx((0.25, 0.25, 0.25))
    assert 0 < norm.share_90 < norm.share_95 < 1
    assert 0 < norm.limit_notes <= 96
    assert measure_norm(index, []) == HumanNorm()


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(-5, 6))
def test_runs_are_the_same_in_any_key(seed: int, semitones: int) -> None:
    assert np.array_equal(run_prints(melody(seed).notes), run_prints(melody(seed, transpose=semitones).notes))


def test_a_copied_bar_is_found_with_its_place(index: RunIndex) -> None:
    ours = melody(3)
    borrowed = melody(2).slice_bars(4, 2).transposed(3)
    notes = [n for n in ours.notes if not 384 <= n.onset_ticks < 768]
    phrase = Phrase((*notes, *(n.shifted(384) for n in borrowed.notes)), bars=8)
    run = index.longest_run(phrase)
    assert run is not None
    assert (run.notes, run.first_note, run.work, run.bar) == (32, 32, "walk:2", 13)
    assert run.share == pytest.approx(32 / 128)
    assert index.longest_familiar_run(phrase) == 32
    assert index.hit_rates(phrase) == pytest.approx((24 / 120, 21 / 117, 17 / 113))


def test_given_bars_and_the_own_work_are_left_out(index: RunIndex) -> None:
    copy = melody(1)
    assert index.longest_run(copy, own_work="walk:1") is None
    short = index.longest_run(copy, first_bar=2, end_bar=4)
    assert short is not None and short.notes == 32 and short.first_note == 32


def test_other_music_shares_nothing(index: RunIndex) -> None:
    assert index.longest_run(melody(77)) is None
    assert index.hit_rates(melody(77)) == (0, 0, 0)
    assert index.longest_familiar_run(melody(77)) == 0
    assert index.longest_run(Phrase((), bars=8)) is None


def test_an_index_is_saved_and_read_whole(index: RunIndex, tmp_path: Path) -> None:
    path = tmp_path / "index.npz"
    index = RunIndex(
        index.prints,
        index.works,
        index.bars,
        index.names,
        HumanNorm(20, 0.25, 0.5, 0.01, 100, (0.3, 0.2, 0.1)),
    )
    index.save(path)
    first = path.read_bytes()
    loaded = RunIndex.load(path)
    loaded.save(path)
    assert path.read_bytes() == first
    assert len(loaded) == len(index) == 2 * (128 - RUN_STEPS)
    assert loaded.names == ("walk:1", "walk:2")
    assert loaded.norm == HumanNorm(20, 0.25, 0.5, 0.01, 100, (0.3, 0.2, 0.1))


def test_a_sorted_index_is_not_sorted_again(index: RunIndex) -> None:
    """The shipped index has 1.6 million runs; sorting takes three times their memory."""
    columns = index.prints, index.works, index.bars
    again = RunIndex(*columns, index.names)
    assert again.prints is index.prints and again.works is index.works and again.bars is index.bars
    for order in (slice(None, None, -1), np.random.default_rng(0).permutation(len(index))):
        mixed = RunIndex(*(column[order] for column in columns), index.names)
        assert all(
            np.array_equal(ours, theirs)
            for ours, theirs in zip((mixed.prints, mixed.works, mixed.bars), columns, strict=True)
        )


def test_runs_of_equal_fingerprints_are_sorted_by_work_and_bar() -> None:
    prints, works, bars = np.uint32([1, 1, 1, 1]), np.uint16([1, 0, 0, 2]), np.uint16([0, 5, 4, 0])
    mixed = RunIndex(prints, works, bars, ("a", "b", "c"))
    assert (mixed.works.tolist(), mixed.bars.tolist()) == ([0, 0, 1, 2], [4, 5, 0, 0])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"\x00" * 100])
def test_a_damaged_index_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "index.npz"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="no usable index"):
        RunIndex.load(path)
