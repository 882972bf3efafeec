"""Events are a view of the tokens: nothing is lost on the way there and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from constraints.bench.random_phrases import CleanPhrases
from constraints.language.events import SAME_ONSET, events_of, tokens_of
from constraints.language.grammar import check
from constraints.language.tokenizer import Facts, encode
from constraints.language.vocabulary import VOCABULARY
from violin.instrument import Tier
from violin.music import Note, Phrase

LONG_CHORD = Phrase((Note(0, 60, 48), Note(192, 67, 500), Note(192, 76, 48)), 8)


def test_the_events_of_a_small_phrase() -> None:
    encoded = encode(LONG_CHORD, "bach", 1, 0)
    events = events_of(encoded.tokens)
    names = VOCABULARY.names
    assert [names[place] for place in events.place[:7]] == [names[token] for token in encoded.tokens[:7]]
    notes = np.flatnonzero(events.is_note)
    assert [names[place] for place in events.place[notes[:2]]] == ["Position_0", "Position_0"]
    assert events.place[notes[2]] == SAME_ONSET
    assert [names[pitch] for pitch in events.pitch[notes]] == ["Pitch_60", "Pitch_67", "Pitch_76"]
    assert events.longer[notes].tolist() == [0, 2, 0]
    assert [names[token] for token in events.duration[notes]] == [
        "Duration_48",
        "Duration_116",
        "Duration_48",
    ]
    assert (events.last[:-1] + 1 == events.first[1:]).all()
    assert len(events) == len(encoded) - 2 - 4 - 1


@given(seed=st.integers(0, 2**32 - 1), beginning=st.integers(0, 3), ending=st.integers(0, 3))
def test_the_tokens_come_back(seed: int, beginning: int, ending: int) -> None:
    phrase = CleanPhrases(seed, Tier.VIRTUOSO, readable=False).phrase()
    tokens = encode(phrase, None, beginning, ending, None, Facts("solo", "window")).tokens
    events = events_of(tokens)
    spelled = tokens_of(events)
    assert (spelled == tokens).all()
    assert int(events.is_note.sum()) == len(phrase.notes)
    check(spelled)
