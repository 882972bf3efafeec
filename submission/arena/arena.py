"""The arena: simulates the challenge, with every generator scored by every judge on one rehearsal.

An entrant is one of ours, by name, or someone else's folder or zip (`submission.arena.entrants`). A
judge given as files has scored only the rehearsal's judge dataset. So it is compared on that
dataset's human phrases and on its machine phrases, the generator "rehearsal".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from models.judge.scorer import Judge
from submission.arena.entrants import Generator
from submission.arena.league import HUMAN, Board
from submission.assignments import dataset_assignments
from submission.datasets import Dataset, GivenFile, read_dataset
from submission.generator import build_generator_archive
from submission.jobs.workers import run_parts
from submission.judge import score_file
from submission.rehearsal.labels import HUMAN as HUMAN_LABEL
from submission.rehearsal.labels import KEY_NAME, read_key
from violin.archives import read_members
from violin.challenge import (
    COMPOSERS,
    GENERATOR_DATASET,
    JUDGE_DATASETS,
    SCORE_LINE_END,
    is_score_line,
    score_file_name,
)
from violin.errors import ArchiveError
from violin.files import write_whole

REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The two datasets of `violin rehearse` and the labels of the second."""

    pairs: Dataset
    judged: Dataset
    labels: Mapping[str, str]


def read_rehearsal(folder: str | Path) -> Rehearsal:
    """Read a rehearsal. Raises ArchiveError if one of the three parts is missing."""
    folder = Path(folder)
    return Rehearsal(
        read_dataset(folder / GENERATOR_DATASET),
        read_dataset(folder / JUDGE_DATASETS["final"]),
        read_key(folder / KEY_NAME),
    )


def run_arena(
    rehearsal: Rehearsal,
    generators: Mapping[str, Generator | Path],
    judges: Mapping[str, Judge | Path],
    out: str | Path,
    *,
    seed: int = 1,
    workers: int = 1,
    on_step: Callable[[str], None] = lambda text: None,
) -> Board:
    """Score every generator by every judge. Answers and scores are kept in `out`, so a stopped
    arena resumes, and a new entrant needs only its own work."""
    out = Path(out)
    fields: dict[str, list[GivenFile]] = {HUMAN: [], REHEARSAL: []}
    for file in rehearsal.judged:
        if file.name not in rehearsal.labels:
            raise ArchiveError(f"{file.name} is not in the key; does the key belong to another rehearsal?")
        fields[HUMAN if rehearsal.labels[file.name] == HUMAN_LABEL else REHEARSAL].append(file)
    for name, generator in generators.items():  # report unreadable files before composing
        if isinstance(generator, Path):
            fields[name] = _answers(generator, rehearsal.pairs)
    lines = {
        name: _judge_files(judge, rehearsal.judged)
        for name, judge in judges.items()
        if isinstance(judge, Path)
    }
    for name, generator in generators.items():
        if isinstance(generator, Generator):
            path = out / _file_name(name, generator, rehearsal.pairs, seed)
            if not path.exists():
                on_step(f"{name}: composing")
                assignments = dataset_assignments(rehearsal.pairs, seed=seed)
                build_generator_archive(
                    path,
                    assignments,
                    generator.engine,
                    seed=seed,
                    choice=generator.choice,
                    workers=workers,
                )
            fields[name] = _answers(path, rehearsal.pairs)
    fields = {name: fields[name] for name in (HUMAN, REHEARSAL, *generators)}
    scores = {}
    present = {name: judge for name, judge in judges.items() if not isinstance(judge, Path)}
    for entrant, files in fields.items():
        found = _judged(entrant, files, present, out / "scores", workers, on_step)
        scores.update({(entrant, name): np.array(values) for name, values in found.items()})
    for name, scores_by_name in lines.items():
        for entrant in (HUMAN, REHEARSAL):
            scores[entrant, name] = np.array([scores_by_name[file.name] for file in fields[entrant]])
    slugs = {entrant: [file.composer.slug for file in files] for entrant, files in fields.items()}
    ordered = {(entrant, name): scores[entrant, name] for name in judges for entrant in fields
               if (entrant, name) in scores}  # fmt: skip
    return Board(ordered, slugs)


def _answers(path: Path, pairs: Dataset) -> list[GivenFile]:
    asked = {file.name for file in pairs}
    found = [file for file in read_dataset(path) if file.name in asked]
    if len(found) < len(asked):
        raise ArchiveError(f"{path}: answers {len(found)} of the {len(asked)} pairs of the rehearsal")
    return found


def _judged(
    entrant: str,
    files: Sequence[GivenFile],
    judges: Mapping[str, Judge],
    folder: Path,
    workers: int,
    on_step: Callable[[str], None],
) -> dict[str, list[float]]:
    """Each judge's scores of the files, in order. Scores that are already in the folder are read."""
    music = hashlib.sha256()
    for file in files:
        music.update(f"{file.name}\0{len(file.data)}\0".encode() + file.data)
    paths = {
        name: folder / f"{_plain(entrant)}-{_plain(name)}-{_digest(judge.identity, music.hexdigest())}.json"
        for name, judge in judges.items()
    }
    missing = {name: judge for name, judge in judges.items() if not paths[name].exists()}
    if missing:
        on_step(f"{', '.join(missing)}: scoring {entrant}")
        parts = {composer.number: [file for file in files if file.composer == composer]
                 for composer in COMPOSERS}  # fmt: skip
        found: dict[str, dict[str, float]] = {name: {} for name in missing}
        tasks = {number: part for number, part in parts.items() if part}
        for _, payload in run_parts(partial(score_by_all, missing), tasks, workers):
            for name, values in payload.items():
                found[name].update(values)
        for name, values in found.items():
            write_whole(paths[name], json.dumps([values[file.name] for file in files]).encode())
    return {name: json.loads(path.read_bytes()) for name, path in paths.items()}


def score_by_all(judges: Mapping[str, Judge], part: Sequence[GivenFile]) -> dict[str, dict[str, float]]:
    """judge -> file -> score. All judges score a file before the next file, so that judges with the
    same features measure them once (`models.judge.scorer`)."""
    found: dict[str, dict[str, float]] = {name: {} for name in judges}
    for file in part:
        for name, judge in judges.items():
            found[name][file.name] = score_file(judge, file).human_probability
    return found


def _judge_files(path: Path, judged: Dataset) -> dict[str, float]:
    """Probabilities by phrase name from a judge's folder or zip."""
    texts = {member.name.rpartition("/")[2]: member.data for member in read_members(path)}
    found = {}
    for composer in COMPOSERS:
        files = judged.folders.get(composer.slug, ())
        name = score_file_name(composer)
        lines = texts.get(name, b"").decode("ascii", errors="replace").split(SCORE_LINE_END)[:-1]
        if len(lines) != len(files) or not all(map(is_score_line, lines)):
            raise ArchiveError(f"{path}: {name} is not {len(files)} lines of a score; see violin verify")
        found.update({file.name: float(line) for file, line in zip(files, lines, strict=True)})
    return found


def _file_name(name: str, generator: Generator, pairs: Dataset, seed: int) -> str:
    """The file of a generator's answers; another generator, seed or rehearsal gets another file."""
    return f"{_plain(name)}-{_digest(name, generator.identity, str(seed), pairs.digest())}.zip"


def _plain(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name)


def _digest(*facts: str) -> str:
    return hashlib.sha256("/".join(facts).encode()).hexdigest()[:8]
