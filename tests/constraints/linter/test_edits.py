"""What fixes leave in the bytes, where a wrong end would lengthen or cut the music."""

from __future__ import annotations

from constraints.linter.edits import Edit
from constraints.linter.fix import fix_bytes
from constraints.linter.selection import Selection
from violin.midi import pair_notes, phrase_bytes
from violin.music import Note, Phrase
from violin.smf import END_OF_TRACK, parse

HEADER = b"MThd\x00\x00\x00\x06\x00\x01\x00\x02\x01\xe0"


def track(*events: bytes) -> bytes:
    body = b"".join(events)
    return b"MTrk" + len(body).to_bytes(4, "big") + body


def test_merged_tracks_end_with_the_longest() -> None:
    long = track(b"\x00\x90\x45\x50", b"\x60\x80\x45\x00", b"\x8f\x00\xff\x2f\x00")
    short = track(b"\x00\x90\x4a\x50", b"\x60\x80\x4a\x00", b"\x10\xff\x2f\x00")
    for tracks in (long + short, short + long):
        edit = Edit(parse(HEADER + tracks))
        edit.merge_tracks()
        (merged,) = parse(edit.to_bytes()).tracks
        assert merged.events[-1].kind == END_OF_TRACK
        assert merged.events[-1].tick == 0x60 + 0xF * 128


def test_of_notes_struck_together_the_longest_is_kept_at_the_loudest_velocity() -> None:
    strikes = b"\x00\x90\x45\x40", b"\x00\x90\x45\x60"
    ends = b"\x83\x60\x80\x45\x00", b"\x83\x60\x80\x45\x00"
    quarter = track(*strikes, *ends, b"\x00\xff\x2f\x00")
    fixed = fix_bytes(
        HEADER[:11] + b"\x01" + HEADER[12:] + quarter,
        name="a.mid",
        selection=Selection(select=("N005",)),
        unsafe=True,
    )
    assert fixed.applied == {"N005": 1}
    (note,) = pair_notes(parse(fixed.data).tracks).notes
    assert (note.onset_ticks, note.end_ticks, note.velocity) == (0, 960, 0x60)


def test_an_edit_without_changes_keeps_the_length_of_a_last_rest() -> None:
    data = phrase_bytes(Phrase((Note(0, 69, 48),), 8))
    assert parse(Edit(parse(data)).to_bytes()).tracks[0].events[-1].tick == 8 * 192
