"""What a rule can ask about one file: its events sorted by kind, its notes, its bars.

`Subject` reads the events once; what only some rules need is computed on first use. All times are file ticks
unless a name says otherwise. A broken file gives a subject with fewer values, never an error.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable
from itertools import accumulate, pairwise
from operator import gt, itemgetter, le, sub
from typing import TYPE_CHECKING

from constraints.hand.playability import onset_sets, onset_tolerance_ticks, verdict
from constraints.linter.finding import Profile
from constraints.linter.safety import Setting, Sound, setting_of, sound_of, stream_of, without
from constraints.linter.subject.barlines import Barlines
from constraints.linter.subject.lazy_property import LazyProperty
from constraints.linter.subject.sounding import GridNote, Sounding, runs_of, sounding_sets
from violin.instrument import LOWEST_PITCH, Obstacle, Tier
from violin.midi import PairedNote, bars_within, pair_notes
from violin.music import TICKS_PER_BEAT
from violin.smf import (
    CHANNEL_PRESSURE,
    CONTROLLER,
    END_OF_TRACK,
    KEY,
    METER,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    POLY_PRESSURE,
    PROGRAM,
    SYSEX,
    SYSEX_ESCAPE,
    TEMPO,
    Event,
    SmfFile,
    Track,
)

if TYPE_CHECKING:
    from violin.pair import Pair

_DEFAULT_TICKS_PER_BEAT = 480
DRUM_CHANNEL = 9  # the tenth, counted from 0
_NOTE_KINDS = frozenset((NOTE_ON, NOTE_OFF))

_place = itemgetter(0, 1)  # (onset, pitch) of a note


class Subject:
    """One file as the rules see it.

    `notes` and `stray_offs` are as `violin.midi.pair_notes` pairs them, in order of onset; `onsets`,
    `pitches`, `ends` and `velocities` are the notes' columns. The lists of events by kind are in order
    of tick. `music_end_ticks` is where the last note ends (0 without notes), `end_ticks` that or the end
    of the track, whichever is later. `has_beats` is False where the header gives no ticks a beat: then
    bars mean nothing.
    """

    def __init__(
        self,
        smf: SmfFile,
        *,
        name: str = "",
        profile: Profile = Profile.SUBMISSION,
        given: Pair | None = None,
        lowest_pitch: int | None = None,
    ) -> None:
        self.smf = smf
        self.defects = smf.defects
        self.name = name
        self.profile = profile
        self.given = given
        self.lowest_pitch = LOWEST_PITCH if lowest_pitch is None else lowest_pitch
        self.has_beats = 0 < smf.division < 0x8000
        self.ticks_per_beat = smf.division if self.has_beats else _DEFAULT_TICKS_PER_BEAT
        self.programs: list[Event] = []
        self.controllers: list[Event] = []
        self.bends: list[Event] = []
        self.pressures_and_sysex: list[Event] = []
        self.tempos: list[Event] = []
        self.meters: list[Event] = []
        self.keys: list[Event] = []
        self.end_of_track_ticks = 0
        self._collect()

    def _collect(self) -> None:
        tracks = self.smf.tracks
        kinds: dict[int, list[Event]] = {
            CONTROLLER: self.controllers,
            PROGRAM: self.programs,
            PITCH_BEND: self.bends,
            POLY_PRESSURE: self.pressures_and_sysex,
            CHANNEL_PRESSURE: self.pressures_and_sysex,
            SYSEX: self.pressures_and_sysex,
            SYSEX_ESCAPE: self.pressures_and_sysex,
            TEMPO: self.tempos,
            METER: self.meters,
            KEY: self.keys,
        }
        self.notes, self.stray_offs, others, self.has_hanging_notes = pair_notes(tracks)
        for event in others:
            events = kinds.get(event[3])
            if events is not None:
                events.append(event)
            elif event[3] == END_OF_TRACK and event[0] > self.end_of_track_ticks:
                self.end_of_track_ticks = event[0]
        if len(tracks) > 1:
            for events in kinds.values():
                events.sort(key=itemgetter(0))
        columns = tuple(zip(*self.notes, strict=True)) or ((),) * len(PairedNote._fields)
        self.onsets, self.pitches, self.ends, self.velocities, channels, in_tracks, _, _ = columns
        self.note_channels: set[int] = set(channels)
        self.note_tracks: set[int] = set(in_tracks)
        self.lowest_note = min(self.pitches, default=LOWEST_PITCH)
        self.highest_note = max(self.pitches, default=LOWEST_PITCH)
        self.music_end_ticks: int = max(self.ends, default=0)
        self.end_ticks = max(self.music_end_ticks, self.end_of_track_ticks)

    @LazyProperty
    def onset_sets(self) -> list[tuple[int, tuple[int, ...]]]:
        """(tick, ascending pitches) struck together within 1/96 beat, from the note-ons."""
        return onset_sets(self.note_ons, self.ticks_per_beat)

    @LazyProperty
    def onset_gaps(self) -> list[int]:
        """Ticks from each note's onset to the next note's."""
        return list(map(sub, self.onsets[1:], self.onsets))

    @LazyProperty
    def struck_together(self) -> list[slice]:
        """The runs of notes in which each begins at most 1/96 beat after the last, without runs of one
        note."""
        tolerance = onset_tolerance_ticks(self.ticks_per_beat)
        return runs_of([index for index, gap in enumerate(self.onset_gaps) if gap <= tolerance])

    @LazyProperty
    def chords(self) -> list[tuple[int, tuple[int, ...]]]:
        """The onset sets of two pitches or more."""
        return [
            chord
            for run in self.struck_together
            for chord in onset_sets(map(_place, self.notes[run]), self.ticks_per_beat)
            if len(chord[1]) > 1
        ]

    @LazyProperty
    def hard_chords(self) -> dict[Tier | Obstacle, list[tuple[int, tuple[int, ...]]]]:
        """The chords that are not easy, by tier or by what keeps them from being played."""
        found: dict[Tier | Obstacle, list[tuple[int, tuple[int, ...]]]] = {}
        for chord in self.chords:
            what = verdict(chord[1])
            if what is not Tier.EASY:
                found.setdefault(what, []).append(chord)
        return found

    @LazyProperty
    def note_ons(self) -> list[tuple[int, int]]:
        """(tick, pitch) of every note-on, in order."""
        return list(zip(self.onsets, self.pitches, strict=True))

    @LazyProperty
    def programs_heard(self) -> list[tuple[int, Event | None, int]]:
        """(channel, program change in force or None, tick of its first note) for each that sounds.

        Channel 10 is left out: it plays drums whatever its program. A program change counts from the
        first note-on after it, so one that follows a note-on at the same tick does not cover that note.
        """
        heard: list[tuple[int, Event | None, int]] = []
        for channel in sorted(self.note_channels - {DRUM_CHANNEL}):
            # (tick, offset) is the order of events in one stream: tracks lie one after another.
            notes = [note for note in self.notes if note[4] == channel]
            changes: list[Event | None] = [event for event in self.programs if event.channel == channel]
            first = min(note[6][:2] for note in notes if note[0] == notes[0][0])
            if len(changes) == 1 and changes[0] and changes[0][:2] < first:  # as nearly every file has it
                heard.append((channel, changes[0], first[0]))
                continue
            ons = sorted(note[6][:2] for note in notes)
            starts = [0, *(bisect_left(ons, event[:2]) for event in changes if event), len(ons)]
            for change, (start, end) in zip([None, *changes], pairwise(starts), strict=True):
                if start < end:
                    heard.append((channel, change, ons[start][0]))
        return heard

    @LazyProperty
    def sound(self) -> Sound:
        """What is heard of the file; see `constraints.linter.safety`."""
        return sound_of(self.smf.tracks)

    @LazyProperty
    def pairs_same_when_merged(self) -> bool:
        """Whether note-ons and note-offs pair the same when all tracks are one stream. If not, a note-off of
        one track ends a note of another."""
        if len(self.smf.tracks) < 2 or (len(self.note_tracks) < 2 and not self.stray_offs):
            return True
        merged = pair_notes([self.stream]).notes
        return _ends(self.notes) == _ends(merged)

    @LazyProperty
    def stream(self) -> Track:
        """All tracks as one: by tick, at one tick the earlier track's events first."""
        return stream_of(self.smf.tracks)

    @LazyProperty
    def setting(self) -> Setting:
        """What the notes' channels are set to, and what shapes them."""
        return setting_of(self.stream.events, self.note_channels)

    def sounds_same_without(self, events: Iterable[Event]) -> bool:
        """Whether the file sounds the same when these events are deleted."""
        deleted = {event.offset: event for event in events}
        if any(event[3] in _NOTE_KINDS for event in deleted.values()) or self._ends_notes(deleted):
            return sound_of(without(self.smf.tracks, deleted.values())) == self.sound
        kept = [event for event in self.stream.events if event[1] not in deleted]
        return setting_of(kept, self.note_channels) == self.setting

    def _ends_notes(self, deleted: Container[int]) -> bool:
        """Whether the events at these offsets are the last ones, which end the notes without a note-off."""
        return self.has_hanging_notes and all(offset in deleted for offset in self._last_offsets)

    @LazyProperty
    def _last_offsets(self) -> list[int]:
        """The offsets of the events at the last tick."""
        return [event[1] for event in self.stream.events if event[0] == self.last_tick]

    @property
    def tolerance_ticks(self) -> int:
        """1/48 beat, at least one tick: what rounding and early releases may differ by."""
        return max(1, self.ticks_per_beat // TICKS_PER_BEAT)

    @property
    def last_tick(self) -> int:
        """The tick of the last event of any kind."""
        return max((track.events[-1].tick for track in self.smf.tracks if track.events), default=0)

    @LazyProperty
    def grid_notes(self) -> list[GridNote]:
        """Every note on the grid of 48 ticks a beat: both ends rounded, at least one tick long."""
        return self._on_grid(self.notes)

    def _on_grid(self, notes: Iterable[PairedNote]) -> list[GridNote]:
        # `violin.music.nearest_tick`, written out: it is called for every note of every file.
        half, double, scale = self.ticks_per_beat, 2 * self.ticks_per_beat, 2 * TICKS_PER_BEAT
        result = []
        for note in notes:
            onset = (note[0] * scale + half) // double
            end = (note[2] * scale + half) // double
            result.append((onset, end if end > onset else onset + 1, note[1]))
        return result

    @LazyProperty
    def overlaps(self) -> list[slice]:
        """The runs of notes in which each begins before all up to it have ended, without runs of one note."""
        is_ascending = all(map(le, self.ends, self.ends[1:]))
        latest_ends = self.ends if is_ascending else accumulate(self.ends, max)
        return runs_of([index for index, late in enumerate(map(gt, latest_ends, self.onsets[1:])) if late])

    @LazyProperty
    def sounding_sets(self) -> list[Sounding]:
        """The notes that sound together, two or more, from each change to the next; on the grid."""
        return [sounding for run in self.overlaps for sounding in self._sounding_together(run)]

    def _sounding_together(self, run: slice) -> list[Sounding]:
        """The sounding sets of a run of notes that overlap."""
        if len(set(self.onsets[run])) == len(set(self.ends[run])) == 1:  # struck and left together
            [(tick, until, _)] = self._on_grid(self.notes[run.start : run.start + 1])
            pitches = tuple(sorted(set(self.pitches[run])))
            return [Sounding(tick, until, pitches, False)] if len(pitches) > 1 else []
        return sounding_sets(self._on_grid(self.notes[run]))

    @LazyProperty
    def barlines(self) -> Barlines:
        """Where the file's bars lie."""
        return Barlines(self.meters, self.ticks_per_beat)

    def bar_and_beat(self, tick: int) -> tuple[int, float]:
        """Where a tick is, both from 1: the bar, and the beat in quarter notes."""
        return self.barlines.bar_and_beat(tick)

    @LazyProperty
    def bars(self) -> int:
        """The bars of the phrase: those that hold its notes (an overhang of at most 1/48 beat
        adds no bar), and the silent ones after them where the track ends on a barline."""
        end = self.end_ticks if self.off_barline_ticks == 0 else self.music_end_ticks
        stretch = self.barlines.stretch_at(end - 1)
        return stretch.bar + bars_within(end - stretch.tick, stretch.bar_ticks, self.ticks_per_beat)

    @LazyProperty
    def off_barline_ticks(self) -> int:
        """How far the phrase's end lies from the nearest barline: after it (+) or before it (-)."""
        return self.barlines.ticks_after(self.end_ticks)


def _ends(notes: Iterable[PairedNote]) -> dict[int, int | None]:
    """Offset of each note-on -> that of the note-off that ends it."""
    return {note.on.offset: note.off.offset if note.off else None for note in notes}
