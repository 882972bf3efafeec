"""S0xx: the bytes of the file, as `violin.smf` reads them.

The reader finds these defects on its way and names each by the code of its rule, so a rule here
hands its defects on and documents them. Any rewrite of the file (`constraints.linter.fix`) repairs
the safe ones; there is nothing for those fixes to edit.
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
    """The check of all structure rules: the reader's defects of the rule's own code."""

    evidence = "defects"

    code: ClassVar[str]

    def check(self, subject: Subject) -> Iterator[Spot]:
        for defect in subject.smf.defects:
            if defect.code == self.code:
                yield Spot(defect.message, byte_offset=defect.offset, byte_length=defect.length)


class NotMidi(_FoundByReader, Rule):
    """The bytes are not a MIDI file.

    Why: nothing of it can be played or checked; often it is another kind of file by the
    wrong name.

    Example: a MusicXML text, a zip archive or an empty download called `001.mid`.

    Fix: none; export the music as a Standard MIDI File.
    """

    code = "S001"
    name = "not-midi"
    severities = ERROR, ERROR, ERROR


class RiffWrapped(_FoundByReader, Rule):
    """A MIDI file lies inside a RIFF (RMID) wrapper.

    Why: most programs refuse the wrapper, and the challenge asks for plain MIDI.

    Example: files that were saved by an old Windows sequencer.

    Fix: --fix writes the MIDI file without its wrapper.
    """

    code = "S002"
    name = "riff-wrapped"
    severities = WARNING, WARNING, WARNING
    fix_kind = FixKind.SAFE


class TruncatedOrBadLength(_FoundByReader, Rule):
    """A chunk or an event claims more bytes, or fewer, than are there.

    Why: what is missing is music, and no reader knows what it was.

    Example: a download that broke off; a track length that was written before the last edit.

    Fix: none; the missing bytes are not in the file.
    """

    code = "S003"
    name = "truncated-or-bad-length"
    severities = ERROR, ERROR, ERROR


class BadEvent(_FoundByReader, Rule):
    """Bytes in a track are no legal event.

    That is a data byte above 127, an undefined status byte, a delta time or length of more than
    four bytes, or a message without a status byte that none before it supplies.

    Why: readers part ways here: each loses or invents other notes.

    Example: a pitch of 200, written by a program that never checked it.

    Fix: none; what the bytes should have been cannot be known.
    """

    code = "S004"
    name = "bad-event"
    severities = ERROR, ERROR, ERROR


class ResourceLimit(_FoundByReader, Rule):
    """The file is larger than the reader's limits.

    The limits are bytes, events, tracks, ticks, bars and the number of defects, each of them
    far beyond a phrase; the part beyond a limit is not read.

    Why: a file of forty bytes can claim two years of silence; programs that believe it
    stand still.

    Example: a delta time of 268,435,455 ticks, or 65,535 tracks.

    Fix: none; cut the file to the phrase that is meant.
    """

    code = "S005"
    name = "resource-limit"
    severities = ERROR, ERROR, ERROR


class NoBeats(_FoundByReader, Rule):
    """The header gives no ticks a beat: the division is 0 or SMPTE frames.

    Why: without beats there are no bars, and readers divide by zero or take frames for beats.

    Example: a film cue exported at 25 frames a second.

    Fix: none; export the music with ticks a quarter note.
    """

    code = "S006"
    name = "smpte-or-zero-division"
    severities = ERROR, ERROR, ERROR


class MissingEndOfTrack(_FoundByReader, Rule):
    """A track has no end-of-track event.

    Why: the standard demands it, and the length of a last rest hangs on it.

    Example: files joined by hand, or written by a script that stops after the last note.

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

    Fix: --fix drops what no conforming reader sees.
    """

    code = "S008"
    name = "data-after-end"
    severities = WARNING, WARNING, WARNING
    fix_kind = FixKind.SAFE


class UnknownChunk(_FoundByReader, Rule):
    """The file holds a chunk that is neither header nor track.

    Why: the standard says skip it, but widely used readers refuse the whole file.

    Example: a sequencer's own chunk of settings, or Yamaha's `XFIH`.

    Fix: --fix leaves the chunk out.
    """

    code = "S009"
    name = "unknown-chunk"
    severities = WARNING, WARNING, WARNING
    fix_kind = FixKind.SAFE


class RunningStatusAcrossMeta(_FoundByReader, Rule):
    """A message has no status byte although a meta or system event came before it.

    Why: such an event cancels running status; most readers carry on, a strict one stops.

    Example: a tempo event between two notes that share one status byte.

    Fix: --fix writes every status byte.
    """

    code = "S010"
    name = "running-status-across-meta"
    severities = INFO, INFO, INFO
    fix_kind = FixKind.SAFE


class TrackCountMismatch(_FoundByReader, Rule):
    """The header claims another number of tracks than the file holds.

    Why: some readers believe the header and return no track at all, without an error.

    Example: a header of 65,535 tracks before a single one.

    Fix: --fix writes the true number.
    """

    code = "S011"
    name = "track-count-mismatch"
    severities = WARNING, WARNING, WARNING
    fix_kind = FixKind.SAFE


class MalformedMeta(_FoundByReader, Rule):
    """A meta event has an illegal length or value.

    Why: a tempo of zero, a key of nine sharps or a meter over 2^200 stops some programs,
    and the others each assume a different value.

    Example: a tempo event of two bytes instead of three.

    Fix: --unsafe-fixes deletes the event, so that the default holds: what was meant is lost.
    """

    code = "S012"
    name = "malformed-meta"
    severities = ERROR, ERROR, WARNING
    fix_kind = FixKind.UNSAFE

    def fix(self, subject: Subject, edit: Edit) -> None:
        edit.remove([event for event in edit.events() if event.kind & MALFORMED])
