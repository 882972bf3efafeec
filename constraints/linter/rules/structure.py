"""S0xx: the bytes of the file, as `violin.smf` reads them.

The reader finds these defects and names each by the code of its rule. A rule here passes on the
defects of its code and documents them. Writing the file again (`constraints.linter.edits`) repairs most
of them, so their fixes have nothing to edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from constraints.linter.finding import ERROR, INFO, WARNING, FixKind, Spot
from constraints.linter.rule import Rule
from violin.smf import MALFORMED

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import Subject


class _FoundByReader:
    """The check of all structure rules: the reader's defects with the rule's code."""

    evidence = "defects"

    code: ClassVar[str]

    def check(self, subject: Subject) -> Iterator[Spot]:
        for defect in subject.smf.defects:
            if defect.code == self.code:
                yield Spot(defect.message, byte_offset=defect.offset, byte_length=defect.length)


class NotMidi(_FoundByReader, Rule):
    """The bytes are not a MIDI file.

    Why: nothing in it can be played or checked. Often it is another kind of file with a wrong name.

    Example: a MusicXML text, a zip archive, a MIDI 2.0 clip or an empty download called `001.mid`.

    Fix: none. Export the music as a Standard MIDI File.
    """

    code = "S001"
    name = "not-midi"
    severities = ERROR, ERROR, ERROR


class RiffWrapped(_FoundByReader, Rule):
    """A MIDI file lies inside a RIFF (RMID) wrapper.

    Why: most programs refuse the wrapper, and the challenge asks for plain MIDI.

    Example: a file that was saved by an old Windows sequencer.

    Fix: --fix writes the MIDI file without its wrapper. That is unsafe where the wrapper also holds a
    sound bank (DLS), which replaces the sounds of General MIDI.
    """

    code = "S002"
    name = "riff-wrapped"
    severities = WARNING, WARNING, WARNING
    fix_kind = FixKind.SAFE


class TruncatedOrBadLength(_FoundByReader, Rule):
    """A chunk or an event claims more or fewer bytes than it has, so music is missing.

    A track is also missing if the header claims more tracks than were read and the bytes show one
    that was not: `MTrk` inside another chunk or in a tail, or a chunk of another name that ends as a
    track does.

    Why: no reader knows what the missing music was.

    Example: a download that broke off; a track length that is four bytes too long, so that the track
    swallows the beginning of the next one.

    Fix: none. Export the file again.
    """

    code = "S003"
    name = "truncated-or-bad-length"
    severities = ERROR, ERROR, ERROR


class BadEvent(_FoundByReader, Rule):
    """Bytes in a track are not a legal event.

    That is a data byte above 127, an undefined status byte, a delta time or length of more than
    four bytes, or a message without a status byte where no running status is in force.

    Why: each reader loses or invents different notes here.

    Example: a pitch of 200, written by a program that does not check its numbers.

    Fix: none. What the bytes should have been cannot be known.
    """

    code = "S004"
    name = "bad-event"
    severities = ERROR, ERROR, ERROR


class ResourceLimit(_FoundByReader, Rule):
    """The file is larger than the reader's limits.

    There are limits for bytes, events, tracks, ticks, bars and defects, each far above what a phrase
    needs. What lies beyond a limit is not read.

    Why: a file of forty bytes can claim two years of silence, and programs that allocate memory for it
    stop.

    Example: a delta time of 268,435,455 ticks, or 1,000 tracks.

    Fix: none. Cut the file to the phrase that is meant.
    """

    code = "S005"
    name = "resource-limit"
    severities = ERROR, ERROR, ERROR


class NoBeats(_FoundByReader, Rule):
    """The header gives no ticks a beat: the division is 0 or SMPTE frames.

    Why: without beats there are no bars, and readers divide by zero or take frames for beats.

    Example: a film cue exported at 25 frames a second.

    Fix: none. Export the music with ticks a quarter note.
    """

    code = "S006"
    name = "smpte-or-zero-division"
    severities = ERROR, ERROR, ERROR


class MissingEndOfTrack(_FoundByReader, Rule):
    """A track has no end-of-track event.

    Why: the standard demands it, and only it shows how long a last rest is.

    Example: a file written by a script that stops after the last note.

    Fix: --fix ends the track with its last event.
    """

    code = "S007"
    name = "missing-end-of-track"
    severities = ERROR, WARNING, WARNING
    fix_kind = FixKind.SAFE


class DataAfterEnd(_FoundByReader, Rule):
    """Bytes follow the end of a track or of the last chunk.

    Why: some readers play events after the end of track and others do not.

    Example: padding by a transfer protocol; a second end of track.

    Fix: --fix drops the bytes. That is unsafe inside a track, unless they are further ends of track:
    some readers find notes in them.
    """

    code = "S008"
    name = "data-after-end"
    severities = WARNING, WARNING, WARNING
    fix_kind = FixKind.SAFE


class UnknownChunk(_FoundByReader, Rule):
    """The file holds a chunk that is neither header nor track.

    Why: the standard says that readers skip it, but widely used ones refuse the whole file.

    Example: a sequencer's own chunk of settings, or Yamaha's `XFIH`.

    Fix: --fix leaves the chunk out.
    """

    code = "S009"
    name = "unknown-chunk"
    severities = WARNING, WARNING, WARNING
    fix_kind = FixKind.SAFE


class RunningStatusAcrossMeta(_FoundByReader, Rule):
    """A message has no status byte although a meta or system event came before it.

    Why: such an event cancels running status. Most readers continue with the old status; a strict one stops.

    Example: a tempo event between two notes that share one status byte.

    Fix: --fix writes every status byte. That is unsafe after a system exclusive message: some readers
    take the bytes for a different message.
    """

    code = "S010"
    name = "running-status-across-meta"
    severities = INFO, INFO, INFO
    fix_kind = FixKind.SAFE


class TrackCountMismatch(_FoundByReader, Rule):
    """The header claims another number of tracks than the file holds.

    Why: some readers trust the header: they skip further tracks, refuse the file, or return no track at
    all without an error.

    Example: a header of 65,535 tracks before a single one.

    Fix: --fix writes the true number. That is unsafe where such readers would then find other notes.
    """

    code = "S011"
    name = "track-count-mismatch"
    severities = WARNING, WARNING, WARNING
    fix_kind = FixKind.SAFE


class MalformedMeta(_FoundByReader, Rule):
    """A meta event has an illegal length or value.

    Why: a tempo of zero, a key of nine sharps or a meter over 2^200 stops some programs,
    and the others each assume a different value.

    Example: a tempo event of two bytes instead of three; a sequence number without its two bytes.

    Fix: --unsafe-fixes deletes the event, so the default applies. What was meant is lost.
    """

    code = "S012"
    name = "malformed-meta"
    severities = ERROR, ERROR, WARNING
    fix_kind = FixKind.UNSAFE

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove([event for event in edit.events() if event.kind & MALFORMED])
