"""The generator's answer: every assignment composed, checked, packed and reported.

The assignments are cut into parts of fixed content. A finished part goes into the work folder; of
a part in hand each finished draft does (`submission.drafting`). The zip is made from the parts
alone: a killed run and an undisturbed one give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from submission.archive import check_writable, write_archive
from submission.assignments import Assignment, by_length
from submission.candidates import Choice, Plain
from submission.composers import Composer, Draft
from submission.drafting import drafts_of
from submission.findings import judge_answer
from submission.journal import Payload, WorkFolder, plan_digest
from submission.progress import Progress
from submission.record_log import RecordLog
from submission.workers import run_parts
from violin.errors import SettingsError
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
        missing = {index: (part, folder.log(index)) for index, part in parts.items() if kept[index] is None}
        logged = sum(log.count() // choice.candidates for _, log in missing.values())
        if answers or logged:
            on_notice(f"going on: {len(answers) + logged} of {len(ordered)} answers are in the work folder")
        task = partial(answer_part, composer, choice, seed, _who(composer, choice))
        sizes = {index: (len(part), log) for index, (part, log) in missing.items()}
        with Progress(on_done, sizes, choice.candidates) as progress:
            for index, payload in run_parts(task, missing, workers, backend):
                folder.keep(index, payload)
                answers += _unpacked(payload)
                progress.part_done(index)
        answers.sort(key=lambda answer: answer.name)
        write(answers)
        folder.clear()
    return answers


def answer_part(
    composer: Composer, choice: Choice, seed: int, who: str, task: tuple[Sequence[Assignment], RecordLog]
) -> Payload:
    """Answer one part: what is kept of it in the work folder.

    SettingsError on a machine of a cluster where composer or choice are not those named by `who`.
    """
    if _who(composer, choice) != who:
        raise SettingsError(
            f"{platform.node()} would compose otherwise: it has {_who(composer, choice)}, not {who}; "
            "legal: the same version and weights on every worker"
        )
    part, log = task
    drafted = drafts_of(composer, part, seed, choice.candidates, log)
    whole = [
        [Draft(one.phrase(each), one.draft.bits_per_note) for one in column]
        for each, column in zip(part, drafted, strict=True)
    ]
    picks = choice.pick(part, whole)
    return {
        "answers": [
            _packed(_answer(column[pick.index].of(each), drafts[pick.index].phrase, pick.scores))
            for each, column, drafts, pick in zip(part, drafted, whole, picks, strict=True)
        ]
    }


def _who(composer: Composer, choice: Choice) -> str:
    return f"{composer.identity}; {choice.identity}"


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
