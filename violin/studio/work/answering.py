"""What the composing process does for the challenge view: compose answers, check and judge them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from violin.studio.work import trained

if TYPE_CHECKING:
    from submission.assignments import Assignment
    from violin.pair import Pair

Report = Callable[[str, Any], None]


def answer_task(arguments: dict[str, Any], report: Report) -> None:
    """Compose answers as `violin submit generator` does, check and judge each.

    arguments  assignments: (assignment, seed); candidates
    report     ("answer", {name, seed, data, remarks, judge, own, inherited}) for each
    """
    from models.generation import engine
    from models.reranking.choice import Choice, FirstAnswer
    from models.reranking.mixture import Mixture
    from submission.generator import Composing, unpacked
    from submission.jobs.record_log import RecordLog

    count = arguments["candidates"]
    choice: Choice = FirstAnswer() if count == 1 else Mixture.shipped(count)
    no_log = RecordLog(Path("nowhere"), "", 0)  # the studio itself keeps each answer
    by_seed: dict[int, list[Assignment]] = {}  # composed together: faster, the same bytes
    for assignment, seed in arguments["assignments"]:
        by_seed.setdefault(seed, []).append(assignment)
    for seed, part in by_seed.items():
        files = unpacked(Composing(engine.TrainedComposer(), choice, seed)((part, no_log)))
        for assignment, file in zip(part, files, strict=True):
            found = {"name": file.name, "seed": seed, "data": file.data, "remarks": file.remarks}
            score = scored(file.name, assignment.composer.slug, file.data, assignment.given)
            report("answer", {**found, **score})


def score_task(arguments: dict[str, Any], report: Report) -> None:
    """Check and judge answers.

    arguments  answers: (name, composer's slug, data, pair or None)
    report     ("score", {name, data, judge, own, inherited}) for each
    """
    for name, slug, data, given in arguments["answers"]:
        report("score", {"name": name, "data": data, **scored(name, slug, data, given)})


def scored(name: str, slug: str, data: bytes, given: Pair | None) -> dict[str, Any]:
    """The judge's probability that a human composed an answer, None if it cannot be judged, and its
    errors."""
    from constraints.linter.answers import check_answer

    check = check_answer(data, name, given)
    return {"judge": _probability(name, slug, data), "own": check.own, "inherited": check.inherited}


def _probability(name: str, slug: str, data: bytes) -> float | None:
    from models.judge.features.canonical import check_readable
    from submission.jobs.job import UNFORESEEN
    from violin.errors import MidiError
    from violin.midi import read_phrase

    try:
        phrase = read_phrase(data, name)
        check_readable(phrase, name)
        return round(trained.shipped_judge().score([phrase], slug)[0], 4)
    except (MidiError, *UNFORESEEN):
        return None
