"""The generator's answer: every assignment composed, checked, packed and reported.

The assignments are cut into parts of fixed content (`submission.jobs.job`); of a part in hand each
finished draft is logged (`submission.drafting`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from constraints.linter.answers import judge_answer
from models.generation.engine import Composer, Draft
from models.reranking.choice import Choice, Plain
from submission.archive import write_archive
from submission.assignments import Assignment, by_length
from submission.drafting import drafts_of
from submission.jobs.job import finished_parts
from submission.jobs.journal import Payload
from submission.jobs.record_log import RecordLog
from violin.files import check_writable
from violin.midi import phrase_bytes
from violin.music import Phrase

_MOST_IN_A_PART, _FEWEST_IN_A_PART, _PARTS_AT_LEAST = 100, 12, 8


@dataclass(frozen=True, slots=True)
class Answer:
    """One finished file and what is to be told of it.

    `errors` are findings of our own making (there should be none), `inherited` those of given bars.
    """

    name: str
    data: bytes
    bars: int
    remarks: tuple[str, ...]
    errors: tuple[str, ...]
    inherited: tuple[str, ...]
    scores: dict[str, float]


def build_generator_archive(
    out: Path,
    assignments: Sequence[Assignment],
    composer: Composer,
    *,
    seed: int = 0,
    choice: Choice | None = None,
    workers: int = 1,
    backend: str = "loky",
    work: Path | None = None,
    on_done: Callable[[int], None] = lambda count: None,
    on_notice: Callable[[str], None] = lambda text: None,
) -> list[Answer]:
    """Compose all assignments and write the zip; the answers come back by name, as `compose` says."""

    check_writable(out)

    def write(answers: Sequence[Answer]) -> None:
        write_archive(out, {answer.name: answer.data for answer in answers})

    return compose(
        assignments,
        composer,
        write,
        work=work or out.with_name(f"{out.name}.work"),
        seed=seed,
        choice=choice,
        workers=workers,
        backend=backend,
        on_done=on_done,
        on_notice=on_notice,
    )


def compose(
    assignments: Sequence[Assignment],
    composer: Composer,
    write: Callable[[Sequence[Answer]], None],
    *,
    work: Path,
    seed: int = 0,
    choice: Choice | None = None,
    workers: int = 1,
    backend: str = "loky",
    on_done: Callable[[int], None] = lambda count: None,
    on_notice: Callable[[str], None] = lambda text: None,
) -> list[Answer]:
    """Compose all assignments with the folder `work` to go on from, hand them to `write` and clear
    the folder; the answers come back by name.

    `on_done` hears how many more answers there are (also those found in the work folder).
    ArchiveError where another run has the work folder, OutputError where something cannot be written.
    """
    task = Composing(composer, choice or Plain(), seed)
    ordered = by_length(assignments)
    size = min(max(-(-len(ordered) // _PARTS_AT_LEAST), _FEWEST_IN_A_PART), _MOST_IN_A_PART)
    asked = hashlib.sha256(repr(ordered).encode()).hexdigest()
    with finished_parts(
        task,
        [ordered[start : start + size] for start in range(0, len(ordered), size)],
        {"job": "generator", "seed": seed, "assignments": asked},
        work,
        records=task.choice.candidates,
        workers=workers,
        backend=backend,
        on_done=on_done,
        on_notice=on_notice,
    ) as payloads:
        answers = [answer for payload in payloads for answer in _unpacked(payload)]
        answers.sort(key=lambda answer: answer.name)
        write(answers)
    return answers


@dataclass(frozen=True, slots=True)
class Composing:
    """The task of one part: each assignment answered, and what is kept of it in the work folder."""

    composer: Composer
    choice: Choice
    seed: int

    def who(self) -> str:
        return f"{self.composer.identity}; {self.choice.identity}"

    def __call__(self, part: tuple[Sequence[Assignment], RecordLog]) -> Payload:
        assignments, log = part
        drafted = drafts_of(self.composer, assignments, self.seed, self.choice.candidates, log)
        whole = [
            [Draft(one.phrase(each), one.draft.bits_per_note) for one in column]
            for each, column in zip(assignments, drafted, strict=True)
        ]
        picks = self.choice.pick([each.answered(self.seed) for each in assignments], whole)
        return {
            "answers": [
                _packed(_answer(column[pick.index].of(each), drafts[pick.index].phrase, pick.scores))
                for each, column, drafts, pick in zip(assignments, drafted, whole, picks, strict=True)
            ]
        }


def _answer(assignment: Assignment, phrase: Phrase, scores: dict[str, float]) -> Answer:
    data = phrase_bytes(phrase)
    verdict = judge_answer(data, assignment.name, assignment.given)
    return Answer(
        assignment.name,
        data,
        phrase.bars,
        assignment.remarks,
        verdict.own,
        verdict.inherited,
        scores,
    )


def row(answer: Answer) -> dict[str, object]:
    """What the report says of an answer."""
    return {
        "file": answer.name,
        "bars": answer.bars,
        "scores": answer.scores,
        "remarks": list(answer.remarks),
        "errors": list(answer.errors),
        "inherited": list(answer.inherited),
    }


def _packed(answer: Answer) -> Payload:
    return {
        "name": answer.name,
        "midi": base64.b64encode(answer.data).decode("ascii"),
        "bars": answer.bars,
        "remarks": answer.remarks,
        "errors": answer.errors,
        "inherited": answer.inherited,
        "scores": answer.scores,
    }


def _unpacked(payload: Payload) -> list[Answer]:
    return [
        Answer(
            kept["name"],
            base64.b64decode(kept["midi"]),
            kept["bars"],
            tuple(kept["remarks"]),
            tuple(kept["errors"]),
            tuple(kept["inherited"]),
            kept["scores"],
        )
        for kept in payload["answers"]
    ]
