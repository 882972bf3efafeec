"""What the composing process can do: each task takes plain arguments and reports what it finds.

A task is a function `task(arguments, report)`. `report(kind, value)` sends a finding at once; the return
value is sent when the task is done. Everything that is sent must pickle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from violin.studio.work import trained
from violin.studio.work.answering import answer_task, score_task

if TYPE_CHECKING:
    from models.composing.reasons import Reasons
    from models.composing.task import Composed

Report = Callable[[str, Any], None]
Task = Callable[[dict[str, Any], Report], Any]

_REASONS = 6


def compose_task(arguments: dict[str, Any], report: Report) -> list[dict[str, Any]]:
    """Compose answers to one pair or phrase.

    arguments  name, given (a pair, or a phrase with the bars to compose anew), settings (of ComposeSettings)
    report     ("answer", {variation, phrase, new_bars}) for each, as soon as it is composed
    returns    one dict per answer, the best first: variation, why
    """
    from models.compose import ComposeSettings, compose
    from violin.studio.music.reasons import why_json

    settings = ComposeSettings(**arguments["settings"])

    def done(composed: Composed) -> None:
        report(
            "answer",
            {
                "variation": composed.variation,
                "phrase": composed.answer.phrase,
                "new_bars": composed.new_bars,
            },
        )

    found = compose([(arguments["name"], arguments["given"])], settings, on_done=done)
    known = [(_reasons(one), one) for one in found]
    known.sort(key=lambda pair: -pair[0].scores["mixture"])
    return [
        {
            "variation": one.variation,
            "why": why_json(reasons, one.answer.bits_per_note, len(one.new_bars) < one.answer.phrase.bars),
        }
        for reasons, one in known
    ]


def _reasons(composed: Composed) -> Reasons:
    """The reasons for an answer, with seams and form measured even if they have no share in the ranking."""
    from models.composing.reasons import reasons_of
    from models.judge.scorer import TrainedJudge
    from models.reranking.mixture import Mixture

    shown = Mixture(1, TrainedJudge(), (("seam", 1.0), ("form", 1.0)))
    found = reasons_of(composed)
    measured = shown.appraise(composed.request, [composed.answer])[0]
    return replace(found, scores={**measured, **found.scores})


def judge_task(arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """The judge's opinion of one phrase.

    arguments  phrase, composer
    returns    probability (that a human composed it), reasons, words
    """
    from violin.studio.music.reasons import reason_json

    judge = trained.shipped_judge()
    phrase, composer = arguments["phrase"], arguments["composer"]
    probability = judge.score([phrase], composer)[0]
    reasons = [reason_json(one) for one in judge.explain(phrase, composer, _REASONS)]
    words = f"The judge thinks that {'a human' if probability >= 0.5 else 'a machine'} composed it."
    return {"probability": round(probability, 4), "reasons": reasons, "words": words}


def warm_up() -> None:
    """Import the libraries and read the weights, so that the first answer comes quickly."""
    from models.compose import ComposeSettings, composer_model
    from models.novelty import shipped_index

    composer_model(ComposeSettings())
    shipped_index()
    trained.shipped_judge()


TASKS: dict[str, Task] = {
    "compose": compose_task,
    "judge": judge_task,
    "entrant-compose": answer_task,
    "entrant-score": score_task,
}
