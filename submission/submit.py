"""The two answers to the challenge, end to end: compose or score, pack, report.

`violin submit generator` and `violin submit judge` call these functions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.generation import engine
from models.generation.device import check_device
from models.judge import scorer
from models.reranking.choice import Choice, FirstAnswer
from models.reranking.mixture import Mixture, Shares, shipped_shares
from submission.assignments import Assignment, dataset_assignments, free_assignments
from submission.datasets import Dataset, read_dataset
from submission.generator import build_generator_archive, row
from submission.jobs.workers import processors
from submission.judge import build_judge_archive
from submission.rehearsal.labels import Official, score_against_key
from submission.report import is_odd, write_report
from violin.challenge import FILES_PER_COMPOSER
from violin.errors import OutputError, SettingsError


@dataclass(frozen=True, slots=True)
class Running:
    """How a long job runs. `workers` None: one per processor; `work` None: a folder beside the
    archive."""

    workers: int | None = None
    backend: str = "loky"
    work: Path | None = None
    on_done: Callable[[int], None] = lambda count: None
    on_notice: Callable[[str], None] = lambda text: None


@dataclass(frozen=True, slots=True)
class GeneratorPlan:
    """The assignments, and the notices about the dataset. `name` None: the preliminary round."""

    assignments: list[Assignment]
    name: str | None
    notices: tuple[str, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """The composer, the number of candidates, and the `shares` by which the best one is chosen (None:
    those of the critic)."""

    candidates: int = 1
    shares: Shares | None = None
    weights: Path | None = None
    temperature: float | None = None
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The result: the number of files, the number worth a look, the errors, and the report's page
    (None if it could not be written).

    `remarks` are lines about files, `official` is the official score if a key was given.
    """

    files: int
    odd: int
    errors: int
    seconds: float
    page: Path | None
    remarks: tuple[str, ...] = ()
    official: Official | None = None

    @property
    def where(self) -> str:
        """'; see PAGE' for a line about the archive, '' without a page."""
        return f"; see {self.page}" if self.page else ""


def plan_generator(
    source: str | Path | None,
    *,
    per_composer: int | None = None,
    bars: int | None = None,
    split: tuple[int, int] | None = None,
    seed: int = 1,
    strict: bool = False,
    allow_large: bool = False,
) -> GeneratorPlan:
    """The assignments of a dataset's zip or folder; without a dataset, those of the preliminary round.

    Options and errors are those of `dataset_assignments` and `read_dataset`.
    """
    source = Path(source) if source is not None else None
    if source is None:
        return GeneratorPlan(free_assignments(per_composer or FILES_PER_COMPOSER, seed), None, (), seed)
    dataset = read_dataset(source, strict, allow_large=allow_large)
    assignments = dataset_assignments(dataset, bars, per_composer, seed, split)
    return GeneratorPlan(assignments, source.name, dataset.notices, seed)


def submit_generator(
    out: str | Path, plan: GeneratorPlan, settings: GeneratorSettings, running: Running
) -> Submitted:
    """Compose a plan, write the zip to `out` and its report beside it.

    Raises the errors of `build_generator_archive`, and SettingsError if the device is not available
    or has several workers. A report that cannot be written is only a notice, because the archive is
    complete.
    """
    out = Path(out)
    check_device(settings.device)
    if settings.device != "cpu" and (running.workers or 1) > 1:
        raise SettingsError(f"{running.workers} workers on {settings.device}; legal: one, or the cpu")
    workers = running.workers or (processors() if settings.device == "cpu" else 1)
    count = settings.candidates
    shares = settings.shares or shipped_shares() if count > 1 else ()
    choice: Choice = Mixture.shipped(count, shares) if count > 1 else FirstAnswer()
    started = time.monotonic()
    files = build_generator_archive(
        out,
        plan.assignments,
        engine.TrainedComposer(settings.weights, settings.temperature, settings.device),
        seed=plan.seed,
        choice=choice,
        workers=workers,
        backend=running.backend,
        work=running.work,
        on_done=running.on_done,
        on_notice=running.on_notice,
    )
    seconds = time.monotonic() - started
    rows = [row(file) for file in files]
    odd, errors = sum(map(is_odd, rows)), sum(len(file.errors) for file in files)
    facts = {
        "archive": out.name,
        "dataset": plan.name or "none (preliminary round)",
        "notices": list(plan.notices),
        "seed": plan.seed,
        "candidates": count,
        "best by": dict(shares) if count > 1 else "one candidate",
        "files": len(files),
        "files worth a look": odd,
        "errors": errors,
        "seconds": round(seconds, 1),
    }
    page = _report(out, "The generator's answer", facts, rows, running)
    return Submitted(len(files), odd, errors, seconds, page)


def submit_judge(
    out: str | Path,
    dataset: Dataset,
    judge: scorer.Judge,
    running: Running,
    *,
    top_folder: bool = False,
    labels: Mapping[str, str] | None = None,
) -> Submitted:
    """Score a dataset, write the zip to `out` and its report beside it.

    `labels` (see `submission.rehearsal.labels`) give the official score; `top_folder` puts the files
    into a folder with the zip's name. Raises the errors of `build_judge_archive`. A report that cannot
    be written is only a notice.
    """
    out = Path(out)
    started = time.monotonic()
    scores = build_judge_archive(
        out,
        dataset,
        judge,
        top_folder=out.stem if top_folder else "",
        workers=running.workers or processors(),
        backend=running.backend,
        work=running.work,
        on_done=running.on_done,
        on_notice=running.on_notice,
    )
    seconds = time.monotonic() - started
    odd = [score for score in scores if score.remarks]
    facts: dict[str, Any] = {
        "archive": out.name,
        "dataset": dataset.name,
        "notices": list(dataset.notices),
        "judge": judge.identity,
        "files": len(scores),
        "files without a score": len(odd),
        "seconds": round(seconds, 1),
    }
    official = None
    if labels is not None:
        official = score_against_key({score.name: score.human_probability for score in scores}, labels)
        facts |= official.facts()
    rows = [
        {"file": score.name, "human": round(score.human_probability, 3), "remarks": list(score.remarks)}
        for score in scores
    ]
    page = _report(out, "The judge's answer", facts, rows, running)
    remarks = tuple(f"{score.name}: {score.remarks[0]}" for score in odd)
    return Submitted(len(scores), len(odd), 0, seconds, page, remarks, official)


def _report(
    out: Path, title: str, facts: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], running: Running
) -> Path | None:
    """The page of the report; None, with a notice, if it cannot be written."""
    try:
        return write_report(out, title, facts, rows)
    except OutputError as error:
        running.on_notice(f"the archive is whole, but its report is not written: {error}")
        return None
