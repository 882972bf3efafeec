"""The generator's answer: every assignment composed, checked, packed and reported.

The assignments are cut into parts of fixed content, so that a part is the same batch of requests
whichever process takes it and whenever; a finished part goes into the work folder. The zip is
made from the parts alone: a killed run and an undisturbed one give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from submission.archive import write_archive
from submission.assignments import Assignment, by_length
from submission.candidates import Choice, Plain
from submission.composers import Composer, Draft
from submission.findings import judge_answer
from submission.journal import Payload, WorkFolder, plan_digest
from submission.workers import run_parts
from violin.midi import phrase_bytes
from violin.music import Phrase

_MOST_IN_A_PART, _FEWEST_IN_A_PART, _PARTS_AT_LEAST = 100, 12, 8
# What a model may raise at an input that its authors did not foresee; such an input is answered apart.
_UNFORESEEN = (ValueError, LookupError, ArithmeticError, AssertionError, RuntimeError)


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
    ArchiveError where another run has the work folder or something cannot be written.
    """
    choice = choice or Plain()
    ordered = by_length(assignments)
    size = min(max(-(-len(ordered) // _PARTS_AT_LEAST), _FEWEST_IN_A_PART), _MOST_IN_A_PART)
    parts = {index: ordered[start : start + size] for index, start in enumerate(range(0, len(ordered), size))}
    plan = plan_digest(
        {
            "job": "generator",
            "composer": composer.identity,
            "choice": choice.identity,
            "seed": seed,
            "assignments": hashlib.sha256(repr(ordered).encode()).hexdigest(),
        }
    )
    with WorkFolder(work, plan) as folder:
        kept = {index: folder.part(index) for index in parts}
        if folder.damaged:
            on_notice(f"{folder.damaged} part(s) in the work folder are damaged: composed again")
        answers = [answer for payload in kept.values() if payload for answer in _unpacked(payload)]
        on_done(len(answers))
        missing = {index: part for index, part in parts.items() if kept[index] is None}
        task = partial(answer_part, composer, choice, seed)
        for index, payload in run_parts(task, missing, workers, backend):
            folder.keep(index, payload)
            found = _unpacked(payload)
            answers += found
            on_done(len(found))
        answers.sort(key=lambda answer: answer.name)
        write(answers)
        folder.clear()
    return answers


def answer_part(composer: Composer, choice: Choice, seed: int, part: Sequence[Assignment]) -> Payload:
    """Answer one part: what is kept of it in the work folder."""
    rounds = [_composed(composer, part, seed, candidate) for candidate in range(choice.candidates)]
    by_assignment = [[draft for _, draft in column] for column in zip(*rounds, strict=True)]
    made = [assignment for assignment, _ in rounds[0]]
    picks = choice.pick(made, by_assignment)
    return {
        "answers": [
            _packed(_answer(each, drafts[pick.index].phrase, pick.scores))
            for each, drafts, pick in zip(made, by_assignment, picks, strict=True)
        ]
    }


def _composed(
    composer: Composer, part: Sequence[Assignment], seed: int, candidate: int
) -> list[tuple[Assignment, Draft]]:
    """Each assignment with its draft. A batch that fails is halved down to the request at fault,
    whose middle is then composed apart; what fails even so is an error of the program."""
    try:
        drafts = composer.answer([each.request(seed, candidate) for each in part])
        return [
            (each, replace(draft, phrase=each.fitted(draft.phrase)))
            for each, draft in zip(part, drafts, strict=True)
        ]
    except _UNFORESEEN as error:
        if len(part) > 1:
            half = len(part) // 2
            return [
                *_composed(composer, part[:half], seed, candidate),
                *_composed(composer, part[half:], seed, candidate),
            ]
        if not part or part[0].is_apart:
            raise
        return _composed(composer, [part[0].composed_apart(str(error))], seed, candidate)


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
