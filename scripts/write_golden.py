"""Writes the golden values of tests/golden: features, scores, bits and answers for fixed phrases.

The tests compute the same values and compare. Run this after a change that is meant to change them, for
example after new weights, and read the difference before you commit it:

    python scripts/write_golden.py && git diff --stat tests/golden
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from data_prep.corpus.store import StoredPhrase
from models.evaluation.bits_per_note import fit_of, model_bits, tasks_of
from models.generation.engine import TrainedComposer
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.judge.features.canonical import canonical
from models.judge.features.table import NAMES, Knowledge, Reading, measure
from models.judge.score import MODES, Judge
from violin.music import Key, Meter, Note, Phrase
from violin.pair import outer_pair

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "golden"
ANSWERED = 4
"""The number of phrases whose inner bars are composed."""


def phrases() -> list[tuple[str, str, Phrase]]:
    """(name, composer slug, phrase on the 48-tick grid) of the fixed phrases."""
    found = []
    for row in json.loads((FOLDER / "phrases.json").read_text(encoding="utf-8")):
        notes = tuple(Note(*note) for note in row["notes"])
        phrase = Phrase(notes, row["bars"], Meter(*row["meter"]), Key(row["key"]))
        found.append((row["name"], row["composer"], phrase))
    return found


def judge_features() -> dict[str, list[float]]:
    """The values of each feature, by its name, one for each phrase. The reference statistics are fitted on
    every second phrase, so the values do not depend on the shipped weights."""
    lines = [canonical(phrase) for _, _, phrase in phrases()]
    composers = [composer for _, composer, _ in phrases()]
    knowledge = Knowledge.fit([Reading.of(line) for line in lines[::2]], composers[::2])
    values = measure(lines, composers, knowledge)
    return {name: values[:, column].tolist() for column, name in enumerate(NAMES)}


def judge_scores() -> dict[str, dict[str, float]]:
    """By mode and phrase, the probability of human by the shipped judge."""
    judge = Judge.load()
    modes = [mode for mode in MODES if mode in ("positives-only", *judge.parts.ensembles)]
    return {
        mode: {
            name: Judge(judge.parts, mode).score([phrase], composer)[0]
            for name, composer, phrase in phrases()
        }
        for mode in modes
    }


def composer_bits() -> dict[str, float]:
    """By phrase, the bits a note of its inner bars under the shipped composer."""
    score = model_bits(ComposerModel.load(device="cpu"))
    found = {}
    for name, composer, phrase in phrases():
        stored = StoredPhrase(phrase, composer, name, name, name, "solo", 0, "test", False, "own", "own")
        found[name] = fit_of(tasks_of([stored]), score).bits_per_note
    return found


def composer_answers() -> dict[str, list[list[int]]]:
    """By phrase, [onset, pitch, duration] of each note of the first answer to its outer bars."""
    asked = phrases()[:ANSWERED]
    requests = [
        Request(outer_pair(phrase, 1, 1), composer, phrase.bars, (number,))
        for number, (_, composer, phrase) in enumerate(asked)
    ]
    answers = TrainedComposer().answer(requests)
    return {
        name: [[note.onset_ticks, note.pitch, note.duration_ticks] for note in draft.phrase.notes]
        for (name, _, _), draft in zip(asked, answers, strict=True)
    }


GOLDEN: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "judge_features": judge_features,
    "judge_scores": judge_scores,
    "composer_bits": composer_bits,
    "composer_answers": composer_answers,
}


def expected(name: str) -> dict[str, Any]:
    """The values on file."""
    values: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return values


def main() -> None:
    for name, compute in GOLDEN.items():
        rows = [f" {json.dumps(key)}: {json.dumps(_rounded(value))}" for key, value in compute().items()]
        (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
        print(f"{name}: {len(rows)} entries")


def _rounded(value: Any) -> Any:
    """Floats at nine significant digits, in any nested lists and dicts."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
