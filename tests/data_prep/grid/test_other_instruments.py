from __future__ import annotations

import pytest

from data_prep.grid.other_instruments import is_moved, is_other_instrument, moved_parts
from data_prep.grid.raw_part import RawNote, RawPart


def part(
    place: str, name: str = "", low: int = 60, program: int | None = None, performed: bool = False
) -> RawPart:
    notes = [RawNote(beat, beat + 1, low + beat % 12) for beat in range(64)]
    keys: list[tuple[float, int, bool | None]] = [(0.0, -1, False)]
    return RawPart(place, name, notes, [], keys, [], program=program, performed=performed)


@pytest.mark.parametrize(
    "name",
    ["Viola", "Alto I", "Violoncello", "Cellos", "Vc.", "Basso", "Flauto", "Oboe 2", "Soprano", "Corno"],
)
def test_instruments_whose_music_is_moved(name: str) -> None:
    assert is_other_instrument(name)


@pytest.mark.parametrize(
    "name",
    ["Violin I", "Vln. 2", "Piano", "Basso continuo", "Harpsichord", "Timpani", "Guitar", "", "Part 3"],
)
def test_parts_that_are_not_moved(name: str) -> None:
    assert not is_other_instrument(name)


@pytest.mark.parametrize(
    ("name", "low", "move"),
    [
        ("Viola", 48, 7),  # an open C string becomes the open G string
        ("Violoncello", 36, 19),  # so does the cello's
        ("Violoncello", 31, 24),  # too low for the usual move
        ("Flute", 72, 0),
        ("Tenor", 43, 12),
        ("Flute", 94, -12),
    ],
)
def test_a_part_is_moved_into_the_range_of_a_violin(name: str, low: int, move: int) -> None:
    ((role, moved),) = moved_parts([part("1", name, low)], [])
    assert role == f"moved{move:+d}:1"
    assert is_moved(role)
    assert [note.pitch for note in moved.notes] == [low + move + beat % 12 for beat in range(64)]


def test_the_key_moves_with_the_notes() -> None:
    ((_, viola),) = moved_parts([part("1", "Viola", 48)], [])
    assert viola.keys == [(0.0, 0, False)]  # F major a fifth higher is C major


def test_a_program_decides_in_a_sequence_without_names_and_never_in_a_score() -> None:
    cello = part("3:2", program=42, low=36, performed=True)
    assert [role for role, _ in moved_parts([cello], [])] == ["moved+19:3:2"]
    assert not moved_parts([part("3", program=42, low=36)], [])
    assert not moved_parts([part("3:2", program=0, performed=True)], [])


def test_violins_drums_and_short_parts_are_left_out() -> None:
    violins = part("1:0+2:0", "Viola", 60)
    drums = part("4:9", "Viola")
    drums.percussion = True
    short = part("5:0", "Viola")
    short.notes = short.notes[:10]
    found = moved_parts([part("1:0", "Viola"), part("2:0", "Viola"), drums, short], [violins])
    assert found == []


def test_a_part_that_no_move_brings_into_range_is_left_out() -> None:
    wide = part("1", "Viola")
    wide.notes = [RawNote(beat, beat + 1, 20 + beat) for beat in range(100)]
    assert not moved_parts([wide], [])
