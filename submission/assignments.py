"""Assignments: one per file of the answer, for any state of the pair.

* A pair is answered between its own bars.
* A pair whose given bars break a rule is answered too, with its bars unchanged. If the model cannot
  take it (for example, its meter is neither 3/4 nor 4/4), the fallback is a free phrase in the
  pair's key and tempo, cut to the missing bars.
* A file that cannot be read as a pair gets a free phrase like the others in its folder. So does a
  number that is missing between the first and the last.

Every such case is in the assignment's remarks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from models.generation.request import Answer, Request
from submission.datasets import Dataset
from submission.given import GivenPair, read_pairs
from submission.styles import draw_length, draw_subject
from violin.challenge import (
    COMPOSERS,
    FILES_PER_COMPOSER,
    MAX_BARS,
    METERS,
    MIN_BARS,
    Composer,
    folder_name,
    phrase_file_name,
)
from violin.errors import ViolinError
from violin.music import TICKS_PER_BEAT, Meter, Note, Phrase
from violin.pair import Pair, answer, free_pair

AUTO_BARS = 0
_BY_BAR_TICKS: dict[int, Meter] = {meter.bar_ticks(): meter for meter in METERS}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One file of the answer.

    `given` is the pair as read, None for a free phrase. `prompt` is the pair given to the model for
    a phrase of `prompt_bars`, usually the same. `bars` is the answer's length.
    """

    composer: Composer
    number: int
    given: Pair | None
    bars: int
    prompt: Pair
    prompt_bars: int
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{folder_name(self.composer)}/{phrase_file_name(self.number)}"

    @property
    def is_fallback(self) -> bool:
        """Whether the model composes a free phrase, without the given bars."""
        return self.given != self.prompt

    def with_fallback(self, why: str) -> Assignment:
        """A copy whose middle is taken from a free phrase, for a pair that the model cannot take."""
        if self.given is None:
            return self
        bar_ticks = self.given.meter.bar_ticks()
        meter = _BY_BAR_TICKS.get(bar_ticks, METERS[-1])
        missing_ticks = (self.bars - self.given.beginning_bars - self.given.ending_bars) * bar_ticks
        bars = min(max(-(-missing_ticks // meter.bar_ticks()), MIN_BARS), MAX_BARS)
        prompt = free_pair(meter, self.given.key, self.given.tempo_us_per_beat)
        remark = f"the given bars stay as they are, the middle is composed without them: {why}"
        return replace(self, prompt=prompt, prompt_bars=bars, remarks=(*self.remarks, remark))

    def request(self, seed: int, candidate: int = 0) -> Request:
        key = (seed, self.composer.number, self.number, candidate)
        return Request(self.prompt, self.composer.slug, self.prompt_bars, key)

    def answered(self, seed: int) -> Request:
        """The request with which the finished answer is judged: with the given bars and the
        answer's length, even if the middle was composed without them."""
        return replace(self.request(seed), pair=self.given or self.prompt, bars=self.bars)

    def fitted(self, written: Answer) -> Answer:
        """The answer to the assignment, made from the answer to its request."""
        if self.given is None or not self.is_fallback:
            return written
        bar_ticks = self.given.meter.bar_ticks()
        middle_bars = self.bars - self.given.beginning_bars - self.given.ending_bars
        phrase = answer(self.given, self.bars, _cut(written.phrase, middle_bars * bar_ticks))
        return replace(written, phrase=phrase)


def free_assignments(per_composer: int = FILES_PER_COMPOSER, seed: int = 0) -> list[Assignment]:
    """The assignments of the preliminary round, with no given bars."""
    return [
        _free(composer, number, seed, ()) for composer in COMPOSERS for number in range(1, per_composer + 1)
    ]


def dataset_assignments(
    dataset: Dataset,
    bars: int | None = None,
    per_composer: int | None = None,
    seed: int = 0,
    split: tuple[int, int] | None = None,
) -> list[Assignment]:
    """The assignments of the final round: one for each number of each folder, up to `per_composer`.

    `bars` is for pairs without a gap: 8..16, None for the default of 8, `AUTO_BARS` for a length
    drawn with the seed. `split` is the number of bars of beginning and ending in every pair; by
    default it is read from the pairs (`submission.given`).
    """
    pairs = read_pairs(dataset, split)
    result: list[Assignment] = []
    for composer in COMPOSERS:
        files = {file.number: pairs[file.name] for file in dataset.folders.get(composer.slug, ())}
        numbers = dataset.numbers(composer)
        if per_composer is not None and files:
            numbers = range(1, per_composer + 1)
        made = [_assigned(composer, number, files.get(number), bars, seed) for number in numbers]
        result += _like_their_folder(made, seed)
    return result


def _assigned(
    composer: Composer, number: int, given: GivenPair | None, bars: int | None, seed: int
) -> Assignment:
    if given is None:
        return _free(composer, number, seed, ("no such file in the dataset: a free phrase instead",))
    why = given.error
    pair = given.pair
    if pair is not None:
        try:
            total = _length(pair, bars, Random(f"length/{seed}/{composer.slug}/{number}"))
        except ViolinError as error:
            pair, why = None, str(error)
    if pair is None:
        return _free(composer, number, seed, (f"cannot be answered, a free phrase instead: {why}",))
    assignment = Assignment(composer, number, pair, total, pair, total, given.remarks)
    if pair.meter in METERS:
        return assignment
    legal = " and ".join(map(str, METERS))
    return assignment.with_fallback(f"its meter is {pair.meter}; the composer writes {legal}")


def _length(pair: Pair, bars: int | None, random: Random) -> int:
    """The length of the answer: that of the gap, else the requested one, with at least one bar to
    compose."""
    if pair.bars is None and bars == AUTO_BARS:
        return pair.choose_bars(draw_length(random, pair.fewest_bars))
    return pair.choose_bars(None if bars is None else max(bars, pair.fewest_bars))


def _free(composer: Composer, number: int, seed: int, remarks: tuple[str, ...]) -> Assignment:
    subject = draw_subject(composer.slug, number, seed)
    pair = free_pair(subject.meter, subject.key, subject.tempo_us_per_beat)
    return Assignment(composer, number, None, subject.bars, pair, subject.bars, remarks)


def _like_their_folder(made: Iterable[Assignment], seed: int) -> Iterator[Assignment]:
    """Free phrases copy meter, key, tempo and length from a pair of their folder, if there is one."""
    made = list(made)
    models = [each for each in made if each.given is not None and not each.is_fallback]
    for each in made:
        if each.given is None and models:
            model = Random(f"manner/{seed}/{each.name}").choice(models)
            pair = free_pair(model.prompt.meter, model.prompt.key, model.prompt.tempo_us_per_beat)
            yield replace(each, prompt=pair, bars=model.bars, prompt_bars=model.bars)
        else:
            yield each


def _cut(phrase: Phrase, length_ticks: int) -> tuple[Note, ...]:
    """The notes of a free phrase within its first `length_ticks` on the 48-tick grid, cut at the end."""
    notes = phrase.on_grid(TICKS_PER_BEAT).notes
    return tuple(
        Note(note.onset_ticks, note.pitch, min(note.end_ticks, length_ticks) - note.onset_ticks)
        for note in notes
        if note.onset_ticks < length_ticks
    )


def by_length(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Sorted longest first, so that the rows of a batch have similar lengths and the last parts are
    short."""
    return sorted(assignments, key=_longest_first)


def _longest_first(each: Assignment) -> tuple[int, int, int]:
    return -each.prompt_bars * each.prompt.meter.bar_ticks(), each.composer.number, each.number
