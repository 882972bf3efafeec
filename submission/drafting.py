"""The drafts of one part of the assignments: each composed once, whatever happens on the way.

A draft is logged as soon as the composer has finished it, and what is in the log is not composed
again: after a kill only the phrases that were being written at that moment are lost. A draft
depends on its own request alone, so the smaller batch of those that are missing writes the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.generation.engine import Composer, Draft
from submission.assignments import Assignment
from submission.jobs.job import UNFORESEEN
from submission.jobs.record_log import Record, RecordLog, RecordWriter
from violin.music import Key, Meter, Note, Phrase

Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as its composer wrote it, and why it was composed apart, if it was."""

    draft: Draft
    apart: str | None = None

    def of(self, assignment: Assignment) -> Assignment:
        """The assignment that was answered in fact."""
        return assignment if self.apart is None else assignment.composed_apart(self.apart)

    def phrase(self, assignment: Assignment) -> Phrase:
        """The whole answer to an assignment."""
        return self.of(assignment).fitted(self.draft.phrase)


def drafts_of(
    composer: Composer, part: Sequence[Assignment], seed: int, candidates: int, log: RecordLog
) -> list[list[Drafted]]:
    """`candidates` drafts of each assignment, in their order."""
    found: dict[Place, Drafted] = {}
    for record in log.read():
        found[record["name"], record["candidate"]] = _unpacked(record)
    wishes = [(each, candidate) for each in part for candidate in range(candidates)]
    with log.writer() as writer:
        _Drafting(composer, seed, found, writer).complete(wishes)
    return [[found[each.name, candidate] for candidate in range(candidates)] for each in part]


@dataclass(frozen=True, slots=True)
class _Drafting:
    composer: Composer
    seed: int
    found: dict[Place, Drafted]
    writer: RecordWriter

    def complete(self, wishes: Sequence[tuple[Assignment, int]], apart: str | None = None) -> None:
        """Compose what is not found. A batch that fails is halved down to the request at fault,
        whose middle is then composed apart; what fails even so is an error of the program."""
        missing = [wish for wish in wishes if (wish[0].name, wish[1]) not in self.found]
        if not missing:
            return

        def finished(index: int, draft: Draft) -> None:
            assignment, candidate = missing[index]
            if (assignment.name, candidate) not in self.found:
                drafted = self.found[assignment.name, candidate] = Drafted(draft, apart)
                self.writer.add(_packed(assignment.name, candidate, drafted))

        try:
            requests = [each.request(self.seed, candidate) for each, candidate in missing]
            for index, draft in enumerate(self.composer.answer(requests, finished)):
                finished(index, draft)  # for a composer that tells nothing before the end
        except UNFORESEEN as error:
            if len(missing) > 1:
                half = len(missing) // 2
                self.complete(missing[:half])
                self.complete(missing[half:])
                return
            assignment, candidate = missing[0]
            if assignment.is_apart:
                raise
            self.complete([(assignment.composed_apart(str(error)), candidate)], str(error))


def _packed(name: str, candidate: int, drafted: Drafted) -> Record:
    phrase = drafted.draft.phrase
    return {
        "name": name,
        "candidate": candidate,
        "apart": drafted.apart,
        "bits": drafted.draft.bits_per_note,
        "notes": [(note.onset_ticks, note.pitch, note.duration_ticks) for note in phrase.notes],
        "bars": phrase.bars,
        "meter": (phrase.meter.numerator, phrase.meter.denominator),
        "key": phrase.key and (phrase.key.fifths, phrase.key.minor),
        "tempo": phrase.tempo_us_per_beat,
        "velocity": phrase.velocity,
        "ticks_per_beat": phrase.ticks_per_beat,
    }


def _unpacked(record: Record) -> Drafted:
    phrase = Phrase(
        tuple(Note(*note) for note in record["notes"]),
        record["bars"],
        Meter(*record["meter"]),
        Key(*record["key"]) if record["key"] else None,
        record["tempo"],
        record["velocity"],
        record["ticks_per_beat"],
    )
    return Drafted(Draft(phrase, record["bits"]), record["apart"])
