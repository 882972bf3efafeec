"""Why an answer has its rank, in words."""

from __future__ import annotations

from models.composing.reasons import Reasons
from models.judge.explain import Reason
from models.novelty import CopiedRun
from violin.instrument import Tier
from violin.studio.music.reasons import reason_json, why_json

SCORES = {"mixture": 0.7, "candidate": 2.0, "critic": 0.8, "seam": 0.5, "form": 1.0}


def test_the_measures_and_a_sentence_about_each() -> None:
    run = CopiedRun(12, 3, "Sonata", 7, 0.3)
    found = why_json(Reasons(SCORES, run, Tier.WIDE, 40, 60, 80), 2.34567, has_seams=True)
    assert found == {
        "score": 0.7,
        "measures": {"critic": 0.8, "seam": 0.5, "form": 1.0},
        "bits_per_note": 2.346,
        "copied_notes": 12,
        "tier": "wide",
        "words": [
            "The critic says 80% human.",
            "Its leaps to and from the given bars: 50% like those of human phrases.",
            "100% of the measures of form are in the range of human phrases.",
            "Its longest run shared with the training music: 12 notes, from Sonata, bar 7.",
            "Hardest stop: up to seventh position.",
        ],
    }


def test_without_given_bars_no_seam_is_mentioned() -> None:
    words = why_json(Reasons(SCORES, None, Tier.EASY, 0, None, None), None, has_seams=False)["words"]
    assert not any("given bars" in one for one in words)
    assert "It shares no run of nine notes with the training music." in words


def test_a_reason_of_the_judge_says_which_way_it_moved() -> None:
    reason = Reason("leap", "widest leap", 19.0, 7.0, 9.0, 12.0, -0.2)
    expected = "Widest leap: 19 (human phrases: 7 to 12). This speaks for a machine."
    assert reason_json(reason)["sentence"] == expected
