"""The check of a finished answer: the linter's findings, and whether each given note is exactly there.

The linter compares what sounds on a grid of 48 ticks a beat, so answers written by other programs
pass. Our answers must contain the given notes to the tick. Faults of the given bars themselves are
listed separately.
"""

from __future__ import annotations

from dataclasses import dataclass

from constraints.linter.check import check_phrase, check_subject, errors, fault_of, faults_of_the_given
from constraints.linter.finding import Profile
from constraints.linter.subject import Subject
from violin.errors import MidiError
from violin.midi import phrase_of
from violin.music import Note, Phrase, pitch_name
from violin.pair import Pair, Redo
from violin.smf import parse


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """Errors of an answer, one line each: `own` are ours; `inherited` are in the given bars, which an answer
    must repeat. `bars` is the answer's length, None if it cannot be read."""

    own: tuple[str, ...]
    inherited: tuple[str, ...]
    bars: int | None


def check_answer(data: bytes, name: str, given: Pair | None) -> AnswerCheck:
    """Check an answer under the submission profile and against its given pair; it is parsed once."""
    smf = parse(data)
    subject = Subject(smf, name=name, profile=Profile.SUBMISSION, given=given)
    findings = errors(check_subject(subject))
    try:
        phrase = phrase_of(smf, name)
    except MidiError as error:
        return AnswerCheck(tuple(map(str, findings)) or (str(error),), (), None)
    if given is None:
        return AnswerCheck(tuple(map(str, findings)), (), phrase.bars)
    moved = [] if any(finding.code == "C111" for finding in findings) else _moved(phrase, given)
    known = faults_of_the_given(given, phrase.bars) if findings else set()
    own = [finding for finding in findings if fault_of(finding) not in known]
    inherited = [finding for finding in findings if fault_of(finding) in known]
    return AnswerCheck((*map(str, own), *moved), tuple(map(str, inherited)), phrase.bars)


def check_given(data: bytes, name: str, given: Pair | Redo) -> AnswerCheck:
    """`check_answer` or `check_redone`, by what was given."""
    if isinstance(given, Redo):
        return check_redone(data, name, given)
    return check_answer(data, name, given)


def check_redone(data: bytes, name: str, redo: Redo) -> AnswerCheck:
    """Check a phrase of which some bars are newly composed, as `check_answer` checks an answer.

    Every note that begins in a kept bar and every kept note must be there to the tick, no note may sound
    from a new bar into a kept one, and tempo, meter and key must be the same. Faults that the phrase had
    before are inherited.
    """
    smf = parse(data)
    findings = errors(check_subject(Subject(smf, name=name, profile=Profile.SUBMISSION)))
    try:
        phrase = phrase_of(smf, name)
    except MidiError as error:
        return AnswerCheck(tuple(map(str, findings)) or (str(error),), (), None)
    before = errors(check_phrase(redo.phrase, name=name)) if findings else []
    known = {fault_of(finding) for finding in before}
    own = [finding for finding in findings if fault_of(finding) not in known]
    inherited = [finding for finding in findings if fault_of(finding) in known]
    return AnswerCheck((*map(str, own), *_changed(phrase, redo)), tuple(map(str, inherited)), phrase.bars)


def _changed(phrase: Phrase, redo: Redo) -> list[str]:
    """What differs between the kept bars of two phrases, one line for each kind of difference."""
    old = redo.phrase
    facts = (
        ("bars", phrase.bars, old.bars),
        ("meter", phrase.meter, old.meter),
        ("key", phrase.key, old.key),
        ("tempo in µs a beat", phrase.tempo_us_per_beat, old.tempo_us_per_beat),
    )
    lines = [f"{what} {new}; legal: {before}, as before" for what, new, before in facts if new != before]
    if lines:
        return lines
    kept, bar_ticks = set(redo.kept_bars), phrase.bar_ticks
    found = {
        _scaled(note, old.ticks_per_beat) for note in phrase.notes if note.onset_ticks // bar_ticks in kept
    }
    wanted = {
        _scaled(note, phrase.ticks_per_beat)
        for note in old.notes
        if note.onset_ticks // old.bar_ticks in kept
    }
    for onset, pitch, _ in sorted(found ^ wanted)[:1]:
        place = phrase.place(onset // old.ticks_per_beat)
        lines.append(f"{place}: {pitch_name(pitch)} of a kept bar is not exactly as it was")
    written = {_scaled(note, old.ticks_per_beat) for note in phrase.notes}
    for note in redo.kept:
        if _scaled(note, phrase.ticks_per_beat) not in written:
            lines.append(f"{old.place(note.onset_ticks)}: the kept {pitch_name(note.pitch)} is not there")
            break
    for first, last in redo.spans:
        start, end = (first - 1) * bar_ticks, last * bar_ticks
        for note in phrase.notes:
            if start <= note.onset_ticks < end < note.end_ticks:
                place = phrase.place(note.onset_ticks)
                lines.append(f"{place}: {pitch_name(note.pitch)} sounds into a kept bar")
                break
    return lines


def _moved(phrase: Phrase, given: Pair) -> list[str]:
    """Given notes that are not exactly where they were, and notes that were not given."""
    bars = given.bars or phrase.bars
    bar_ticks = phrase.bar_ticks
    sides = (
        ("beginning", given.beginning, 0, given.beginning_bars),
        ("ending", given.ending, bars - given.ending_bars, bars),
    )
    moved = []
    for label, notes, first, last in sides:
        start, end = first * bar_ticks, last * bar_ticks
        found = {
            _scaled(note.shifted(-start), given.ticks_per_beat)
            for note in phrase.notes
            if start <= note.onset_ticks < end
        }
        wanted = {_scaled(note, phrase.ticks_per_beat) for note in notes}
        for onset, pitch, _ in sorted(found ^ wanted)[:1]:
            place = phrase.place(start + onset // given.ticks_per_beat)
            moved.append(f"{place}: {pitch_name(pitch)} of the given {label} is not exactly as it was given")
    return moved


def _scaled(note: Note, factor: int) -> tuple[int, int, int]:
    """Onset, pitch and duration in a unit that both resolutions divide."""
    return note.onset_ticks * factor, note.pitch, note.duration_ticks * factor
