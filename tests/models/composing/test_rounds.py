"""Variations that are too similar are composed again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from models.composing.rounds import ATTEMPTS, compose_rounds
from models.composing.stages import OnFinished, Writer
from models.composing.task import Composed, Task
from models.generation.request import Answer
from violin.music import Note, Phrase
from violin.pair import free_pair


def phrase(*pitches: int) -> Phrase:
    return Phrase(tuple(Note(48 * place, pitch, 48) for place, pitch in enumerate(pitches)), 8)


class Scripted:
    """A writer that gives each variation the phrases of its script, one per attempt, the last first."""

    def __init__(self, scripts: Mapping[int, list[Phrase]]) -> None:
        self.scripts = scripts
        self.asked: list[tuple[int, list[int]]] = []

    def write(self, tasks: Mapping[int, Task], attempt: int, on_finished: OnFinished) -> None:
        self.asked.append((attempt, [task.variation for task in tasks.values()]))
        for number, task in reversed(tasks.items()):
            answer = Answer(self.scripts[task.variation][attempt])
            request = task.request(0, None, attempt)
            on_finished(
                number,
                Composed(task.name, task.variation, task.given, task.style, request, answer, task.new_bars),
            )


def tasks(count: int) -> list[Task]:
    return [Task("a", number + 1, free_pair(), "bach", "bach", 8, (0, number)) for number in range(count)]


def composed(scripts: dict[int, list[Phrase]], least: float = 0.5) -> tuple[list[Composed], Scripted]:
    writer = Scripted(scripts)
    handed: list[Composed] = []
    found = compose_rounds(cast(Writer, writer), tasks(len(scripts)), least, handed.append)
    assert sorted(map(str, handed)) == sorted(map(str, found))
    return found, writer


def test_one_that_is_too_similar_is_composed_again() -> None:
    first, copy, other = phrase(60, 62, 64, 65), phrase(60, 62, 64, 67), phrase(72, 74, 76, 77)
    found, writer = composed({1: [first], 2: [copy, other], 3: [phrase(80)]})
    assert [one.answer.phrase for one in found] == [first, other, phrase(80)]
    assert [one.difference for one in found] == [None, 1.0, 1.0]
    assert writer.asked == [(0, [1, 2, 3]), (1, [2])]
    assert found[1].request.key != tasks(3)[1].key


def test_after_the_last_attempt_the_most_different_one_is_kept() -> None:
    first = phrase(60, 62, 64, 65)
    tries = [first, phrase(60, 62, 64, 70), first, first]
    found, writer = composed({1: [first], 2: tries})
    assert [attempt for attempt, _ in writer.asked] == list(range(ATTEMPTS))
    assert found[1].answer.phrase == tries[1]
    assert found[1].difference == pytest.approx(0.25)


def test_a_variation_is_compared_with_later_ones_that_were_accepted_before_it() -> None:
    same, other, third = phrase(60, 62), phrase(70, 72), phrase(80, 82)
    found, writer = composed({1: [same], 2: [same, other, third], 3: [other]})
    assert [one.answer.phrase for one in found] == [same, third, other]
    assert writer.asked == [(0, [1, 2, 3]), (1, [2]), (2, [2])]


def test_without_a_least_difference_each_is_kept_as_it_comes() -> None:
    same = phrase(60)
    found, writer = composed({1: [same], 2: [same]}, 0.0)
    assert [one.difference for one in found] == [None, 0.0]
    assert len(writer.asked) == 1


def test_each_stage_and_attempt_has_its_own_random_key() -> None:
    [task] = tasks(1)
    assert task.request(0, None, 0).key == task.key
    assert len({task.request(stage, None, attempt).key for stage in range(3) for attempt in range(3)}) == 9


def test_a_variation_is_handed_over_as_soon_as_those_before_it_are_decided() -> None:
    handed: list[int] = []
    seen: list[list[int]] = []

    class InTurn(Scripted):
        """Finishes the variations 2, 1, 3 and notes which were handed over after each."""

        def write(self, tasks: Mapping[int, Task], attempt: int, on_finished: OnFinished) -> None:
            for number in (1, 0, 2):
                super().write({number: tasks[number]}, attempt, on_finished)
                seen.append(list(handed))

    writer = InTurn({1: [phrase(60)], 2: [phrase(70)], 3: [phrase(80)]})
    compose_rounds(cast(Writer, writer), tasks(3), 0.5, lambda one: handed.append(one.variation))
    assert seen == [[], [1, 2], [1, 2, 3]]
