"""Item 11 of the challenge: beginning and ending the same as given. Checked only with `--given`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from constraints.linter.finding import ERROR, OFF, WARNING, FixKind, Spot
from constraints.linter.rule import Rule
from constraints.linter.rules.challenge_tempo import DEFAULT_TEMPO
from violin.midi import key_of, meter_of
from violin.music import TICKS_PER_BEAT, Key, Meter, Note, nearest_tick, pitch_name
from violin.smf import KEY, NOTE_OFF, NOTE_ON, TEMPO

if TYPE_CHECKING:
    from constraints.linter.edits import Edit
    from constraints.linter.subject import GridNote, Subject
    from violin.pair import Pair


class GivenPart(NamedTuple):
    """One side of a pair at its place in the answer: grid ticks, end exclusive."""

    label: str
    start: int
    end: int
    notes: list[GridNote]


def given_parts(subject: Subject, pair: Pair) -> list[GivenPart]:
    """Beginning and ending on the answer's own grid; the ending ends with the answer's last bar,
    or with the bar that the pair's gap gives."""
    bar = pair.meter.bar_ticks()
    bars = pair.bars or max(subject.bars, pair.given_bars)
    parts = []
    if pair.beginning_bars:
        parts.append(GivenPart("beginning", 0, pair.beginning_bars * bar, _on_grid(pair, pair.beginning, 0)))
    if pair.ending_bars:
        start = (bars - pair.ending_bars) * bar
        parts.append(GivenPart("ending", start, bars * bar, _on_grid(pair, pair.ending, start)))
    return parts


def _on_grid(pair: Pair, notes: Iterable[Note], shift: int) -> list[GridNote]:
    result = []
    for note in notes:
        onset = nearest_tick(note.onset_ticks, pair.ticks_per_beat)
        end = nearest_tick(note.end_ticks, pair.ticks_per_beat)
        result.append((onset + shift, max(end, onset + 1) + shift, note.pitch))
    return result


def _sounding(notes: Iterable[GridNote], part: GivenPart) -> dict[int, list[tuple[int, int]]]:
    """Pitch -> the stretches within a part in which it sounds, touching ones joined."""
    result: dict[int, list[tuple[int, int]]] = {}
    inside = sorted(note for note in notes if note[0] < part.end and note[1] > part.start)
    for pitch, same in groupby(sorted(inside, key=itemgetter(2, 0)), key=itemgetter(2)):
        stretches: list[tuple[int, int]] = []
        for onset, end, _ in same:
            onset, end = max(onset, part.start), min(end, part.end)
            if stretches and onset <= stretches[-1][1]:
                stretches[-1] = stretches[-1][0], max(stretches[-1][1], end)
            else:
                stretches.append((onset, end))
        result[pitch] = stretches
    return result


def _first_difference(part: GivenPart, notes: list[GridNote]) -> tuple[int, int, bool] | None:
    """(grid tick, pitch, whether the given part sounds it) where the sound first differs, or None."""
    wanted, found = _sounding(part.notes, part), _sounding(notes, part)
    if wanted == found:
        return None
    edges = []
    for pitch in wanted.keys() | found.keys():
        ours, theirs = set(found.get(pitch, [])), set(wanted.get(pitch, []))
        if ours != theirs:
            marks = sorted({tick for stretch in ours ^ theirs for tick in stretch})
            for tick in marks:
                in_given = any(start <= tick < end for start, end in theirs)
                if in_given != any(start <= tick < end for start, end in ours):
                    edges.append((tick, pitch, in_given))
                    break
    return min(edges, default=None)


def _onsets(notes: Iterable[GridNote], part: GivenPart) -> set[tuple[int, int]]:
    return {(onset, pitch) for onset, _, pitch in notes if part.start <= onset < part.end}


def _restore(subject: Subject, edit: Edit, pair: Pair) -> None:
    """Put the given notes back: delete notes that begin in a given bar, and cut those that sound into one."""
    division = subject.ticks_per_beat
    channel = min(subject.note_channels, default=0)
    velocity = subject.notes[0].velocity if subject.notes else pair.velocity

    def to_ticks(grid_or_pair_ticks: int, per_beat: int) -> int:
        return nearest_tick(grid_or_pair_ticks, per_beat, division)

    for part in given_parts(subject, pair):
        start, end = to_ticks(part.start, TICKS_PER_BEAT), to_ticks(part.end, TICKS_PER_BEAT)
        for note in subject.notes:
            events = [event for event in (note.on, note.off) if event is not None]
            if start <= note.onset_ticks < end:
                edit.remove(events)
            elif note.onset_ticks < start < note.end_ticks and note.off is not None:
                edit.remove([note.off])
                edit.add(start, NOTE_OFF, bytes((note.pitch, 0)), channel=note.channel, track=note.track)
        given = pair.beginning if part.label == "beginning" else pair.ending
        for put in given:
            onset = start + to_ticks(put.onset_ticks, pair.ticks_per_beat)
            until = start + to_ticks(put.end_ticks, pair.ticks_per_beat)
            edit.add(onset, NOTE_ON, bytes((put.pitch, velocity)), channel=channel)
            edit.add(max(until, onset + 1), NOTE_OFF, bytes((put.pitch, 0)), channel=channel)


class GivenBarChanged(Rule):
    """A given bar does not sound as it was given.

    Why: item 11 says that beginning and ending come back the same. What sounds is compared on a grid
    of 48 ticks a beat, so a note released a tick early does not count as a difference.

    Example: a generator that writes its own version of the last bar, or holds a note of the middle
    into it.

    Fix: --unsafe-fixes puts the given notes back.
    """

    code = "C111"
    name = "given-bar-changed"
    severities = ERROR, OFF, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "given"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.given is None:
            return
        for part in given_parts(subject, subject.given):
            difference = _first_difference(part, subject.grid_notes)
            if difference:
                tick, pitch, in_given = difference
                found = f"{pitch_name(pitch)} is {'missing' if in_given else 'added'}"
                file_tick = tick * subject.ticks_per_beat // TICKS_PER_BEAT
                yield Spot(
                    f"{found} in the given {part.label}; legal: the bars as they were given", file_tick
                )

    def fix(self, subject: Subject, edit: Edit) -> None:
        if subject.given is not None:
            _restore(subject, edit, subject.given)


class GivenBarOnsetTied(Rule):
    """A given bar sounds the same, but a note is not struck where it was, or is struck once more.

    Why: item 11 says that the given bars come back the same. A repeated note that is tied to the one
    before it is another rhythm.

    Example: the organisers' own answer to their third sample: a piano roll without onsets ties
    the last bar's first note to the same note before it.

    Fix: --unsafe-fixes puts the given notes back.
    """

    code = "C112"
    name = "given-bar-onset-tied"
    severities = WARNING, OFF, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "given"

    def check(self, subject: Subject) -> Iterator[Spot]:
        if subject.given is None:
            return
        for part in given_parts(subject, subject.given):
            if _first_difference(part, subject.grid_notes):
                continue
            wanted, found = _onsets(part.notes, part), _onsets(subject.grid_notes, part)
            for tick, pitch in sorted(wanted ^ found):
                what = "is tied and not struck" if (tick, pitch) in wanted else "is struck once more"
                file_tick = tick * subject.ticks_per_beat // TICKS_PER_BEAT
                message = f"{pitch_name(pitch)} {what} in the given {part.label}"
                yield Spot(f"{message}; legal: the onsets as they were given", file_tick)

    def fix(self, subject: Subject, edit: Edit) -> None:
        if subject.given is not None:
            _restore(subject, edit, subject.given)


class GivenSignatureChanged(Rule):
    """Tempo, time signature or key signature differ from the given ones.

    Why: the given key signature, tempo and time signature come back the same, "even where
    they are the default value".

    Example: a generator that leaves out the key because its MIDI library has no keys.

    Fix: --unsafe-fixes writes tempo and key as given. There is no fix for the meter: the music would
    need other barlines.
    """

    code = "C113"
    name = "given-signature-changed"
    severities = ERROR, OFF, OFF
    fix_kind = FixKind.UNSAFE
    evidence = "given"

    def check(self, subject: Subject) -> Iterator[Spot]:
        pair = subject.given
        if pair is None:
            return
        tempo = subject.tempos[0] if subject.tempos else None
        tempo_us = int.from_bytes(tempo.data if tempo else DEFAULT_TEMPO, "big")
        if tempo_us != pair.tempo_us_per_beat:
            found = f"tempo {60e6 / tempo_us:.4g}; legal: the given {60e6 / pair.tempo_us_per_beat:.4g}"
            yield Spot(found, 0, tempo)
        meter = subject.meters[0] if subject.meters else None
        if (meter_of(meter) if meter else Meter()) != pair.meter:
            yield Spot(
                f"meter {meter_of(meter) if meter else Meter()}; legal: the given {pair.meter}",
                0,
                meter,
                fix_kind=FixKind.NONE,
            )
        key = subject.keys[0] if subject.keys else None
        if (key_of(key) if key else Key()) != (pair.key or Key()):
            yield Spot(f"key {key_of(key) if key else Key()}; legal: the given {pair.key or Key()}", 0, key)
        elif key is None and pair.key is not None:
            yield Spot(f"no key signature; legal: the given {pair.key}, written out", 0, severity=WARNING)

    def fix(self, subject: Subject, edit: Edit) -> None:
        pair = subject.given
        if pair is not None:
            edit.remove([*subject.tempos, *subject.keys])
            edit.add(0, TEMPO, pair.tempo_us_per_beat.to_bytes(3, "big"))
            if pair.key is not None:
                edit.add(0, KEY, bytes((pair.key.fifths % 256, pair.key.minor)))
