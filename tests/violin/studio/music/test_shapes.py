"""Phrases as JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from violin.errors import ViolinError
from violin.music import Key, Meter, Note, Phrase
from violin.studio.music.shapes import notes_json, phrase_from


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    meter = draw(st.sampled_from([Meter(3, 4), Meter(4, 4), Meter(6, 8)]))
    resolution = draw(st.sampled_from([48, 96, 480]))
    bars = draw(st.integers(1, 16))
    end = bars * meter.bar_ticks(resolution)
    notes = [
        Note(onset, draw(st.integers(0, 127)), draw(st.integers(1, end - onset)))
        for onset in draw(st.lists(st.integers(0, end - 1), max_size=20))
    ]
    key = draw(st.none() | st.builds(Key, st.integers(-7, 7), st.booleans()))
    return Phrase(
        tuple(notes),
        bars,
        meter,
        key,
        draw(st.integers(200_000, 3_000_000)),
        draw(st.integers(1, 127)),
        resolution,
    )


@given(phrases())
def test_a_phrase_comes_back_as_it_was(phrase: Phrase) -> None:
    assert phrase_from(json.loads(json.dumps(notes_json(phrase)))) == phrase


@pytest.mark.parametrize(
    "change",
    [
        {"notes": [[0, 69]]},
        {"notes": [[0, 69, 0]]},
        {"notes": [[0, 200, 48]]},
        {"notes": [[-1, 69, 48]]},
        {"notes": [[0, 69, 1 << 40]]},
        {"notes": [[0, 69.5, 48]]},
        {"notes": [[True, 69, 48]]},
        {"notes": "none"},
        {"notes": [[0, 69, 48]] * 20_001},
        {"notes": [[0, 69, 1000]]},
        {"bars": 0},
        {"meter": "4"},
        {"meter": "4/3"},
        {"meter": "99999999999/4"},
        {"key": "H major"},
        {"tempo_us_per_beat": 1 << 24},
        {"velocity": 0},
        {"ticks_per_beat": "48"},
    ],
)
def test_a_wrong_value_gets_a_sentence(change: dict[str, object]) -> None:
    values = {"notes": [[0, 69, 48]], "bars": 1, "meter": "4/4", **change}
    with pytest.raises(ViolinError, match=r"legal|cannot be read") as error:
        phrase_from(values)
    assert "\n" not in str(error.value) and len(str(error.value)) < 400
