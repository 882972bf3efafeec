"""The whole challenge at home: every generator before every judge, on one rehearsal.

An entrant is one of ours by name or a folder or zip of somebody's: phrases for a generator, text
files of a judge. A judge that comes as files has judged the rehearsal's own judge dataset only, so
it is compared on its human phrases and the generator "rehearsal", the machine phrases in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from submission.assignments import dataset_assignments
from submission.composers import Composer, TrainedComposer
from submission.datasets import Dataset, GivenFile, read_dataset
from submission.generator import build_generator_archive
from submission.judge import score_part
from submission.judges import Judge, TrainedJudge
from submission.key import HUMAN as HUMAN_LABEL
from submission.key import KEY_NAME, read_key
from submission.league import HUMAN, Board
from submission.members import read_members
from submission.opponents import Constant, CopyABar, Likelihood, Markov, Ngram, Repetition
from submission.workers import run_parts
from violin.challenge import (
    COMPOSERS,
    GENERATOR_DATASET,
    JUDGE_DATASETS,
    SCORE_LINE_END,
    is_score_line,
    score_file_name,
)
from violin.errors import ArchiveError, SettingsError

REHEARSAL = "rehearsal"
GENERATOR_NAMES = ("ours", "ours@TEMPERATURE", "ngram", "markov", "copy-a-bar", "a folder or zip of phrases")
JUDGE_NAMES = (
    "ours", "ours:positives-only", "ours:self-negatives", "ours:open", "each of these with +official",
    "constant", "repetition", "likelihood", "a folder or zip of judge files",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The two datasets of `violin rehearse` and the labels of the second."""

    pairs: Dataset
    judged: Dataset
    labels: Mapping[str, str]


def read_rehearsal(folder: Path) -> Rehearsal:
    """ArchiveError where the folder lacks one of the three."""
    return Rehearsal(
        read_dataset(folder / GENERATOR_DATASET),
        read_dataset(folder / JUDGE_DATASETS["final"]),
        read_key(folder / KEY_NAME),
    )


def generator_named(name: str, store: Path) -> Composer | Path:
    """What a generator's name stands for; SettingsError names the legal ones."""
    if name == "ours":
        return TrainedComposer()
    if name.startswith("ours@"):
        try:
            return TrainedComposer(temperature=float(name.removeprefix("ours@")))
        except ValueError as error:
            raise SettingsError(f"generator {name!r}; legal: ours@0.8") from error
    simple: dict[str, Composer] = {"ngram": Ngram(store), "markov": Markov(), "copy-a-bar": CopyABar()}
    if name in simple:
        return simple[name]
    if Path(name).exists():
        return Path(name)
    raise SettingsError(f"no generator {name!r}; there are: {', '.join(GENERATOR_NAMES)}")


def judge_named(name: str, store: Path) -> Judge | Path:
    """What a judge's name stands for; SettingsError names the legal ones."""
    kind, plus, output = name.partition("+")
    if kind.partition(":")[0] == "ours" and output in ("", "official"):
        return TrainedJudge(mode=kind.partition(":")[2] or None, official=bool(plus))
    simple: dict[str, Judge] = {
        "constant": Constant(),
        "repetition": Repetition(),
        "likelihood": Likelihood(store),
    }
    if name in simple:
        return simple[name]
    if Path(name).exists():
        return Path(name)
    raise SettingsError(f"no judge {name!r}; there are: {', '.join(JUDGE_NAMES)}")


def hold(
    rehearsal: Rehearsal,
    generators: Mapping[str, Composer | Path],
    judges: Mapping[str, Judge | Path],
    out: Path,
    *,
    seed: int = 1,
    workers: int = 1,
    on_step: Callable[[str], None] = lambda text: None,
) -> Board:
    """Let everybody play. The generators' zips stay in `out`, so that a stopped arena goes on."""
    fields: dict[str, list[GivenFile]] = {HUMAN: [], REHEARSAL: []}
    for file in rehearsal.judged:
        if file.name not in rehearsal.labels:
            raise ArchiveError(f"{file.name} is not in the key; is the key another rehearsal's?")
        fields[HUMAN if rehearsal.labels[file.name] == HUMAN_LABEL else REHEARSAL].append(file)
    for name, generator in generators.items():
        if isinstance(generator, Path):
            path = generator
        else:
            path = out / _file_name(name, generator, rehearsal.pairs, seed)
            if not path.exists():
                on_step(f"{name} composes")
                assignments = dataset_assignments(rehearsal.pairs, seed=seed)
                build_generator_archive(path, assignments, generator, seed=seed, workers=workers)
        fields[name] = _answers(path, rehearsal.pairs)
    scores = {}
    for name, judge in judges.items():
        on_step(f"{name} judges")
        if isinstance(judge, Path):
            told = _judge_files(judge, rehearsal.judged)
            for entrant in (HUMAN, REHEARSAL):
                scores[entrant, name] = np.array([told[file.name] for file in fields[entrant]])
        else:
            for entrant, files in fields.items():
                scores[entrant, name] = np.array(_judged(judge, files, workers))
    slugs = {entrant: [file.composer.slug for file in files] for entrant, files in fields.items()}
    return Board(scores, slugs)


def _answers(path: Path, pairs: Dataset) -> list[GivenFile]:
    asked = {file.name for file in pairs}
    found = [file for file in read_dataset(path) if file.name in asked]
    if len(found) < len(asked):
        raise ArchiveError(f"{path}: answers {len(found)} of the {len(asked)} pairs of the rehearsal")
    return found


def _judged(judge: Judge, files: Sequence[GivenFile], workers: int) -> list[float]:
    parts = {composer.number: [file for file in files if file.composer == composer] for composer in COMPOSERS}
    told: dict[str, float] = {}
    present = {number: part for number, part in parts.items() if part}
    for _, payload in run_parts(partial(score_part, judge), present, workers):
        told.update({name: kept["value"] for name, kept in payload["scores"].items()})
    return [told[file.name] for file in files]


def _judge_files(path: Path, judged: Dataset) -> dict[str, float]:
    """Probabilities by the name of the phrase, out of a judge's folder or zip."""
    texts = {member.name.rpartition("/")[2]: member.data for member in read_members(path)}
    told = {}
    for composer in COMPOSERS:
        files = judged.folders.get(composer.slug, ())
        name = score_file_name(composer)
        lines = texts.get(name, b"").decode("ascii", errors="replace").split(SCORE_LINE_END)[:-1]
        if len(lines) != len(files) or not all(map(is_score_line, lines)):
            raise ArchiveError(f"{path}: {name} is not {len(files)} lines of a score; see violin verify")
        told.update({file.name: float(line) for file, line in zip(files, lines, strict=True)})
    return told


def _file_name(name: str, generator: Composer, pairs: Dataset, seed: int) -> str:
    """Where a generator's answers are kept: another one, seed or rehearsal gets another file."""
    plain = "".join(sign if sign.isalnum() else "-" for sign in name)
    facts = f"{name}/{generator.identity}/{seed}/{pairs.digest()}"
    return f"{plain}-{hashlib.sha256(facts.encode()).hexdigest()[:8]}.zip"
