"""Robustness of every verb that reads untrusted MIDI files, on malformed files.

For any bytes: no exception except `ViolinError`, at most two seconds of processor time per file,
and at most 300 MB in total. `violin bench verbs` runs this; the linter has its own, `violin bench
robustness`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from constraints.hand.fingering import find_path
from constraints.language.spec import decode_spec
from constraints.language.tokenizer import encode_prompt
from constraints.linter.answers import check_answer
from constraints.linter.check import check_bytes
from constraints.linter.subject import Subject
from models.evaluation.novelty_report import report_novelty
from models.judge.files import Found
from models.judge.predict import Question, judge_files
from models.novelty import RunIndex
from violin.errors import MidiError, ViolinError
from violin.pair import read_pair
from violin.smf import parse

MOST_SECONDS = 2.0

Attempt = Callable[[bytes, str], object]


def attempts() -> Mapping[str, Attempt]:
    """A function per verb name that does what the verb does with one file. The weights are loaded
    once."""
    index = RunIndex.load()
    question = Question("bach", explain=True)
    judge_files(question, [])

    def novelty(data: bytes, name: str) -> object:
        return report_novelty(index, [(name, Found(name, None, data).phrase_on_grid())])

    return {
        "lint": lambda data, name: check_bytes(data, name=name),
        "compose": _prompt,
        "judge": lambda data, name: judge_files(question, [Found(name, None, data)]),
        "novelty": novelty,
        "verify": lambda data, name: check_answer(data, name, None),
        "fingering": _fingering,
    }


def _prompt(data: bytes, name: str) -> object:
    """What `violin compose` does with a pair before it runs the network."""
    pair = read_pair(data, name)
    bars = pair.choose_bars()
    return encode_prompt(pair, "bach", bars), decode_spec(pair, bars)


def _fingering(data: bytes, name: str) -> object:
    subject = Subject(parse(data), name=name)
    if not subject.smf.is_readable or not subject.notes:
        raise MidiError(f"{name}: nothing to finger")
    return find_path(subject.onset_sets)


@dataclass
class Worst:
    """The worst case of one verb over many files: the number of refused files, the longest time and
    its file."""

    files: int = 0
    refused: int = 0
    seconds: float = 0.0
    name: str = ""


@dataclass
class Result:
    """The worst case of each verb, and one line for each exceeded bound."""

    worst: dict[str, Worst]
    faults: list[str]


def try_verbs(files: Iterable[tuple[str, bytes]], verbs: Mapping[str, Attempt] | None = None) -> Result:
    """Run each verb on each named file. Errors caused by a file are recorded, not raised."""
    verbs = verbs or attempts()
    result = Result({verb: Worst() for verb in verbs}, [])
    for name, data in files:
        for verb, attempt in verbs.items():
            worst = result.worst[verb]
            worst.files += 1
            started = time.process_time()
            try:
                attempt(data, name)
            except ViolinError:
                worst.refused += 1
            except Exception as error:  # any other exception is a fault
                result.faults.append(f"{verb} {name}: {type(error).__name__}: {error}")
            seconds = time.process_time() - started
            if seconds > worst.seconds:
                worst.seconds, worst.name = seconds, name
            if seconds > MOST_SECONDS:
                result.faults.append(f"{verb} {name}: {seconds:.1f} s")
    return result
