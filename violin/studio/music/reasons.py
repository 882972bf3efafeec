"""Why an answer stands where it stands: its measures in words for a musician."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.judge.explain import Reason
from models.novelty import shipped_index
from violin.instrument import Tier, tier
from violin.music import Phrase, sounding_sets

_NAMES = {Tier.EASY: "up to third position", Tier.WIDE: "up to seventh position", Tier.VIRTUOSO: "virtuoso"}


def why_json(
    phrase: Phrase, scores: Mapping[str, float], bits_per_note: float | None, new_bars: tuple[int, ...]
) -> dict[str, Any]:
    """The measures of `models.reranking.mixture`, 0 to 1 (best), and sentences about them.

    `new_bars`, counted from 0, are the composed ones.
    """
    grid = phrase.on_grid()
    run, limit = 0, 0
    if new_bars:
        index = shipped_index()
        run = index.longest_familiar_run(grid, new_bars[0], new_bars[-1] + 1)
        limit = index.norm.limit_notes
    hardest = max((tier(pitches) for _, pitches in sounding_sets(grid.notes) if pitches), default=Tier.EASY)
    return {
        "score": scores.get("mixture"),
        "measures": {name: round(value, 4) for name, value in scores.items() if name != "mixture"},
        "bits_per_note": round(bits_per_note, 3) if bits_per_note is not None else None,
        "copied_notes": run,
        "copy_limit": limit,
        "tier": hardest.name.lower(),
        "words": _words(scores, run, limit, hardest),
    }


def _words(scores: Mapping[str, float], run: int, limit: int, hardest: Tier) -> list[str]:
    words = []
    if "critic" in scores:
        words.append(f"The critic takes it for human with {scores['critic']:.0%}.")
    if "judge" in scores:
        words.append(f"The judge says {scores['judge']:.0%} human.")
    if "seam" in scores:
        words.append(f"Where it meets the given bars, {scores['seam']:.0%} of human phrases leap as far.")
    if "form" in scores:
        words.append(f"{scores['form']:.0%} of the measures of form lie where human phrases lie.")
    if run > 1:
        words.append(f"Its longest stretch known from the training music has {run} notes (limit {limit}).")
    else:
        words.append("Nothing in it is known from the training music.")
    words.append(f"Hardest stop: {_NAMES.get(hardest, 'no hand can hold it')}.")
    return words


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason of the judge, with a sentence."""
    side = "a human" if reason.moved > 0 else "a machine"
    usual = f"human phrases: {reason.human_low:.3g} to {reason.human_high:.3g}"
    words = f"{reason.words[:1].upper()}{reason.words[1:]}: {reason.value:.3g} ({usual})."
    words += " Almost no human phrase is like that." if reason.flag else f" This speaks for {side}."
    return {**reason.as_json(), "sentence": words}
