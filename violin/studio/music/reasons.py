"""Why an answer has its rank: its measures in words for a musician."""

from __future__ import annotations

from typing import Any

from models.composing.reasons import Reasons
from models.judge.explain import Reason
from models.reranking.mixture import MEASURES as _MEASURES
from violin.instrument import Tier

_TIERS = {Tier.EASY: "up to third position", Tier.WIDE: "up to seventh position", Tier.VIRTUOSO: "virtuoso"}


def why_json(reasons: Reasons, bits_per_note: float | None, has_seams: bool) -> dict[str, Any]:
    """The measures of `models.reranking.mixture`, 0 to 1 (best), and sentences about them.

    `has_seams` says whether the answer joins given bars.
    """
    copied = reasons.copied
    return {
        "score": reasons.scores.get("mixture"),
        "measures": {name: round(value, 4) for name, value in reasons.scores.items() if name in _MEASURES},
        "bits_per_note": round(bits_per_note, 3) if bits_per_note is not None else None,
        "copied_notes": copied.notes if copied else 0,
        "tier": reasons.hardest.name.lower(),
        "words": _words(reasons, has_seams),
    }


def _words(reasons: Reasons, has_seams: bool) -> list[str]:
    scores, copied, words = reasons.scores, reasons.copied, []
    if "critic" in scores:
        words.append(f"The critic says {scores['critic']:.0%} human.")
    if "judge" in scores:
        words.append(f"The judge says {scores['judge']:.0%} human.")
    if "seam" in scores and has_seams:
        words.append(
            f"Its leaps to and from the given bars: {scores['seam']:.0%} like those of human phrases."
        )
    if "form" in scores:
        words.append(f"{scores['form']:.0%} of the measures of form are in the range of human phrases.")
    if copied:
        place = f"{copied.work}, bar {copied.bar}"
        words.append(f"Its longest run shared with the training music: {copied.notes} notes, from {place}.")
    else:
        words.append("It shares no run of nine notes with the training music.")
    words.append(f"Hardest stop: {_TIERS.get(reasons.hardest, 'no hand can hold it')}.")
    return words


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason of the judge, with a sentence."""
    side = "a human" if reason.moved > 0 else "a machine"
    usual = f"human phrases: {reason.human_low:.3g} to {reason.human_high:.3g}"
    words = f"{reason.words[:1].upper()}{reason.words[1:]}: {reason.value:.3g} ({usual})."
    words += " Almost no human phrase is like that." if reason.flag else f" This speaks for {side}."
    return {**reason.as_json(), "sentence": words}
