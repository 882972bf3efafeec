"""Composes the candidates of one part of the assignments, each once, even across interruptions.

A candidate is logged as soon as it is composed, and logged candidates are not composed again. After
a kill, only the unfinished phrases are lost. An answer depends only on its own request, so a
smaller batch of the missing ones gives the same answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.generation.engine import Engine
from models.generation.request import Answer
from submission.assignments import Assignment
from submission.jobs.job import UNFORESEEN
from submission.jobs.record_log import Record, RecordLog, RecordWriter
from violin.music import Key, Meter, Note, Phrase

Place = tuple[str, int]  # the name of an assignment, the number of a candidate


@dataclass(frozen=True, slots=True)
class Candidate:
    """A whole answer to an assignment and, if its middle was composed without the given bars, the
    reason."""

    answer: Answer
    fallback: str | None = None

    def of(self, assignment: Assignment) -> Assignment:
        """The assignment with a remark on the fallback, if there was one."""
        return assignment if self.fallback is None else assignment.with_fallback(self.fallback)


def candidates_of(
    engine: Engine, part: Sequence[Assignment], seed: int, count: int, log: RecordLog
) -> list[list[Candidate]]:
    """`count` candidates of each assignment, in order."""
    found: dict[Place, Candidate] = {}
    for record in log.read():
        found[record["name"], record["candidate"]] = _unpacked(record)
    wanted = [(each, number) for each in part for number in range(count)]
    with log.writer() as writer:
        _Drafting(engine, seed, found, writer).complete(wanted)
    return [[found[each.name, number] for number in range(count)] for each in part]


@dataclass(frozen=True, slots=True)
class _Drafting:
    engine: Engine
    seed: int
    found: dict[Place, Candidate]
    writer: RecordWriter

    def complete(self, wanted: Sequence[tuple[Assignment, int]], fallback: str | None = None) -> None:
        """Compose the missing candidates. A failing batch is halved until the failing request is
        found; its middle is then composed without the given bars. If that fails too, the error is
        raised."""
        missing = [each for each in wanted if (each[0].name, each[1]) not in self.found]
        if not missing:
            return

        def finished(index: int, answer: Answer) -> None:
            assignment, number = missing[index]
            if (assignment.name, number) not in self.found:
                candidate = Candidate(assignment.fitted(answer), fallback)
                self.found[assignment.name, number] = candidate
                self.writer.add(_packed(assignment.name, number, candidate))

        try:
            requests = [each.request(self.seed, number) for each, number in missing]
            for index, answer in enumerate(self.engine.answer(requests, finished)):
                finished(index, answer)  # for an engine that does not call `on_done`
        except UNFORESEEN as error:
            if len(missing) > 1:
                half = len(missing) // 2
                self.complete(missing[:half])
                self.complete(missing[half:])
                return
            assignment, number = missing[0]
            if assignment.is_fallback:
                raise
            self.complete([(assignment.with_fallback(str(error)), number)], str(error))


def _packed(name: str, number: int, candidate: Candidate) -> Record:
    phrase = candidate.answer.phrase
    return {
        "name": name,
        "candidate": number,
        "fallback": candidate.fallback,
        "bits": candidate.answer.bits_per_note,
        "notes": [(note.onset_ticks, note.pitch, note.duration_ticks) for note in phrase.notes],
        "bars": phrase.bars,
        "meter": (phrase.meter.numerator, phrase.meter.denominator),
        "key": phrase.key and (phrase.key.fifths, phrase.key.minor),
        "tempo": phrase.tempo_us_per_beat,
        "velocity": phrase.velocity,
        "ticks_per_beat": phrase.ticks_per_beat,
    }


def _unpacked(record: Record) -> Candidate:
    phrase = Phrase(
        tuple(Note(*note) for note in record["notes"]),
        record["bars"],
        Meter(*record["meter"]),
        Key(*record["key"]) if record["key"] else None,
        record["tempo"],
        record["velocity"],
        record["ticks_per_beat"],
    )
    return Candidate(Answer(phrase, record["bits"]), record["fallback"])
