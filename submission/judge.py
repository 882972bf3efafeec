"""The judge's answer: one file of probabilities per composer, in the order of the phrases' numbers.

A phrase that cannot be read or scored gets 0.500 and a warning; 0.500 adds nothing to the official
score on average.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.judge.features.canonical import check_readable
from models.judge.files import Found
from models.judge.predict import Judgement, Question, identity_of, judge_files
from models.judge.scorer import Judge
from submission.archive import write_archive
from submission.datasets import Dataset, GivenFile
from submission.jobs.job import UNFORESEEN, finished_parts
from submission.jobs.journal import Payload
from submission.jobs.record_log import Record, RecordLog
from submission.jobs.workers import processors, require_same_identity, run_parts
from violin.challenge import COMPOSERS, SCORE_LINE_END, score_file_name, score_line
from violin.errors import MidiError
from violin.files import check_writable
from violin.midi import read_phrase

UNKNOWN = 0.5
_MOST_IN_A_PART = 100
_FILES_PER_PART = 50  # of files judged by `violin judge`


@dataclass(frozen=True, slots=True)
class Score:
    """One phrase's human probability and, if it could not be scored, the reason."""

    name: str
    human_probability: float
    remarks: tuple[str, ...] = ()


def build_judge_archive(
    out: str | Path,
    dataset: Dataset,
    judge: Judge,
    *,
    top_folder: str = "",
    workers: int = 1,
    backend: str = "loky",
    work: str | Path | None = None,
    on_done: Callable[[int], None] = lambda count: None,
    on_notice: Callable[[str], None] = lambda text: None,
) -> list[Score]:
    """Score a dataset and write the zip. Returns the scores in the order of the lines.

    `top_folder` puts the files into a folder of that name; by default they are at the root. Raises
    ArchiveError if another run uses the work folder, OutputError if a file cannot be written.
    """
    out = Path(out)
    work = Path(work) if work is not None else None
    check_writable(out)
    parts = [
        files[start : start + _MOST_IN_A_PART]
        for files in dataset.folders.values()
        for start in range(0, len(files), _MOST_IN_A_PART)
    ]
    with finished_parts(
        Judging(judge),
        parts,
        {"job": "judge", "dataset": dataset.digest()},
        work or out.with_name(f"{out.name}.work"),
        workers=workers,
        backend=backend,
        on_done=on_done,
        on_notice=on_notice,
    ) as payloads:
        scores = {score.name: score for payload in payloads for score in map(_unpacked, payload["scores"])}
        ordered = [scores[given.name] for given in dataset]
        write_archive(out, score_files(ordered, top_folder))
    return ordered


def score_files(scores: Sequence[Score], top_folder: str = "") -> Mapping[str, bytes]:
    """The text files of the archive, by name; `scores` in the order of the lines."""
    prefix = f"{top_folder}/" if top_folder else ""
    files = {}
    for composer in COMPOSERS:
        lines = [
            score_line(score.human_probability) + SCORE_LINE_END
            for score in scores
            if score.name.startswith(f"composer{composer.number}/")
        ]
        if lines:
            files[prefix + score_file_name(composer)] = "".join(lines).encode("ascii")
    return files


@dataclass(frozen=True, slots=True)
class Judging:
    """The task of one part: scores each file; its payload is stored in the work folder.

    Each file is scored alone and logged immediately. The last bits of a score depend on the batch
    size, and a resumed run has fewer files left than an uninterrupted one.
    """

    judge: Judge

    def identity(self) -> str:
        return self.judge.identity

    def __call__(self, part: tuple[Sequence[GivenFile], RecordLog]) -> Payload:
        files, log = part
        found = {record["name"]: record for record in log.read()}
        with log.writer() as writer:
            for given in files:
                if given.name not in found:
                    found[given.name] = _packed(score_file(self.judge, given))
                    writer.add(found[given.name])
        return {"scores": [found[given.name] for given in files]}


def judge_over_workers(
    question: Question,
    files: Sequence[Found],
    workers: int = 0,
    backend: str = "loky",
    on_done: Callable[[int], None] = lambda count: None,
) -> list[Judgement]:
    """`judge_files` on several processes (0: one per processor), for `violin judge`; in the order
    of the files."""
    parts = {start: files[start : start + _FILES_PER_PART] for start in range(0, len(files), _FILES_PER_PART)}
    task = require_same_identity(partial(judge_files, question), partial(identity_of, question))
    found: dict[int, list[Judgement]] = {}
    for start, judgements in run_parts(task, parts, workers or processors(), backend):
        found[start] = judgements
        on_done(len(judgements))
    return [judgement for start in sorted(found) for judgement in found[start]]


def score_file(judge: Judge, given: GivenFile) -> Score:
    """The score of one file with any content."""
    try:
        phrase = read_phrase(given.content(), name=given.name)
        check_readable(phrase, given.name)
    except MidiError as error:
        return Score(given.name, UNKNOWN, (f"{UNKNOWN:.3f} for a file that cannot be judged: {error}",))
    try:
        (value,) = judge.score([phrase], given.composer.slug)
        if not math.isfinite(value):
            raise ValueError("the judge's score is not a number")
    except UNFORESEEN as error:
        return Score(given.name, UNKNOWN, (f"{UNKNOWN:.3f} for a phrase that has no score: {error}",))
    return Score(given.name, min(max(value, 0.0), 1.0))


def _packed(score: Score) -> Record:
    return {"name": score.name, "value": score.human_probability, "remarks": score.remarks}


def _unpacked(record: Record) -> Score:
    return Score(record["name"], record["value"], tuple(record["remarks"]))
