from __future__ import annotations

import numpy as np
import pytest

from data_prep.phrases.boundary import barline_strengths, local_boundaries, top_line
from violin.music import Note


def test_the_top_line_takes_the_highest_note_of_each_onset() -> None:
    onsets, pitches, ends = top_line([Note(0, 60, 48), Note(0, 67, 24), Note(48, 62, 48)])
    assert (onsets.tolist(), pitches.tolist(), ends.tolist()) == ([0, 48], [67, 62], [24, 96])


def test_a_rest_is_the_strongest_boundary() -> None:
    onsets = [0, 48, 96, 192, 240, 288]  # a rest of one beat before 192
    _, strengths = local_boundaries([Note(onset, 60 + index, 48) for index, onset in enumerate(onsets)])
    assert strengths[0] == 1.0
    assert int(np.argmax(strengths[1:])) + 1 == 3


def test_change_of_one_parameter_follows_the_paper() -> None:
    # times 1, 1, 2, 1, 1 beats: r = 0, 1/3, 1/3, 0; s = x * (r before + r after); scaled to 1
    onsets = [0, 48, 96, 192, 240, 288]
    _, strengths = local_boundaries([Note(onset, 60, 48 if onset != 96 else 96) for onset in onsets])
    # 1 beat: 1 * (0 + 1/3) = 1/3; 2 beats: 2 * (1/3 + 1/3) = 4/3; the weight of time alone is .5,
    # and a single parameter that changes is scaled back to 1
    assert strengths[1:].tolist() == pytest.approx([0, 0.25, 1.0, 0.25, 0])


def test_music_without_change_has_no_inner_boundary() -> None:
    _, strengths = local_boundaries([Note(48 * place, 60, 48) for place in range(8)])
    assert strengths.tolist() == [1.0] + [0.0] * 7


def test_a_note_across_the_barline_lowers_its_strength_and_a_double_bar_raises_it() -> None:
    notes = [Note(0, 60, 48), Note(48, 62, 240), Note(288, 60, 96)]
    plain = barline_strengths(notes, [0, 192, 384])
    assert plain[1] == pytest.approx(-0.5)
    assert barline_strengths(notes, [0, 192, 384], [192])[1] == pytest.approx(0.0)


def test_no_notes_no_strength() -> None:
    assert barline_strengths([], [0, 192]).tolist() == [0.0, 0.0]


def test_a_boundary_up_to_a_beat_before_the_barline_is_an_upbeat_and_counts_less() -> None:
    def strength(onset: int) -> float:
        """Of the barline at 192, with a rest before the note at `onset`."""
        notes = [Note(0, 60, 24), Note(24, 60, 24), Note(onset, 60, 24), Note(onset + 24, 60, 24)]
        return float(barline_strengths(notes, [0, 192, 384])[1])

    at_barline = strength(192)
    assert at_barline > 0.5
    assert strength(168) == pytest.approx(0.7 * at_barline)
    assert strength(100) == 0.0
