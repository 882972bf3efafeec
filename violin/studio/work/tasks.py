"""What the composing process can do: each task takes plain arguments and reports what it finds.

A task is a function `task(arguments, report)`. `report(kind, value)` sends a finding at once; the return
value is sent when the task is done. Everything that is sent must pickle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from violin.studio.work import trained
from violin.studio.work.answering import answer_task, score_task

Report = Callable[[str, Any], None]
Task = Callable[[dict[str, Any], Report], Any]

_REASONS = 6


def compose_task(arguments: dict[str, Any], report: Report) -> list[dict[str, Any]]:
    """Compose answers to one pair or phrase.

    arguments  name, given (a pair, or a phrase with the bars to compose anew), settings (of ComposeSettings)
    report     ("answer", {variation, composer, phrase, new_bars}) for each
    returns    one dict an answer, the best first: variation, composer, why
    """
    from models.compose import Composed, ComposeSettings, compose
    from models.reranking.mixture import Mixture
    from violin.studio.music.reasons import why_json

    settings = ComposeSettings(**arguments["settings"])

    def done(composed: Composed) -> None:
        report(
            "answer",
            {
                "variation": composed.variation,
                "composer": composed.request.composer,
                "phrase": composed.answer.phrase,
                "new_bars": composed.new_bars,
            },
        )

    found = compose([(arguments["name"], arguments["given"])], settings, on_done=done)
    mixture = Mixture.shipped(1)
    scored = [(mixture.appraise(one.request, [one.answer])[0], one) for one in found]
    scored.sort(key=lambda pair: -pair[0]["mixture"])
    return [
        {
            "variation": one.variation,
            "composer": one.request.composer,
            "why": why_json(one.answer.phrase, scores, one.answer.bits_per_note, one.new_bars),
        }
        for scores, one in scored
    ]


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
    words = f"The judge takes it for {'a human' if probability >= 0.5 else 'a machine'}'s."
    return {"probability": round(probability, 4), "reasons": reasons, "words": words}


def warm_up() -> None:
    """Import the libraries and read the weights, so that the first answer comes quickly."""
    import models.compose  # noqa: F401
    from models.generation.model import ComposerModel
    from models.novelty import shipped_index

    ComposerModel.load()
    shipped_index()
    trained.shipped_judge()


TASKS: dict[str, Task] = {
    "compose": compose_task,
    "judge": judge_task,
    "entrant-compose": answer_task,
    "entrant-score": score_task,
}
