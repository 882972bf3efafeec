"""Composes tasks: the spans of each one after the other, and of each span the best candidate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.composing.task import Composed, Task
from models.generation.guards.standard import GuardMaker
from models.generation.infill import infill
from models.generation.request import Answer, Request
from models.generation.sampling import LanguageModel, SamplingOptions
from models.reranking.mixture import Mixture

OnFinished = Callable[[int, Composed], None]
_OnChosen = Callable[[int, Answer, Mapping[str, float]], None]


@dataclass(frozen=True)
class Writer:
    """How tasks are composed: with which model, options and guards, from how many candidates."""

    model: LanguageModel
    options: SamplingOptions
    guards: GuardMaker
    candidates: int = 1

    def write(self, tasks: Mapping[int, Task], attempt: int, on_finished: OnFinished) -> None:
        """Compose some tasks, numbered by the caller. `on_finished` is called with each number and its
        result as soon as its last span is composed, in any order."""
        parts: dict[int, list[Answer]] = {number: [] for number in tasks}
        for stage in range(max((task.stages for task in tasks.values()), default=0)):
            numbers = [number for number, task in tasks.items() if stage < task.stages]
            requests = [
                tasks[number].request(stage, parts[number][-1].phrase if stage else None, attempt)
                for number in numbers
            ]

            def chosen(
                index: int,
                answer: Answer,
                scores: Mapping[str, float],
                numbers: Sequence[int] = numbers,
                requests: Sequence[Request] = requests,
            ) -> None:
                number = numbers[index]
                task, request = tasks[number], requests[index]
                parts[number].append(answer)
                if len(parts[number]) == task.stages:
                    whole = Answer(answer.phrase, _bits_per_note(parts[number], task), answer.plan)
                    done = Composed(
                        task.name, task.variation, task.given, task.style, request, whole, task.new_bars
                    )
                    on_finished(number, replace(done, scores=scores))

            self._write_stage(requests, chosen)

    def _write_stage(self, requests: Sequence[Request], on_chosen: _OnChosen) -> None:
        """Compose one span of each request: the best of the candidates, if there are several."""
        if self.candidates == 1:

            def only(index: int, answer: Answer) -> None:
                on_chosen(index, answer, {})

            infill(self.model, requests, self.options, guards=self.guards, on_done=only)
            return
        count, mixture = self.candidates, Mixture.shipped(self.candidates)
        asked = [replace(request, key=(*request.key, number)) if number else request
                 for request in requests for number in range(count)]  # fmt: skip
        waiting: dict[int, dict[int, Answer]] = {index: {} for index in range(len(requests))}

        def choose(place: int, answer: Answer) -> None:
            index, number = divmod(place, count)
            waiting[index][number] = answer
            if len(waiting[index]) == count:
                candidates = waiting.pop(index)
                ordered = [candidates[number] for number in range(count)]
                pick = mixture.pick([requests[index]], [ordered])[0]
                on_chosen(index, ordered[pick.index], pick.scores)

        infill(self.model, asked, self.options, guards=self.guards, on_done=choose)


def _bits_per_note(parts: Sequence[Answer], task: Task) -> float | None:
    """The mean over the notes of all spans."""
    if len(parts) == 1:
        return parts[0].bits_per_note
    bits, notes = 0.0, 0
    for stage, part in enumerate(parts):
        if part.bits_per_note is None:
            return None
        pair = task.request(stage, part.phrase, 0).pair
        count = max(len(part.phrase.notes) - len(pair.beginning) - len(pair.ending), 1)
        bits, notes = bits + part.bits_per_note * count, notes + count
    return bits / notes
