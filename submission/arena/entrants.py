"""Entrants of the arena: a name or a path of a generator or a judge.

A path is a folder or zip of answers (phrases of a generator, text files of a judge) or a weight
file, which stands for our composer or judge with these weights.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from models.generation.baselines import CopyABar, Markov, Ngram
from models.generation.engine import Engine, TrainedComposer
from models.judge.baselines import Constant, Likelihood, Repetition
from models.judge.scorer import Judge, TrainedJudge
from models.reranking.choice import Choice, FirstAnswer
from models.reranking.mixture import Mixture
from violin.errors import SettingsError

GENERATOR_NAMES = (
    "ours", "ours@TEMPERATURE", "each of these with +bestK (the best of K candidates)", "ngram", "markov",
    "copy-a-bar", "a composer's weight file", "a folder or zip of phrases",
)  # fmt: skip
JUDGE_NAMES = (
    "ours", "ours:positives-only", "ours:self-negatives", "ours:open", "each of these with +official",
    "constant", "repetition", "likelihood", "a judge's weight file", "a folder or zip of judge files",
)  # fmt: skip
_OURS = re.compile(r"ours(?:@(?P<temperature>\d*\.?\d+))?(?:\+best(?P<candidates>[1-9]\d?))?\Z")
_MOST_CANDIDATES = 64
_MODES = ("positives-only", "self-negatives", "open")


@dataclass(frozen=True, slots=True)
class Generator:
    """A composer and the choice among its candidates."""

    engine: Engine
    choice: Choice = FirstAnswer()  # noqa: RUF009 (frozen)

    @property
    def identity(self) -> str:
        return f"{self.engine.identity}, {self.choice.identity}"


def generator_named(name: str, store: str | Path) -> Generator | Path:
    """The generator of a name. An unknown name raises SettingsError with the legal ones."""
    store = Path(store)
    ours = _OURS.match(name)
    if ours and int(ours["candidates"] or 1) <= _MOST_CANDIDATES:
        candidates = int(ours["candidates"] or 1)
        temperature = float(ours["temperature"]) if ours["temperature"] else None
        choice: Choice = Mixture.shipped(candidates) if candidates > 1 else FirstAnswer()
        return Generator(TrainedComposer(temperature=temperature), choice)
    if name.startswith(("ours@", "ours+")):
        raise SettingsError(f"generator {name!r}; legal: ours@0.8, ours+best8, ours@0.8+best8")
    if name == "ngram":
        _check_store(name, store)
    simple: dict[str, Engine] = {"ngram": Ngram(store), "markov": Markov(), "copy-a-bar": CopyABar()}
    if name in simple:
        return Generator(simple[name])
    if Path(name).suffix == ".safetensors" and Path(name).is_file():
        return Generator(TrainedComposer(Path(name)))
    if Path(name).exists():
        return Path(name)
    raise SettingsError(f"unknown generator {name!r}; legal: {', '.join(GENERATOR_NAMES)}")


def judge_named(name: str, store: str | Path) -> Judge | Path:
    """The judge of a name. An unknown name raises SettingsError with the legal ones."""
    store = Path(store)
    kind, plus, output = name.partition("+")
    ours, colon, mode = kind.partition(":")
    if ours == "ours" and output == "official" * bool(plus) and mode in (_MODES if colon else ("",)):
        return TrainedJudge(mode=mode or None, official=bool(plus))
    if name == "likelihood":
        _check_store(name, store)
    simple: dict[str, Judge] = {
        "constant": Constant(),
        "repetition": Repetition(),
        "likelihood": Likelihood(store),
    }
    if name in simple:
        return simple[name]
    if Path(name).suffix == ".npz" and Path(name).is_file():
        return TrainedJudge(Path(name))
    if Path(name).exists():
        return Path(name)
    raise SettingsError(f"unknown judge {name!r}; legal: {', '.join(JUDGE_NAMES)}")


def _check_store(name: str, store: Path) -> None:
    """Check the phrase store before anything is composed."""
    from data_prep.corpus.store import PHRASES_NAME

    if not (store / PHRASES_NAME).is_file():
        raise SettingsError(f"{name} needs a phrase store, and {store} is not one; see violin prepare")
