"""Composes variations that differ: one that is too similar to an earlier one is composed again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from models.composing.stages import Writer
from models.composing.task import Composed, Task
from models.generation.variations import least_difference
from violin.music import Phrase

ATTEMPTS = 4
"""How often a variation is composed. After the last attempt the most different one is kept."""

_Group = tuple[str, str]  # the variations of one name in one style


def compose_rounds(
    writer: Writer, tasks: Sequence[Task], min_difference: float, on_done: Callable[[Composed], None]
) -> list[Composed]:
    """The answer to each task, in order.

    The variations of one name in one style are checked in order of their numbers. A variation whose
    difference to an accepted one is less than `min_difference` is composed again with another random key,
    at most `ATTEMPTS` times in all; then the most different one is kept. `on_done` gets each answer once
    it is accepted.
    """
    rounds = _Rounds(tasks, min_difference, on_done)
    for attempt in range(ATTEMPTS):
        waiting = rounds.waiting()
        if not waiting:
            break
        rounds.begin(is_last=attempt == ATTEMPTS - 1)
        writer.write({number: tasks[number] for number in waiting}, attempt, rounds.take)
    return [rounds.accepted[number] for number in range(len(tasks))]


class _Rounds:
    """The accepted answers and those composed in the current round."""

    def __init__(
        self, tasks: Sequence[Task], min_difference: float, on_done: Callable[[Composed], None]
    ) -> None:
        self._tasks, self._min_difference, self._on_done = tasks, min_difference, on_done
        self._groups: dict[_Group, list[int]] = defaultdict(list)
        for number, task in enumerate(tasks):
            self._groups[task.name, task.style].append(number)
        self.accepted: dict[int, Composed] = {}
        self._tried: dict[int, list[Composed]] = defaultdict(list)
        self._fresh: dict[int, Composed] = {}
        self._decided: set[int] = set()

    def waiting(self) -> list[int]:
        return [number for number in range(len(self._tasks)) if number not in self.accepted]

    def begin(self, is_last: bool) -> None:
        self._is_last = is_last
        self._fresh.clear()
        self._decided.clear()

    def take(self, number: int, composed: Composed) -> None:
        """Take the result of a task. Then accept or reject each variation for which all earlier ones of its
        group are decided."""
        self._fresh[number] = composed
        task = self._tasks[number]
        for each in self._groups[task.name, task.style]:
            if each in self.accepted or each in self._decided:
                continue
            if each not in self._fresh:
                return
            self._decided.add(each)
            self._decide(each)

    def _decide(self, number: int) -> None:
        self._tried[number].append(self._fresh[number])
        # The newest first: on a tie it is kept, and in each round except the last, only it can be accepted.
        tried = self._tried[number][::-1] if self._is_last else self._tried[number][-1:]
        measured = [self._measured(composed, number) for composed in tried]
        best = max(measured, key=lambda one: 1.0 if one.difference is None else one.difference)
        if self._is_last or best.difference is None or best.difference >= self._min_difference:
            self.accepted[number] = best
            self._on_done(best)

    def _measured(self, composed: Composed, number: int) -> Composed:
        """The answer with its difference to the variations that were accepted before it."""
        task = self._tasks[number]
        others: list[Phrase] = [
            self.accepted[each].answer.phrase
            for each in self._groups[task.name, task.style]
            if each in self.accepted
        ]
        found = least_difference(composed.answer.phrase, others, task.new_bars)
        return replace(composed, difference=found)
