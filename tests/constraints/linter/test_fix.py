"""Edits and fixes: edits in their places, safe fixes that keep the music, diffs, backups."""

from __future__ import annotations

from pathlib import Path

import pytest

from constraints.bench.malformed_midi import NOTE, chunk, good_files, header, kinds, one_track
from constraints.linter.check import check_bytes, errors
from constraints.linter.edits import Edit
from constraints.linter.finding import FixKind
from constraints.linter.fix import fix_bytes, write_fixed
from constraints.linter.listing import diff_text, listing
from constraints.linter.rule import Rule
from constraints.linter.safety import sound_of
from constraints.linter.selection import Selection, all_rules
from constraints.linter.subject import Subject
from violin.errors import MidiError, RuleSelectionError
from violin.midi import phrase_bytes, read_phrase
from violin.music import Note, Phrase
from violin.smf import CONTROLLER, NOTE_OFF, NOTE_ON, PROGRAM, TEMPO, Event, parse

END = b"\x00\xff\x2f\x00"


def edit_of(body: bytes) -> tuple[Edit, list[Event]]:
    smf = parse(one_track(body + END))
    return Edit(smf), list(smf.tracks[0].events)


def shape(edit: Edit) -> list[tuple[int, int]]:
    return [(event.tick, event.kind) for event in edit.events() if event.kind < 0xF0]


def test_an_edit_without_changes_is_the_same_music_without_defects() -> None:
    for data in good_files():
        rewritten = Edit(parse(data)).to_bytes()
        assert parse(rewritten).defects == ()
        assert read_phrase(rewritten) == read_phrase(data)
        assert Edit(parse(rewritten)).to_bytes() == rewritten


def test_new_events_find_their_place_at_a_tick() -> None:
    edit, _ = edit_of(NOTE + NOTE)
    edit.add(96, NOTE_ON, b"\x40\x50", channel=0)
    edit.add(96, CONTROLLER, b"\x40\x00", channel=0)
    edit.end_note(Event(0, 0, 0, NOTE_ON, 0, b"\x40\x50"), 0, 120)
    assert shape(edit) == [
        (0, PROGRAM),
        (0, NOTE_ON),
        (96, NOTE_OFF),
        (96, CONTROLLER),
        (96, NOTE_ON),
        (96, NOTE_ON),
        (120, NOTE_OFF),
        (192, NOTE_OFF),
    ]


def test_edits_of_one_event_add_up() -> None:
    edit, events = edit_of(NOTE + NOTE)
    on, off = events[3], events[4]
    edit.replace(on, data=b"\x45\x10")
    edit.move(on, 10)
    edit.replace(on, channel=3)
    edit.move(off, 96)
    edit.remove([events[5], events[6]])
    moved = [event for event in edit.events() if event.kind in (NOTE_ON, NOTE_OFF)]
    assert [(event.tick, event.channel, event.data) for event in moved] == [
        (10, 3, b"\x45\x10"),
        (96, 0, b"\x45\x00"),
    ]
    edit.remove(moved[:1])  # known by its offset, though it was changed
    assert [event.kind for event in edit.events()].count(NOTE_ON) == 0


def test_a_moved_note_off_comes_before_the_note_on_at_its_tick() -> None:
    edit, events = edit_of(b"\x00\x90\x45\x50\x60\x90\x45\x50\x30\x80\x45\x00\x30\x80\x45\x00")
    edit.move(events[5], 96)
    assert [note.duration_ticks for note in read_phrase(edit.to_bytes()).notes] == [96, 96]
    assert [kind for tick, kind in shape(edit) if tick == 96] == [NOTE_OFF, NOTE_ON]


def test_tracks_merge_by_tick() -> None:
    smf = parse(header(1, 2) + chunk(NOTE + NOTE + END) + chunk(b"\x10\xff\x51\x03\x07\xa1\x20" + END))
    edit = Edit(smf)
    edit.merge_tracks()
    assert [event.tick for event in edit.events()] == [0, 16, 96, 96, 192]
    assert [event.kind for event in edit.events()][1] == TEMPO


def test_a_rest_that_no_file_can_represent_is_refused() -> None:
    edit, _ = edit_of(NOTE)
    edit.add(1 << 30, CONTROLLER, b"\x40\x00", channel=0)
    with pytest.raises(MidiError):
        edit.to_bytes()


class Careless(Rule):
    """A rule whose fix is declared safe and is not."""

    code = "S999"
    name = "careless"
    severities = all_rules()[0].severities
    fix_kind = FixKind.SAFE

    def check(self, subject: Subject):  # type: ignore[no-untyped-def]
        from constraints.linter.finding import Spot

        return [Spot("a note") for _ in subject.notes]

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove([subject.notes[0].on])


def test_a_safe_fix_that_changes_the_music_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Careless()
    monkeypatch.setattr(Selection, "rules", lambda self, profile, name="": ((rule, rule.severity(profile)),))
    data = one_track(NOTE + NOTE + END)
    result = fix_bytes(data, name="a.mid")
    assert (result.data, result.applied, result.refused) == (data, {}, ("S999",))


def test_a_fix_that_leaves_as_many_findings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Careless()
    monkeypatch.setattr(Careless, "fix_kind", FixKind.UNSAFE)
    monkeypatch.setattr(Careless, "fix", lambda self, subject, edit: None)
    monkeypatch.setattr(Selection, "rules", lambda self, profile, name="": ((rule, rule.severity(profile)),))
    assert fix_bytes(one_track(NOTE + END), name="a.mid", unsafe=True).refused == ("S999",)


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(RuleSelectionError):
        fix_bytes(one_track(NOTE + END), name="a.mid", selection=Selection(select=("C9",)))


def test_only_selected_rules_are_fixed() -> None:
    data = header(1, 1) + chunk(NOTE + END)
    result = fix_bytes(data, name="a.mid", selection=Selection(select=("C011",)))
    assert list(result.applied) == ["C011"]
    assert [event.kind for event in parse(result.data).tracks[0].events].count(PROGRAM) == 0


def test_unreadable_and_clean_files_stay_byte_for_byte() -> None:
    phrase = Phrase(tuple(Note(bar * 192, 69 + bar % 3, 192) for bar in range(8)), 8)
    clean = fix_bytes(phrase_bytes(phrase), name="a.mid").data
    assert fix_bytes(clean, name="a.mid", unsafe=True).data == clean
    for kind in kinds():
        if kind.code in ("S001", "S003", "S004", "S005", "S006"):
            data = kind.build()
            assert fix_bytes(data, name="a.mid", unsafe=True) == (data, {}, ())


def test_the_official_inputs_keep_only_what_is_unsafe(official_samples: Path) -> None:
    for path in sorted((official_samples / "generator_input").glob("*.mid")):
        data = path.read_bytes()
        safe = fix_bytes(data, name=path.name)
        assert safe.refused == ()
        left = check_bytes(safe.data, name=path.name)
        assert {finding.fix_kind for finding in left} <= {FixKind.UNSAFE, FixKind.NONE}
        assert {finding.code for finding in errors(left)} <= {"C051", "C061", "C091"}
        assert sound_of(parse(data).tracks) == sound_of(parse(safe.data).tracks)
        unsafe = fix_bytes(data, name=path.name, unsafe=True)
        assert {finding.code for finding in errors(check_bytes(unsafe.data, name=path.name))} == {"C091"}


def test_a_diff_shows_events_in_words(official_samples: Path) -> None:
    data = (official_samples / "generator_input" / "phrase_001.mid").read_bytes()
    text = diff_text(data, fix_bytes(data, name="a.mid").data, "a.mid")
    assert "--- a.mid (as it is)" in text
    assert "-format 1, 1 tracks, 480 ticks a beat" in text
    assert "+format 0, 1 tracks, 480 ticks a beat" in text
    assert "-  bar 1 beat 1.0000  channel 2 program 45" in text
    assert diff_text(data, data, "a.mid") == ""


def test_a_listing_has_a_word_for_every_event() -> None:
    body = (
        b"\x00\xa0\x45\x10\x00\xd0\x10\x00\xe0\x00\x40\x00\xf0\x01\xf7\x00\xff\x51\x01\x00\x00\xff\x7f\x01a"
    )
    lines = "\n".join(listing(one_track(body + b"\x00\xff\x59\x02\xfe\x01\x00\xff\x01\x02hi" + NOTE + END)))
    for word in ("key pressure A4 16", "pitch bend 0 64", "system exclusive", "malformed meta 0x51", "'hi'"):
        assert word in lines
    for word in ("meter 4/4", "tempo 500000", "key G minor", "S012: ", "note-on A4 80", "end of track"):
        assert word in lines


def test_the_original_is_kept_under_another_name(tmp_path: Path) -> None:
    path = tmp_path / "a.mid"
    path.write_bytes(b"first")
    assert write_fixed(path, b"second", backup=True) == tmp_path / "a.mid.bak"
    assert write_fixed(path, b"third", backup=True) == tmp_path / "a.mid.bak2"
    assert write_fixed(path, b"fourth") is None
    contents = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert contents == {"a.mid": b"fourth", "a.mid.bak": b"first", "a.mid.bak2": b"second"}
