"""What is learned event by event is what is learned token by token."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from constraints.language.events import SAME_ONSET
from constraints.language.tokenizer import Encoded, Facts, encode
from constraints.language.vocabulary import VOCABULARY, Kind
from data_prep.corpus.store import PhraseStore
from models.composer.batch import (
    LENGTH_TOKENS,
    PITCH_TOKENS,
    PLACE_TOKENS,
    event_batch,
    in_middle,
    token_batch,
    token_weights,
)
from models.composer.config import Config
from models.composer.network import NestedNetwork, network
from violin.music import Note, Phrase

LONG_CHORD = Phrase((Note(0, 60, 48), Note(192, 67, 500), Note(192, 76, 48), Note(1500, 60, 30)), 8)


def _rows(store: PhraseStore) -> list[Encoded]:
    rows = [encode(stored.phrase, "bach", 1, 2, 3, Facts("solo")) for stored in store[:3]]
    return [*rows, encode(LONG_CHORD, None, 1, 1, None, Facts(None, "window"))]


def test_the_steps_of_a_row_spell_its_tokens(small_store: PhraseStore, tiny: Config) -> None:
    rows = _rows(small_store)
    batch = event_batch(rows, tiny.training)
    counts = (len(batch.place), len(batch.pitch), len(batch.length))
    steps = torch.cat([torch.full((count,), step) for step, count in enumerate(counts)])
    assert len(batch.weights) == len(batch.middle) == len(batch.rows) == sum(counts)
    assert len(batch.note) == counts[1]
    for index, row in enumerate(rows):
        places, pitches, lengths = (batch.rows[steps == step] == index for step in range(3))
        spelled = sorted(
            [
                *PLACE_TOKENS[batch.place[places]],
                *PITCH_TOKENS[batch.pitch[pitches]],
                *LENGTH_TOKENS[batch.length[lengths]],
            ]
        )
        chords = spelled.count(SAME_ONSET)
        learned = sorted(row.tokens[token_weights(row, tiny.training) > 0].tolist())
        assert spelled == [SAME_ONSET] * chords + learned
        weight = float(batch.weights[batch.rows == index].sum())
        assert weight >= float(token_weights(row, tiny.training).sum())
    assert torch.equal(batch.notes, token_batch(rows, tiny.training).notes)


def test_an_event_carries_the_channels_of_its_last_token(tiny: Config) -> None:
    row = encode(LONG_CHORD, "bach", 1, 1)
    batch = event_batch([row], tiny.training)
    ends = [place for place in range(len(row)) if VOCABULARY.kind[row.tokens[place]] == Kind.DURATION]
    notes = np.flatnonzero(batch.pitches[0] > 0)
    assert batch.channels[0, notes].tolist() == row.channels[ends[: len(notes)]].tolist()
    assert batch.longer[0, notes].tolist() == [0, 0, 2, 0][-len(notes) :]
    assert batch.longer_before.tolist()[:6] == [0, 0, 0, 1, 2, 0]


def test_the_last_bar_of_a_middle_weighs_more_where_an_ending_follows(tiny: Config) -> None:
    training = replace(tiny.training, last_bar_weight=2.0)
    row = encode(LONG_CHORD, None, 1, 1)
    weights = token_weights(row, training)
    last_bar = in_middle(row) & (row.channels[:, 1] == 1)
    assert set(weights[last_bar]) == {2.0}
    assert set(weights[in_middle(row) & ~last_bar]) == {1.0}
    assert token_weights(encode(LONG_CHORD, None, 1, 0), training).max() == 1.0


def test_a_choice_sees_those_before_it_and_nothing_after(tiny: Config, small_store: PhraseStore) -> None:
    torch.manual_seed(0)
    shape = replace(tiny.model, nested=True, language=2)
    model = network(shape, (17, 17, 65, 5, 55, 50)).eval()
    assert isinstance(model, NestedNetwork)
    batch = event_batch(_rows(small_store)[:1], tiny.training)
    places, pitches, lengths = model(batch)
    last = len(batch.place_token) - 1
    other = batch.place_token.clone()
    other[last] = VOCABULARY.position(77)
    changed = model(replace(batch, place_token=other))
    assert torch.equal(changed[0], places)
    assert torch.equal(changed[1][:last], pitches[:last])
    assert not torch.equal(changed[1][last], pitches[last])
    assert not torch.equal(changed[2][-1], lengths[-1])
    # an event read later changes nothing before it
    later = batch.pitches.clone()
    later[0, int(batch.at[-1])] = PITCH_TOKENS[3]
    assert torch.equal(model(replace(batch, pitches=later))[0][:-1], places[:-1])
