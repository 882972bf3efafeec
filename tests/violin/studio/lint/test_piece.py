"""A piece of any length: its findings on the notes, the printed measures of a score, broken files."""

from __future__ import annotations

import pytest

from violin.errors import MidiError, NotationError
from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase
from violin.notation.excerpt import Excerpt
from violin.notation.musicxml import musicxml_bytes
from violin.studio.lint import listing
from violin.studio.lint.piece import Piece

LINE = tuple(Note(48 * beat, 69 + beat % 5, 48) for beat in range(80))
STOP = (57, 59)  # A3 and B3 both need the G string


def with_stops(*ticks: int) -> Phrase:
    """Twenty bars of quarter notes, with the stop in place of the note at some ticks."""
    line = [note for note in LINE if note.onset_ticks not in ticks]
    return Phrase((*line, *(Note(tick, pitch, 48) for tick in ticks for pitch in STOP)), 20, key=Key(2))


def test_a_chord_that_comes_back_is_found_at_each_of_its_places() -> None:
    piece = Piece(phrase_bytes(with_stops(96, 96 + 15 * 192)), "piece.mid")
    found = [place for place in piece.places if place.finding.code == "P001"]
    assert [(place.label, place.finding.beat, place.page) for place in found] == [
        ("1", 3.0, 0),
        ("16", 3.0, 1),
    ]
    for place in found:
        assert place.page is not None
        notes = piece.phrase(place.page).notes
        assert [notes[index].pitch for index in place.notes] == list(STOP)
    assert "both need the G string" in found[0].finding.message


def test_the_bars_of_a_score_have_their_printed_numbers() -> None:
    numbers = ("0", *map(str, range(1, 20)))
    data = musicxml_bytes(with_stops(96 + 192), excerpt=Excerpt(numbers))
    piece = Piece(data, "score.musicxml", "submission")
    assert piece.part == "Violin"
    assert piece.pages[0].excerpt.bar_numbers[:2] == ("0", "1")
    assert "1" in {place.label for place in piece.places if place.finding.code == "P001"}


def test_the_profile_says_how_severe_a_finding_is() -> None:
    data = phrase_bytes(with_stops(96))
    severities = {
        profile: {str(place.finding.severity) for place in Piece(data, "a.mid", profile).places
                  if place.finding.code == "P001"}
        for profile in ("submission", "corpus")
    }  # fmt: skip
    assert severities == {"submission": {"error"}, "corpus": {"warning"}}


def test_a_broken_file_has_findings_and_no_pages() -> None:
    piece = Piece(b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4", "broken.mid")
    assert piece.pages == []
    assert piece.trouble
    assert {place.finding.code[0] for place in piece.places} == {"S"}
    assert all(row["page"] is None for row in listing.rows(piece))


def test_what_cannot_be_read_at_all_is_refused_in_a_line() -> None:
    with pytest.raises(NotationError, match=r"^score\.xml: "):
        Piece(b"<score", "score.xml")
    with pytest.raises((MidiError, NotationError), match="read whole"):
        Piece(phrase_bytes(with_stops()), "a.mid", part="2")


def test_the_list_as_csv_and_json() -> None:
    piece = Piece(phrase_bytes(with_stops(96)), "=1+1.mid")
    lines = listing.csv_bytes(piece).decode("utf-8-sig").splitlines()
    assert lines[0] == "file,bar,beat,code,name,severity,message,pitches"
    [row] = [line for line in lines if "P001" in line]
    assert row.startswith("'=1+1.mid,1,3.0,P001,no-string-for-notes,warning,")  # no formula for a spreadsheet
    assert row.endswith("A3 B3")
    assert len(lines) - 1 == len(piece.places)
    assert b'"pitches": "A3 B3"' in listing.json_bytes(piece)


def test_the_rules_are_counted_and_explained() -> None:
    piece = Piece(phrase_bytes(with_stops(96, 96 + 192)), "a.mid")
    [rule] = [one for one in listing.rules(piece) if one["code"] == "P001"]
    assert (rule["count"], rule["severity"]) == (2, "warning")
    assert rule["why"] == "no violinist can play it, in any position."
