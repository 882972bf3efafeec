"""The judge's answer: a file of probabilities a composer, in the order of the phrases' numbers.

A phrase that cannot be read or scored gets 0.500, which adds nothing to the official score on
average, and a warning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from submission.archive import check_writable, write_archive
from submission.datasets import Dataset, GivenFile
from submission.journal import Payload, WorkFolder, plan_digest
from submission.judges import Judge
from submission.workers import run_parts
from violin.challenge import COMPOSERS, SCORE_LINE_END, score_file_name, score_line
from violin.errors import MidiError
from violin.midi import read_phrase
from violin.music import Phrase

UNKNOWN = 0.5
_MOST_IN_A_PART = 100
_UNFORESEEN = (ValueError, LookupError, ArithmeticError, AssertionError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Score:
    """One phrase's human probability, and why it is a guess where it is one."""

    name: str
    human_probability: float
    remarks: tuple[str, ...] = ()


def build_judge_archive(
    out: Path,
    dataset: Dataset,
    judge: Judge,
    *,
    top_folder: str = "",
    workers: int = 1,
    backend: str = "loky",
    work: Path | None = None,
    on_done: Callable[[int], None] = lambda count: None,
) -> list[Score]:
    """Score a dataset and write the zip; the scores come back in the order of the lines.

    `top_folder` puts the files into a folder of that name; by default they lie at the root.
    ArchiveError where another run has the work folder or something cannot be written.
    """
    check_writable(out)
    files = list(dataset)
    cuts = [
        files[start : start + _MOST_IN_A_PART]
        for folder in dataset.folders.values()
        for files in (list(folder),)
        for start in range(0, len(files), _MOST_IN_A_PART)
    ]
    parts: dict[int, list[GivenFile]] = dict(enumerate(cuts))
    plan = plan_digest({"job": "judge", "judge": judge.identity, "dataset": dataset.digest()})
    scores: dict[str, Score] = {}
    with WorkFolder(work or out.with_name(f"{out.name}.work"), plan) as folder:
        missing = {}
        for index, part in parts.items():
            kept = folder.part(index)
            if kept is None:
                missing[index] = part
            else:
                scores.update(_unpacked(kept))
        on_done(len(scores))
        for index, payload in run_parts(partial(score_part, judge), missing, workers, backend):
            folder.keep(index, payload)
            scores.update(_unpacked(payload))
            on_done(len(parts[index]))
        ordered = [scores[given.name] for given in files]
        write_archive(out, score_files(ordered, top_folder))
        folder.clear()
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


def score_part(judge: Judge, part: Sequence[GivenFile]) -> Payload:
    """Score files of one composer: what is kept of them in the work folder."""
    phrases: dict[str, Phrase] = {}
    scores: dict[str, tuple[float, list[str]]] = {}
    for given in part:
        try:
            phrases[given.name] = read_phrase(given.data, name=given.name)
        except MidiError as error:
            scores[given.name] = (UNKNOWN, [f"{UNKNOWN:.3f} for an unreadable file: {error}"])
    for name, result in _scored(judge, list(phrases.items()), part[0].composer.slug).items():
        scores[name] = result
    return {"scores": {name: {"value": value, "remarks": said} for name, (value, said) in scores.items()}}


def _scored(
    judge: Judge, named: Sequence[tuple[str, Phrase]], composer: str
) -> dict[str, tuple[float, list[str]]]:
    """name -> (probability, remarks); a batch that fails is halved down to the phrase at fault."""
    if not named:
        return {}
    try:
        values = judge.score([phrase for _, phrase in named], composer)
        if not all(math.isfinite(value) for value in values):
            raise ValueError("the judge gave no number")
        return {name: (min(max(value, 0.0), 1.0), []) for (name, _), value in zip(named, values, strict=True)}
    except _UNFORESEEN as error:
        if len(named) == 1:
            return {named[0][0]: (UNKNOWN, [f"{UNKNOWN:.3f} for a phrase that has no score: {error}"])}
        half = len(named) // 2
        return {**_scored(judge, named[:half], composer), **_scored(judge, named[half:], composer)}


def _unpacked(payload: Payload) -> dict[str, Score]:
    return {
        name: Score(name, kept["value"], tuple(kept["remarks"])) for name, kept in payload["scores"].items()
    }
