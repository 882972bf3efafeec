from __future__ import annotations

from data_prep.grid.keys import is_minor, with_modes
from violin.music import Key, Note


def line(*pitches: int) -> list[Note]:
    return [Note(48 * index, pitch, 48) for index, pitch in enumerate(pitches)]


C_MAJOR = line(60, 64, 67, 72, 71, 72, 67, 65, 64, 62, 60, 60)
A_MINOR = line(57, 60, 64, 69, 68, 69, 64, 62, 60, 59, 57, 57)


def test_the_notes_decide_the_mode_of_a_signature() -> None:
    assert not is_minor(0, C_MAJOR)
    assert is_minor(0, A_MINOR)


def test_a_mode_that_the_source_gives_is_kept_and_repeats_are_dropped() -> None:
    keys = with_modes([(0, 0, True), (96, 0, True), (192, 2, None)], C_MAJOR, 576)
    assert keys[0] == (0, Key(0, True))
    assert [tick for tick, _ in keys] == [0, 192]
    assert keys[1][1].fifths == 2
