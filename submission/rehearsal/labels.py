"""The labels of a rehearsal (which phrases of the judge dataset are human), and the official score."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from violin.challenge import official_score
from violin.errors import ArchiveError
from violin.files import write_whole

KEY_NAME = "judge_key.json"
HUMAN, MACHINE = "human", "machine"


@dataclass(frozen=True, slots=True)
class Official:
    """Mean HCS of human and of machine phrases; `score` is the challenge's, from 0 to 2."""

    human_files: int
    machine_files: int
    human_hcs: float
    machine_hcs: float

    @property
    def score(self) -> float:
        return official_score(self.human_hcs, self.machine_hcs)

    def facts(self) -> dict[str, float]:
        """The figures by name, for a report."""
        return {
            "human files": self.human_files,
            "machine files": self.machine_files,
            "mean HCS of human phrases": round(self.human_hcs, 4),
            "mean HCS of machine phrases": round(self.machine_hcs, 4),
            "official score": round(self.score, 4),
        }

    def table(self) -> str:
        return "\n".join(
            [
                "phrases   files  mean HCS",
                f"human     {self.human_files:5d}     {self.human_hcs:.3f}",
                f"machine   {self.machine_files:5d}     {self.machine_hcs:.3f}",
                f"official score of the judge {self.score:.3f} (0 to 2; a constant has 1)",
            ]
        )


def score_against_key(scores: Mapping[str, float], labels: Mapping[str, str]) -> Official:
    """Score human probabilities by file name against the labels. Raises ArchiveError if a file has
    no label."""
    unknown = sorted(set(scores) - set(labels))
    if unknown:
        raise ArchiveError(f"{unknown[0]} is not in the key; does the key belong to another rehearsal?")
    human = [value for name, value in scores.items() if labels[name] == HUMAN]
    machine = [value for name, value in scores.items() if labels[name] != HUMAN]
    if not human or not machine:
        raise ArchiveError("the key has no human or no machine phrase among the files scored")
    return Official(len(human), len(machine), sum(human) / len(human), sum(machine) / len(machine))


def read_key(path: str | Path) -> dict[str, str]:
    """name -> "human" or "machine". Raises ArchiveError if the file is not a key."""
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(entry["label"]) for name, entry in content["files"].items()}
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"{path}: not the key of a rehearsal") from error


def write_key(folder: str | Path, entries: Mapping[str, Mapping[str, object]]) -> None:
    """Write judge_key.json and judge_key.csv to a folder; an entry has a "label" and its origin."""
    folder = Path(folder)
    content = {"format": 1, "files": {name: dict(entry) for name, entry in entries.items()}}
    write_whole(folder / KEY_NAME, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
    lines = ["file,label", *(f"{name},{entry['label']}" for name, entry in entries.items())]
    write_whole(folder / "judge_key.csv", ("\n".join(lines) + "\n").encode())
