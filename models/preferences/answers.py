"""Several answers to the outer bars of each of some phrases, kept in a file while they are composed, so
that a stopped run composes only what is missing.

The file has JSON lines: a header with how the answers were composed, then one line per request. A line
has the composed notes of each answer (onset and duration in ticks of the 48-tick grid, from the first
composed bar) and the plan that it followed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_prep.corpus.store import StoredPhrase
from models.generation.request import Answer, Request
from models.generation.sampling import LanguageModel, SamplingOptions
from models.reranking.candidates import Candidates, answers_to, requests_of
from violin.errors import CorpusError, PlanError, SettingsError
from violin.files import write_text_whole
from violin.music import Note, Phrase
from violin.pair import answer
from violin.plan import Plan

_REQUESTS_AT_ONCE = 32


def kept_candidates(
    path: Path,
    phrases: Sequence[StoredPhrase],
    model: LanguageModel,
    count: int,
    options: SamplingOptions,
    made_by: Mapping[str, Any],
    on_done: Callable[[int], object] = lambda done: None,
) -> Candidates:
    """`count` answers to the outer bars of each phrase. Those in the file `path` are read; the others are
    composed and added to the file.

    `made_by` holds what the answers depend on, such as the digest of the weights. `on_done` is called with
    the number of requests that are answered. Raises SettingsError if the file has answers that something
    else composed, and CorpusError if it is damaged.
    """
    requests = requests_of(phrases)
    found = _read(path, requests, made_by)
    on_done(len(found))
    for first in range(len(found), len(requests), _REQUESTS_AT_ONCE):
        some = requests[first : first + _REQUESTS_AT_ONCE]
        composed = answers_to(some, model, count, options)
        with path.open("a", encoding="utf-8") as file:
            file.writelines(map(_line, some, composed))
        found += composed
        on_done(len(found))
    return Candidates(phrases, requests, found)


def _read(path: Path, requests: Sequence[Request], made_by: Mapping[str, Any]) -> list[list[Answer]]:
    """The answers in the file. A line that a stopped run left unfinished is removed from it."""
    header = json.dumps(made_by, sort_keys=True) + "\n"
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    whole = [line for line in whole if line.endswith("\n")]
    if whole and whole[0] != header:
        raise SettingsError(
            f"{path}: these answers were composed by {whole[0].strip()}; this run needs {header.strip()}. "
            "Give another folder"
        )
    write_text_whole(path, "".join(whole or [header]))
    found = []
    for number, line in enumerate(whole[1 : 1 + len(requests)], start=2):
        try:
            found.append([_answer(requests[number - 2], each) for each in json.loads(line)])
        except (ValueError, TypeError, LookupError, PlanError) as error:
            raise CorpusError(f"{path}: line {number} is not a line of answers ({error})") from error
    return found


def _line(request: Request, answers: Sequence[Answer]) -> str:
    values = [
        {
            "middle": [[note.onset_ticks, note.pitch, note.duration_ticks] for note in _middle(request, one)],
            "bits_per_note": one.bits_per_note,
            "plan": None if one.plan is None else str(one.plan),
        }
        for one in answers
    ]
    return json.dumps(values) + "\n"


def _answer(request: Request, values: Mapping[str, Any]) -> Answer:
    middle = tuple(Note(*note) for note in values["middle"])
    plan = None if values["plan"] is None else Plan.parse(values["plan"])
    return Answer(answer(request.pair, request.bars, middle), values["bits_per_note"], plan)


def _middle(request: Request, answered: Answer) -> list[Note]:
    """The composed notes, from the first barline of the middle."""
    phrase: Phrase = answered.phrase
    pair = request.pair
    start, end = (bar * phrase.bar_ticks for bar in (pair.beginning_bars, phrase.bars - pair.ending_bars))
    return [note.shifted(-start) for note in phrase.notes if start <= note.onset_ticks < end]
