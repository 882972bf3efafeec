from __future__ import annotations

from dataclasses import replace

import pytest

from data_prep.grid.gridded import within_range
from data_prep.grid.raw_part import RawNote, RawPart, ScoreError
from data_prep.readers.selection import chosen_parts, is_violin_name, named_places, order_of, roles_for


def part(place: str, name: str = "", program: int | None = None, low: int = 60, clef: str = "G2") -> RawPart:
    notes = [RawNote(beat, beat + 1, low + beat % 12) for beat in range(24)]
    return RawPart(place, name, notes, [], [], [], program=program, clef=clef)


@pytest.mark.parametrize(
    "name",
    [
        "Violin",
        "Violino I",
        "Violon",
        "VIOLINE 2",
        "Vln. 1",
        "Solo Violin",
        "skrzypce",
        "Fiddle",
        "Violini",
        "Vln1",
        "vlni 2",
        "Vn sec 1",
        "Viol. I",
        "VnII",
        "Violino concertato",
        "Violin Violino II",
    ],
)
def test_names_of_violins(name: str) -> None:
    assert is_violin_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Viola",
        "Violoncello",
        "Violincello",
        "Violone",
        "Piano",
        "Violins and Violas",
        "Cello",
        "",
        "Bass Viol sec",
        "Viol da gamba",
        "Concerto for 2 Violins D minor",
        "Violin Concert II E major",
        "Six Sonatas and Partitas for Solo Violin",
    ],
)
def test_names_of_others(name: str) -> None:
    assert not is_violin_name(name)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Violin I", 1),
        ("Violino II", 2),
        ("1st Violin", 0),
        ("Violino secondo", 2),
        ("Violin", 0),
        ("Vln 4", 4),
    ],
)
def test_the_number_of_a_violin(name: str, number: int) -> None:
    assert order_of(name) == number


def test_a_manifest_names_places_and_roles() -> None:
    assert named_places("8:0|9:1+10:2") == [["8:0"], ["9:1", "10:2"]]
    assert roles_for("solo+acc", 1) == ["solo"]
    assert roles_for("violin1|violin2", 2) == ["violin1", "violin2"]
    assert roles_for("guess-upper", 2) == ["violin1", "violin2"]


def test_one_violin_over_two_tracks_is_merged() -> None:
    found = chosen_parts([part("1:0", low=55), part("2:1", low=76)], "1:0+2:1", "solo")
    assert [(role, len(merged.notes)) for role, merged in found] == [("solo", 48)]
    assert found[0][1].notes == sorted(found[0][1].notes)


def test_a_named_part_that_is_not_there_is_an_error_that_lists_what_is() -> None:
    with pytest.raises(ScoreError, match="no part 3:0; found: 1:0"):
        chosen_parts([part("1:0")], "3:0", "solo")


def test_names_take_precedence_over_programs() -> None:
    parts = [
        part("0", "Flute", program=40),
        part("1", "Violino II"),
        part("2", "Violino I"),
        part("3", "Viola"),
    ]
    assert [(role, found.place) for role, found in chosen_parts(parts)] == [
        ("violin1", "2"),
        ("violin2", "1"),
    ]


@pytest.mark.parametrize("program", [48, 45, 44, 0, 68])
def test_a_named_violin_may_play_any_program(program: int) -> None:
    parts = [part("0:0", "Violino I", program), part("1:1", "Flauto", 73), part("2:2", "solo", 40)]
    assert [found.place for _, found in chosen_parts(parts)] == ["0:0"]


def test_drums_are_never_a_violin() -> None:
    drums = replace(part("0:9", "Violin", 40), percussion=True)
    assert [found.place for _, found in chosen_parts([drums, part("1:0", "Violin", 40)])] == ["1:0"]
    with pytest.raises(ScoreError, match="no notes"):
        chosen_parts([drums])


def test_the_program_decides_where_no_name_does() -> None:
    parts = [part("0", "upper", program=40), part("1", "lower", program=42, low=40)]
    assert [(role, found.place) for role, found in chosen_parts(parts)] == [("solo", "0")]


def test_a_single_unnamed_part_in_range_is_a_solo_and_several_are_none() -> None:
    assert chosen_parts([part("0")])[0][0] == "solo"
    with pytest.raises(ScoreError, match="no violin part among part 0"):
        chosen_parts([part("0", low=40)])
    with pytest.raises(ScoreError, match="no violin part among A, B"):
        chosen_parts([part("0", "A"), part("1", "B")])


def test_notes_out_of_range_are_dropped_and_too_many_refused() -> None:
    notes = [RawNote(beat, beat + 1, 60) for beat in range(40)]
    kept, dropped = within_range(RawPart("0", "", [*notes, RawNote(40, 41, 54)], [], [], []))
    assert (len(kept.notes), dropped) == (40, 1)
    with pytest.raises(ScoreError, match="of 48 notes are out of the violin's range"):
        within_range(RawPart("0", "", [*notes, *(RawNote(50 + b, 51 + b, 50) for b in range(8))], [], [], []))
