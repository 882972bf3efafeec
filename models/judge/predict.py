"""Judges files for `violin judge`. The work is divided into parts that processes share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.judge.features.canonical import check_readable
from models.judge.files import Found
from models.judge.score import OUTPUTS, SELF_NEGATIVES, UNREADABLE, Judge, decided, identity
from violin.challenge import SCORE_LINE_END, score_line
from violin.errors import MidiError, printable
from violin.music import Phrase


@dataclass(frozen=True)
class Question:
    """How to judge: the attributed composer, the mode, the kind of output, whether to explain."""

    composer: str | None = None
    mode: str = SELF_NEGATIVES
    output: str = OUTPUTS[0]
    explain: bool = False
    weights: Path | None = None


@dataclass(frozen=True)
class Judgement:
    """A file's score, 0 to 1. If the file could not be judged, the score is .5 and `warning` says why."""

    name: str
    composer: str
    score: float
    warning: str = ""
    reasons: tuple[dict[str, Any], ...] = ()
    words: tuple[str, ...] = ()

    def as_text(self) -> str:
        """'0.873  name', followed by one line per reason."""
        return "\n".join(
            [f"{score_line(self.score)}  {printable(self.name)}", *(f"       {one}" for one in self.words)]
        )

    def as_json(self) -> dict[str, Any]:
        """The judgement as plain JSON values."""
        found: dict[str, Any] = {"file": self.name, "composer": self.composer, "score": round(self.score, 3)}
        if self.warning:
            found["warning"] = self.warning
        if self.reasons:
            found["reasons"] = list(self.reasons)
        return found


def judge_files(question: Question, files: Sequence[Found]) -> list[Judgement]:
    """Judgements of files, in order. A file that cannot be read gets .5 and a warning."""
    judge = _loaded(question.weights, question.mode)
    readable: dict[int, Phrase] = {}
    judgements: dict[int, Judgement] = {}
    for index, found in enumerate(files):
        composer = question.composer or found.composer or ""
        try:
            phrase = found.phrase()
            check_readable(phrase, found.name)
            readable[index] = phrase
        except MidiError as error:
            judgements[index] = Judgement(found.name, composer, UNREADABLE, str(error))
    by_composer: dict[str, list[int]] = {}
    for index in readable:
        by_composer.setdefault(question.composer or files[index].composer or "", []).append(index)
    for composer, indices in by_composer.items():
        scores = judge.score([readable[index] for index in indices], composer)
        for index, score in zip(indices, scores, strict=True):
            shown = decided(score) if question.output == "official" else score
            reasons = judge.explain(readable[index], composer) if question.explain else []
            judgements[index] = Judgement(
                files[index].name,
                composer,
                shown,
                reasons=tuple(one.as_json() for one in reasons),
                words=tuple(str(one) for one in reasons),
            )
    return [judgements[index] for index in range(len(files))]


def rendered(judgements: Sequence[Judgement], form: str) -> bytes:
    """Judgements as "text", "json" or "scores": one number per line, as in composerN.txt."""
    if form == "json":
        return (json.dumps([one.as_json() for one in judgements], indent=1) + "\n").encode()
    if form == "scores":
        return "".join(score_line(one.score) + SCORE_LINE_END for one in judgements).encode("ascii")
    return "".join(one.as_text() + "\n" for one in judgements).encode()


def identity_of(question: Question) -> str:
    """A string of everything that determines the judgements besides the question and the files."""
    return identity(question.weights)


@lru_cache(maxsize=2)
def _loaded(weights: Path | None, mode: str) -> Judge:
    return Judge.load(weights, mode)
