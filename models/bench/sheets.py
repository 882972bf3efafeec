"""Blind sheets: a human phrase and an answer to its outer bars, engraved in the same way, in random order.

Raters see the pictures and fill in `marks.csv`; the key, which says what is human, is kept elsewhere until
all marks are in.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.generation.infill import infill
from models.generation.request import Answer, Request
from models.generation.sampling import LanguageModel, SamplingOptions
from models.reranking.candidates import GIVEN_BARS
from models.reranking.mixture import Mixture
from violin.challenge import METERS, MIN_BARS, SLUGS
from violin.errors import SettingsError
from violin.files import read_regular, write_text_whole, write_whole
from violin.music import Key, Phrase
from violin.pair import free_pair, outer_pair

QUESTIONS = ("seam", "rhythm", "harmony", "form", "style", "playability")
LOWEST_MARK, HIGHEST_MARK = 1, 5
Picture = Callable[[Phrase, tuple[int, ...]], bytes]
"""The PNG of a phrase with these bars (counted from 0) shaded."""
_LETTERS = ("a", "b")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A human phrase and an answer to its outer bars; `human_letter` ("a" or "b") is the letter of the human
    phrase."""

    human: StoredPhrase
    answer: Answer
    human_letter: str

    def phrase(self, letter: str) -> Phrase:
        return self.human.phrase if letter == self.human_letter else self.answer.phrase


@dataclass(frozen=True, slots=True)
class Marks:
    """The mean marks by question, for human phrases and for answers. `recognised`: on how many of `sheets`
    the human phrase was recognised."""

    human: dict[str, float]
    answers: dict[str, float]
    recognised: int
    sheets: int


def phrases_of_different_works(
    store: PhraseStore, split: str, count: int, seed: int = 0
) -> list[StoredPhrase]:
    """At most `count` phrases of the eight composers, in turn, each of a different work if there are enough.
    Those with a note held into the ending are left out: no answer can have one, so a tie would show which is
    human."""
    random = np.random.default_rng(seed)
    queues = []
    for slug in SLUGS:
        own = [stored for stored in store.select(split, slug) if not _held_into_ending(stored.phrase)]
        drawn = [own[place] for place in random.permutation(len(own)).tolist()]
        firsts = {stored.work_group: stored for stored in reversed(drawn)}
        queues.append(list(firsts.values()) + [one for one in drawn if firsts[one.work_group] is not one])
    longest = max(map(len, queues), default=0)
    in_turn = [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]
    return in_turn[:count]


def requests_for(phrases: Sequence[StoredPhrase], free: int) -> list[Request]:
    """Requests for answers to the outer bars of phrases, then for `free` phrases of eight bars, in turn for
    each composer, in 4/4 and 3/4 and in keys of at most three sharps or flats."""
    answers = [
        Request(
            outer_pair(stored.phrase, GIVEN_BARS, GIVEN_BARS), stored.composer, stored.phrase.bars, (place,)
        )
        for place, stored in enumerate(phrases)
    ]
    return answers + [
        Request(
            free_pair(METERS[number // len(SLUGS) % 2], Key(number % 7 - 3)),
            SLUGS[number % len(SLUGS)],
            MIN_BARS,
            (len(phrases) + number,),
        )
        for number in range(free)
    ]


def best_answers(
    model: LanguageModel,
    mixture: Mixture,
    requests: Sequence[Request],
    seed: int = 1,
    on_done: Callable[[], None] = lambda: None,
) -> list[Answer]:
    """The best of `mixture.candidates` answers to each request. Calls `on_done` after each candidate."""
    count = mixture.candidates
    asked = [replace(one, key=(*one.key, number)) for one in requests for number in range(count)]
    found = infill(model, asked, SamplingOptions(seed=seed), on_done=lambda index, answer: on_done())
    candidates = [found[start : start + count] for start in range(0, len(found), count)]
    picks = mixture.pick(requests, candidates)
    return [each[pick.index] for each, pick in zip(candidates, picks, strict=True)]


def in_random_order(phrases: Sequence[StoredPhrase], answers: Sequence[Answer], seed: int = 0) -> list[Sheet]:
    """A sheet for each human phrase and the answer to its outer bars."""
    letters = np.random.default_rng(seed).choice(_LETTERS, len(phrases))
    return [
        Sheet(human, answer, str(letter))
        for human, answer, letter in zip(phrases, answers, letters, strict=True)
    ]


def write_sheets(
    sheets: Sequence[Sheet], free: Sequence[Answer], picture: Picture, folder: Path, key: Path
) -> None:
    """Write `01_a.png`, `01_b.png` … and `free_01.png` … into a folder, with an empty `marks.csv`, and the
    key as JSON. OutputError if a file cannot be written."""
    for number, sheet in enumerate(sheets, 1):
        for letter in _LETTERS:
            phrase = sheet.phrase(letter)
            given = (*range(GIVEN_BARS), *range(phrase.bars - GIVEN_BARS, phrase.bars))
            write_whole(folder / f"{number:02}_{letter}.png", picture(phrase, given))
    for number, one in enumerate(free, 1):
        write_whole(folder / f"free_{number:02}.png", picture(one.phrase, ()))
    write_text_whole(folder / "marks.csv", empty_marks(len(sheets)))
    letters = {str(number): sheet.human_letter for number, sheet in enumerate(sheets, 1)}
    write_text_whole(key, json.dumps({"human": letters}, indent=1) + "\n")


def empty_marks(sheets: int) -> str:
    """The table to fill in: one line per sheet, with marks of 1 to 5 and the letter of the phrase that the
    rater takes for human."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_columns())
    writer.writerows([number, *[""] * (len(_columns()) - 1)] for number in range(1, sheets + 1))
    return table.getvalue()


def read_marks(table: Path, key: Path) -> Marks:
    """The means of a filled-in table. SettingsError names the sheet whose mark or letter is not legal."""
    human_letters = _human_letters(key)
    human: dict[str, list[int]] = {question: [] for question in QUESTIONS}
    answers: dict[str, list[int]] = {question: [] for question in QUESTIONS}
    recognised = 0
    rows = _rows(table)
    for row in rows:
        human_letter = human_letters.get(row["sheet"])
        if human_letter is None:
            raise SettingsError(f"{table}: sheet {row['sheet']!r} is not in the key {key}")
        recognised += _letter(row) == human_letter
        for question in QUESTIONS:
            for letter in _LETTERS:
                kept = human if letter == human_letter else answers
                kept[question].append(_mark(row, f"{question}_{letter}"))
    return Marks(_means(human), _means(answers), recognised, len(rows))


def marks_table(marks: Marks) -> str:
    """The means as a table in Markdown, and how often the human phrase was recognised."""
    lines = ["| mark of 5 | human | answer |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {marks.human[name]:.1f} | {marks.answers[name]:.1f} |" for name in QUESTIONS]
    return "\n".join([*lines, "", f"human phrase named on {marks.recognised} of {marks.sheets} sheets"])


def _held_into_ending(phrase: Phrase) -> bool:
    ending_ticks = (phrase.bars - GIVEN_BARS) * phrase.bar_ticks
    return any(note.onset_ticks < ending_ticks < note.end_ticks for note in phrase.notes)


def _columns() -> list[str]:
    return ["sheet", "human", *(f"{question}_{letter}" for question in QUESTIONS for letter in _LETTERS)]


def _human_letters(key: Path) -> dict[str, str]:
    try:
        letters: dict[str, str] = json.loads(read_regular(key))["human"]
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{key}: not a key of sheets") from error
    return letters


def _rows(table: Path) -> list[dict[str, str]]:
    try:
        rows = list(csv.DictReader(io.StringIO(read_regular(table).decode())))
    except (ValueError, csv.Error) as error:
        raise SettingsError(f"{table}: not a table of marks") from error
    if not rows or set(_columns()) - set(rows[0]):
        raise SettingsError(f"{table}: not a table of marks; legal: the columns {', '.join(_columns())}")
    return rows


def _letter(row: dict[str, str]) -> str:
    letter = (row["human"] or "").strip().lower()
    if letter not in _LETTERS:
        raise SettingsError(f"sheet {row['sheet']}: human is {letter!r}; legal: a or b")
    return letter


def _mark(row: dict[str, str], column: str) -> int:
    text = (row[column] or "").strip()
    if text not in map(str, range(LOWEST_MARK, HIGHEST_MARK + 1)):
        legal = f"{LOWEST_MARK} to {HIGHEST_MARK}"
        raise SettingsError(f"sheet {row['sheet']}: {column} is {text!r}; legal: {legal}")
    return int(text)


def _means(marks: dict[str, list[int]]) -> dict[str, float]:
    return {name: float(np.mean(each)) for name, each in marks.items()}
