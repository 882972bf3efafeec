"""Safe fixes keep what sounds, by our own reader and by mido's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mido_sound import mido_notes

from constraints.bench.malformed_midi import NOTE, chunk, good_files, header, kinds, one_track
from constraints.bench.mutations import mutations
from constraints.linter.check import check_bytes
from constraints.linter.finding import FixKind, Profile
from constraints.linter.fix import fix_bytes
from constraints.linter.rules.challenge_sound import SetupController
from constraints.linter.safety import Sound, sound_of, without
from constraints.linter.subject import Subject
from violin.midi import NotePairs, pair_notes
from violin.smf import CHANNEL_PRESSURE, CONTROLLER, PITCH_BEND, PROGRAM, SYSEX, Track, parse

CASES = Path(__file__).parents[2] / "cases" / "midi"
END = b"\x00\xff\x2f\x00"


def sound(data: bytes) -> Sound:
    return sound_of(parse(data).tracks)


def assert_kept(data: bytes, name: str = "a.mid", profile: Profile = Profile.SUBMISSION) -> bytes:
    """Make the safe fixes and assert that they kept what sounds; returns the new bytes."""
    result = fix_bytes(data, name=name, profile=profile)
    if not parse(data).is_readable:
        assert result.data == data
        return data
    assert result.refused == ()
    assert sound(data) == sound(result.data)
    heard = mido_notes(data)
    assert heard is None or heard == mido_notes(result.data)
    assert fix_bytes(result.data, name=name, profile=profile).data == result.data
    return result.data


@pytest.mark.parametrize("path", sorted(CASES.glob("*.mid")), ids=lambda path: path.stem)
def test_reported_files_keep_what_sounds(path: Path) -> None:
    assert_kept(path.read_bytes())


@pytest.mark.parametrize("name", ["M08", "M09"])
def test_a_file_with_a_swallowed_track_gets_no_fix(name: str) -> None:
    data = (CASES / f"{name}.mid").read_bytes()
    for unsafe in (False, True):
        assert fix_bytes(data, name="a.mid", unsafe=unsafe) == (data, {}, ())
    assert {finding.fix_kind for finding in check_bytes(data, name="a.mid")} == {FixKind.NONE}


def test_the_wrapper_is_removed_and_the_file_inside_stays() -> None:
    fixed = assert_kept((CASES / "M01.mid").read_bytes())
    assert fixed.startswith(b"MThd")
    assert check_bytes(fixed, name="a.mid") == []


def test_what_is_heard_and_what_is_not() -> None:
    plain = one_track(NOTE + NOTE + END)
    same = (
        one_track(b"\x00\xb0\x07\x64\x00\xff\x51\x03\x07\xa1\x20" + NOTE + NOTE + END),  # volume, tempo again
        one_track(NOTE + NOTE + NOTE[4:] + END),  # a stray note-off
        one_track(b"\x00\xff\x59\x02\x00\x00" + NOTE + NOTE + END),  # C major, as by default
        one_track(b"\x00\xe0\x00\x41\x00\xe0\x00\x40" + NOTE + NOTE + END),  # back in the centre
        one_track(b"\x00\xe0\x00\x41\x00\xb0\x79\x00" + NOTE + NOTE + END),  # back by a reset
        one_track(b"\x00\xd0\x00" + NOTE + NOTE + END),  # a pressure of 0
    )
    other = (
        one_track(b"\x00\xb0\x40\x7f" + NOTE + NOTE + END),  # the pedal
        one_track(b"\x00\xb0\x07\x00" + NOTE + NOTE + END),  # no volume
        one_track(b"\x00\xb0\x00\x40" + NOTE + NOTE + END),  # a bank
        one_track(b"\x00\xb0\x65\x00\x00\xb0\x64\x02\x00\xb0\x06\x41" + NOTE + NOTE + END),  # a tuning
        one_track(b"\x00\xf0\x07\x7f\x7f\x04\x04\x00\x4c\xf7" + NOTE + NOTE + END),  # another
        one_track(b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7" + NOTE + NOTE + END),  # a reset of the program
        one_track(b"\x00\xff\x51\x03\x07\xa1\x21" + NOTE + NOTE + END),
        one_track(b"\x00\xff\x59\x02\x01\x00" + NOTE + NOTE + END),
        one_track(b"\x00\xe0\x00\x41" + NOTE + NOTE + END),
        one_track(NOTE[:4] + b"\x10\xe0\x00\x41" + NOTE[4:] + NOTE + END),  # a bend during a note
        one_track(b"\x00\xd0\x10" + NOTE + NOTE + END),
        one_track(b"\x00\xc0\x28\x00\xc0\x2d" + NOTE + NOTE + END),  # pizzicato
        one_track(NOTE.replace(b"\x50", b"\x51") + NOTE + END),
        one_track(NOTE + END),
        one_track(NOTE + NOTE + NOTE.replace(b"\x90", b"\x91").replace(b"\x80", b"\x81") + END),
    )
    for data in same:
        assert sound(plain) == sound(data)
    for data in other:
        assert sound(plain) != sound(data)


AMBIGUOUS = {
    "a note after the end": one_track(NOTE + END + NOTE + END),
    "a track that the header does not count": header(1, 1) + chunk(NOTE + END) + chunk(NOTE + END),
    "a count that some readers read as negative": header(1, 65_535) + chunk(NOTE + END),
    "running status after a system exclusive": one_track(NOTE[:4] + b"\x00\xf0\x01\xf7\x60\x45\x00" + END),
    "a wrapper with a sound bank": b"RIFF\x00\x00\x00\x00RMIDdata"
    + len(good_files()[0]).to_bytes(4, "little")
    + good_files()[0]
    + b"\x00" * (len(good_files()[0]) % 2)
    + b"LIST\x04\x00\x00\x00DLS ",
}


@pytest.mark.parametrize("what", AMBIGUOUS)
def test_where_readers_differ_no_fix_is_safe(what: str) -> None:
    data = AMBIGUOUS[what]
    assert FixKind.SAFE not in {finding.fix_kind for finding in check_bytes(data, name="a.mid")}
    assert assert_kept(data) == data
    assert fix_bytes(data, name="a.mid", unsafe=True).data != data


def test_tracks_with_notes_merge_where_none_ends_the_others_notes() -> None:
    low, high = NOTE.replace(b"\x45", b"\x40"), NOTE
    apart = header(1, 2) + chunk(low + END) + chunk(b"\x10" + high[1:] + END)
    assert len(parse(assert_kept(apart)).tracks) == 1
    inside = b"\x10" + high[1:4] + b"\x10" + high[5:]
    together = header(1, 2) + chunk(high + END) + chunk(inside + END)
    assert len(parse(assert_kept(together)).tracks) == 2
    mute = b"\x00\xb0\x07\x00" + high[:4] + b"\x5f" + high[5:]  # begins with the other, ends a tick earlier
    together = header(1, 2) + chunk(high + END) + chunk(mute + END)
    assert len(parse(assert_kept(together)).tracks) == 2
    ports = [b"\x00\xff\x21\x01" + bytes((port,)) for port in (0, 1)]
    apart = header(1, 2) + chunk(ports[0] + low + END) + chunk(ports[1] + high + END)
    assert len(parse(assert_kept(apart)).tracks) == 2


def test_a_silent_program_before_a_reset_stays() -> None:
    reset = b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7"
    note = NOTE.replace(b"\x90", b"\x91").replace(b"\x80", b"\x81")
    fixed = assert_kept(header() + chunk(b"\x00\xc0\x28" + reset + note + END))
    assert b"\xc0\x28" in fixed


def test_every_kind_keeps_what_sounds() -> None:
    for kind in kinds():
        data = kind.build()
        if len(data) < 20_000:
            assert_kept(data, kind.name)


_PIECES = st.sampled_from(
    [
        NOTE,
        NOTE.replace(b"\x90", b"\x91").replace(b"\x80", b"\x81"),  # the same on another channel
        NOTE.replace(b"\x90", b"\x99").replace(b"\x80", b"\x89"),  # on the drums
        NOTE.replace(b"\x45", b"\x20"),  # below the violin
        NOTE.replace(b"\x45", b"\x6e"),  # above it
        NOTE[:4] + b"\x5f" + NOTE[5:],  # a tick too short
        NOTE[:4] + NOTE[:4] + NOTE[4:] + NOTE[4:],  # a note begins at the onset of another
        NOTE[:4] + b"\x10" + NOTE[1:4] + NOTE[4:] + NOTE[4:],  # or while it sounds
        NOTE[:4],  # a note that is never ended
        NOTE[4:],  # a note-off alone
        NOTE[:4] + b"\x00" + NOTE[5:],  # no length
        b"\x05" + NOTE[1:],  # off the grid
        b"\x00\xc0\x28",
        b"\x00\xc0\x2d",
        b"\x00\xc1\x28",
        b"\x00\xc5\x00",
        b"\x00\xb0\x07\x64",
        b"\x00\xb0\x07\x00",
        b"\x00\xb0\x0a\x40",
        b"\x00\xb0\x00\x40",
        b"\x00\xb0\x20\x01",
        b"\x00\xb1\x00\x05",
        b"\x00\xb0\x40\x7f",
        b"\x00\xb0\x79\x00",
        b"\x00\xb0\x7b\x00",
        b"\x00\xb0\x65\x00\x00\xb0\x64\x02\x00\xb0\x06\x41",
        b"\x00\xe0\x00\x40",
        b"\x00\xe0\x00\x41",
        b"\x00\xd0\x40",
        b"\x00\xa0\x45\x40",
        b"\x00\xf0\x07\x7f\x7f\x04\x04\x00\x4c\xf7",
        b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7",
        b"\x00\xff\x51\x03\x07\xa1\x20",
        b"\x00\xff\x51\x03\x06\x00\x00",
        b"\x00\xff\x51\x02\x06\x00",
        b"\x00\xff\x58\x04\x04\x02\x18\x08",
        b"\x00\xff\x58\x04\x03\x02\x18\x08",
        b"\x00\xff\x59\x02\x00\x00",
        b"\x00\xff\x59\x02\x02\x00",
        b"\x00\xff\x00\x00",
        b"\x00\xff\x21\x01\x01",
        b"\x00\xff\x01\x04MTrk",
        END,
    ]
)


@st.composite
def faulty_files(draw: st.DrawFn) -> bytes:
    """Files with faults of every rule: several tracks, odd counts, tails, other chunks, wrappers."""
    tracks = draw(st.lists(st.lists(_PIECES, max_size=8), min_size=1, max_size=3))
    chunks = []
    for pieces in tracks:
        body = b""
        for piece in pieces:  # a lone b"\x05" is the next piece's delta time
            body = (
                body[:-1] + b"\x05" + piece[1:]
                if body[-1:] == b"\x05" and piece[:1] == b"\x00"
                else body + piece
            )
        body += draw(st.sampled_from([END, END, END, b"", END + b"\x00\x00", END + END]))
        claimed = len(body) + draw(st.sampled_from([0, 0, 0, 0, 0, 2, 4, 9, -1]))
        chunks.append(chunk(body, claimed=max(claimed, 0)))
        if draw(st.integers(0, 9)) == 0:
            chunks.append(chunk(b"abc", draw(st.sampled_from([b"XFIH", b"MTrx"]))))
    count = draw(st.sampled_from([len(tracks)] * 4 + [0, 1, 2, 3, 65_535]))
    data = header(draw(st.sampled_from([0, 1, 1, 2])), count, draw(st.sampled_from([96, 480]))) + b"".join(
        chunks
    )
    data += draw(st.sampled_from([b"", b"", b"", b"\x00" * 7, b"MTrk", chunk(NOTE + END)]))
    if draw(st.integers(0, 9)) == 0:
        data = b"RIFF\x00\x00\x00\x00RMIDdata" + len(data).to_bytes(4, "little") + data
    return data


def test_controllers_that_are_silent_one_by_one_stay_if_they_are_heard_together() -> None:
    """A General MIDI reset has no effect only if nothing precedes it."""
    controllers = b"\x00\xb0\x79\x00\x00\xb0\x7b\x00"
    gm_on = b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7"
    data = header(0, 1, 96) + chunk(controllers + gm_on + NOTE + END)
    assert controllers in assert_kept(data)


@pytest.mark.parametrize("controller", [7, 0])  # a volume that changes nothing, a bank select that is heard
def test_setup_controllers_are_judged_without_pairing_the_notes_again(
    monkeypatch: pytest.MonkeyPatch, controller: int
) -> None:
    """Pairing takes most of the time of large files, and there may be a dozen setup controllers."""
    controllers = b"".join(bytes((0, 0xB0, number, 64)) for number in (controller, 10, 91, 93))
    subject = Subject(parse(one_track(controllers + NOTE + NOTE + END)))
    pairings = []

    def counted_pair_notes(tracks: Sequence[Track]) -> NotePairs:
        pairings.append(tracks)
        return pair_notes(tracks)

    monkeypatch.setattr("constraints.linter.safety.pair_notes", counted_pair_notes)
    spots = list(SetupController().check(subject))
    assert {spot.fix_kind for spot in spots} == (
        {FixKind.SAFE} if controller == 7 else {FixKind.SAFE, FixKind.UNSAFE}
    )
    assert pairings == []


@given(faulty_files(), st.data())
@settings(max_examples=200)
def test_sounds_same_without_agrees_with_the_whole_sound(data: bytes, drawn: st.DataObject) -> None:
    subject = Subject(parse(data))
    events = [event for track in subject.smf.tracks for event in track.events]
    kinds = drawn.draw(
        st.sampled_from([{CONTROLLER}, {PROGRAM, PITCH_BEND}, {SYSEX, CHANNEL_PRESSURE}, None])
    )
    chosen = [
        event for event in events if (kinds is None or event.kind in kinds) and drawn.draw(st.booleans())
    ]
    is_same = sound_of(without(subject.smf.tracks, chosen)) == sound_of(subject.smf.tracks)
    assert subject.sounds_same_without(chosen) == is_same


@given(faulty_files())
@settings(max_examples=400)
def test_safe_fixes_of_files_with_any_fault_keep_what_sounds(data: bytes) -> None:
    assert_kept(data)


@given(st.integers(0, 100_000), st.booleans())
@example(2144, False)  # a note-off written as a note-on, before controllers
@settings(max_examples=100)
def test_mutated_files_keep_what_sounds(seed: int, unsafe: bool) -> None:
    for data in mutations(2, seed):
        if unsafe:
            result = fix_bytes(data, name="a.mid", unsafe=True)
            assert fix_bytes(result.data, name="a.mid", unsafe=True).data == result.data
        else:
            assert_kept(data)


def test_files_of_the_corpus_keep_what_sounds(corpus_dir: Path) -> None:
    midi = (path for path in corpus_dir.rglob("*") if path.suffix.lower() in (".mid", ".midi"))
    paths = sorted(path for path in midi if path.stat().st_size < 40_000)  # larger ones take seconds each
    if not paths:
        pytest.skip("no MIDI file in the corpus")
    for path in Random(1).sample(paths, min(25, len(paths))):
        assert_kept(path.read_bytes(), path.name)
