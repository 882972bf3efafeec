"""The hand through a phrase, as the fingerboard of the page shows it."""

from __future__ import annotations

import pytest

pytest.importorskip("starlette", reason="starlette is not installed")

from violin.hand import nut_mm
from violin.music import Note, Phrase
from violin.studio.music.hand import hand_json


def test_notes_and_steps_have_their_times_and_places() -> None:
    phrase = Phrase(
        (Note(0, 69, 48), Note(48, 71, 96), Note(192, 67, 48), Note(192, 76, 48)),
        2,
        tempo_us_per_beat=600_000,
    )
    found = hand_json(phrase)
    assert [(one["id"], one["onset"], one["end"], one["bar"], one["beat"]) for one in found["notes"]] == [
        ("n0", 0.0, 0.6, 1, 1.0),
        ("n1", 0.6, 1.8, 1, 2.0),
        ("n2", 2.4, 3.0, 2, 1.0),
        ("n3", 2.4, 3.0, 2, 1.0),
    ]
    assert [one["notes"] for one in found["steps"]] == [["n0"], ["n1"], ["n2", "n3"]]
    assert (found["seconds"], found["bar_seconds"], found["playable"]) == (4.8, 2.4, True)


def test_each_note_has_its_string_and_finger() -> None:
    found = hand_json(Phrase((Note(0, 69, 48), Note(48, 71, 48)), 1))
    assert [(one["string"], one["finger"]) for one in found["notes"]] == [("A", 0), ("A", 1)]
    assert found["steps"][1]["stops"] == [
        {"string": "A", "fret": 2, "mm": round(nut_mm(2), 1), "finger": 1, "pitch": 71, "name": "B4"}
    ]


def test_a_stop_that_no_hand_can_hold_says_why() -> None:
    found = hand_json(Phrase((Note(0, 57, 48), Note(0, 59, 48)), 1))
    assert found["playable"] is False
    step = found["steps"][0]
    assert (step["unplayable"], step["stops"], step["reason"]) == (
        True,
        [],
        "A3 and B3 both need the G string",
    )
    assert found["notes"][0]["finger"] is None
