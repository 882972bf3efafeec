from __future__ import annotations

import random
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from data_prep.phrases.segment import Segmented, segment
from violin.music import Key, Meter, Note


@dataclass(frozen=True)
class FakePart:
    notes: tuple[Note, ...]
    barlines: tuple[int, ...]
    meters: tuple[tuple[int, Meter], ...] = ((0, Meter(4, 4)),)
    keys: tuple[tuple[int, Key], ...] = ()
    tempos: tuple[tuple[int, int], ...] = ()
    double_bars: tuple[int, ...] = ()
    path: str = "some.mxl"


def barlines(bars: int, ticks: int = 192) -> tuple[int, ...]:
    return tuple(range(0, (bars + 1) * ticks, ticks))


def quarters(bars: int, phrase_bars: int = 8, seed: int = 0) -> tuple[Note, ...]:
    """Quarter notes; the last bar of each phrase is one whole note."""
    choice = random.Random(seed)
    notes = []
    for bar in range(bars):
        if bar % phrase_bars == phrase_bars - 1:
            notes.append(Note(192 * bar, 60, 192))
        else:
            notes += [Note(192 * bar + 48 * beat, 60 + choice.randint(0, 12), 48) for beat in range(4)]
    return tuple(notes)


def spans(segmented: Segmented, window: bool = False) -> list[tuple[int, int]]:
    return [
        (cut.start_bar, cut.start_bar + cut.phrase.bars) for cut in segmented.cuts if cut.window == window
    ]


def test_phrases_end_at_the_long_notes() -> None:
    part = FakePart(quarters(40, phrase_bars=10), barlines(40))
    assert spans(segment(part)) == [(0, 10), (10, 20), (20, 30), (30, 40)]


def test_phrases_do_not_overlap_and_windows_do() -> None:
    part = FakePart(quarters(60, phrase_bars=9), barlines(60))
    segmented = segment(part)
    ends = [0] + [place for span in spans(segmented) for place in span]
    assert ends == sorted(ends)
    assert spans(segmented, window=True)
    assert not spans(segment(part, windows=False), window=True)


def test_another_meter_or_key_ends_a_run() -> None:
    lines = barlines(12) + tuple(12 * 192 + 96 * bar for bar in range(1, 5))
    lines += tuple(lines[-1] + 144 * bar for bar in range(1, 11))
    notes = tuple(Note(line, 62, 48) for line in lines[:-1] for _ in [0])
    meters = ((0, Meter(4, 4)), (lines[12], Meter(2, 4)), (lines[16], Meter(3, 4)))
    segmented = segment(FakePart(notes, lines, meters))
    assert spans(segmented) == [(0, 12), (16, 26)]
    assert segmented.left_bars["meter 2/4"] == 4
    assert [cut.phrase.meter for cut in segmented.cuts if not cut.window] == [Meter(4, 4), Meter(3, 4)]
    keys = ((0, Key(0)), (lines[6], Key(2)))
    assert segment(FakePart(notes, lines, meters, keys)).left_bars["run shorter than 8 bars"] == 12


def test_cut_time_counts_as_common_time() -> None:
    segmented = segment(FakePart(quarters(8), barlines(8), ((0, Meter(2, 2)),)))
    assert [cut.phrase.meter for cut in segmented.cuts] == [Meter(4, 4)]


def test_an_incomplete_bar_is_left_out() -> None:
    lines = (0, 48, *(48 + 192 * bar for bar in range(1, 9)))
    notes = tuple(Note(line, 62, 48) for line in lines[:-1])
    segmented = segment(FakePart(notes, lines))
    assert spans(segmented) == [(1, 9)]
    assert segmented.left_bars["incomplete bar"] == 1


def test_bars_that_no_violin_plays_are_left_out() -> None:
    low = (*quarters(20), Note(10 * 192 + 24, 50, 24))
    segmented = segment(FakePart(tuple(sorted(low)), barlines(20)))
    assert all(end <= 10 or start > 10 for start, end in spans(segmented) + spans(segmented, True))
    assert segmented.left_bars["unplayable or out of range"] == 1


def test_two_silent_bars_end_a_run_and_no_phrase_begins_silent() -> None:
    notes = tuple(note for note in quarters(30) if not 12 * 192 <= note.onset_ticks < 15 * 192)
    segmented = segment(FakePart(notes, barlines(30)))
    assert spans(segmented)[0] == (0, 12)
    assert spans(segmented)[1][0] >= 15


def test_a_tie_over_the_edge_is_cut() -> None:
    tied = (*quarters(16, 99)[:-4], Note(15 * 192, 60, 400))
    segmented = segment(FakePart(tied, barlines(18)))
    last = [cut for cut in segmented.cuts if not cut.window][-1].phrase
    assert max(note.end_ticks for note in last.notes) == last.length_ticks


def test_the_tempo_is_the_one_that_holds_longest() -> None:
    tempos = ((0, 400_000), (192, 500_000), (7 * 192, 900_000))
    segmented = segment(FakePart(quarters(8), barlines(8), tempos=tempos))
    assert segmented.cuts[0].phrase.tempo_us_per_beat == 500_000


@settings(max_examples=40)
@given(st.integers(0, 70), st.integers(0, 10_000), st.sets(st.integers(0, 69), max_size=8))
def test_every_bar_is_in_a_phrase_or_counted_as_left(bars: int, seed: int, silent: set[int]) -> None:
    notes = tuple(note for note in quarters(bars, 7, seed) if note.onset_ticks // 192 not in silent)
    segmented = segment(FakePart(notes, barlines(bars)))
    covered = sum(end - start for start, end in spans(segmented))
    assert covered + sum(segmented.left_bars.values()) == bars
    for cut in segmented.cuts:
        assert 8 <= cut.phrase.bars <= 16
        onset_bars = {note.onset_ticks // 192 for note in cut.phrase.notes}
        assert {0, cut.phrase.bars - 1} <= onset_bars
