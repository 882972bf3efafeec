from __future__ import annotations

import numpy as np
import pytest

from data_prep.grid import pickup
from data_prep.grid.pickup import phase_probabilities, pickup_beats
from data_prep.grid.raw_part import RawNote
from violin.music import Meter

FOUR = Meter(4, 4)


def minuet(length: float) -> list[list[RawNote]]:
    """Sixteen bars of long downbeats and short upbeats over a bass that changes at each barline."""
    upper, bass = [], []
    if length:
        upper.append(RawNote(0, length, 67))
    for bar in range(16):
        start = length + 3 * bar
        upper += [RawNote(start, start + 2, 72 + bar % 5), RawNote(start + 2, start + 3, 67)]
        bass.append(RawNote(start, start + 3, (43, 48, 50, 45)[bar % 4]))
    return [upper, bass]


@pytest.mark.parametrize("length", [0.0, 1.0])
def test_long_notes_and_the_bass_show_where_bars_begin(length: float) -> None:
    parts = minuet(length)
    assert pickup_beats([(0.0, Meter(3, 4))], parts) == length
    probabilities = phase_probabilities(3.0, parts)
    assert probabilities.sum() == pytest.approx(1)
    assert probabilities.argmax() == 4 * length


def test_a_later_change_of_signature_settles_the_pickup() -> None:
    parts = [[RawNote(beat, beat + 1, 60) for beat in range(60)]]
    assert pickup_beats([(0.0, FOUR), (17.0, Meter(3, 4))], parts) == 1.0
    assert pickup_beats([(0.0, FOUR), (16.0, Meter(3, 4))], parts) == 0.0


def test_silence_at_the_start_is_a_pickups_rest_written_out() -> None:
    parts = [[note._replace(onset_beats=note.onset_beats + 2, end_beats=note.end_beats + 2) for note in part]
             for part in minuet(1.0)]  # fmt: skip
    assert pickup_beats([(0.0, Meter(3, 4))], parts) == 0.0


def test_without_evidence_the_bars_stay_where_the_file_has_them() -> None:
    assert pickup_beats([(0.0, FOUR)], [[RawNote(beat, beat + 1, 60) for beat in range(64)]]) == 0.0
    assert pickup_beats([(0.0, FOUR)], [[RawNote(0, 1, 60)]]) == 0.0


def test_a_doubtful_pickup_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    for chance, expected in ((0.4, 0.0), (0.6, 1.0)):
        found = np.full(12, (1 - chance) / 11)
        found[4] = chance
        monkeypatch.setattr(pickup, "phase_probabilities", lambda bar, parts, found=found: found)
        assert pickup_beats([(0.0, Meter(3, 4))], minuet(1.0)) == expected
