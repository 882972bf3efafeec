"""The nested network's step loop computes what it computes in training, token by token."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from constraints.language.tokenizer import Facts, encode, encode_prompt
from constraints.language.vocabulary import VOCABULARY, Kind
from data_prep.corpus.store import PhraseStore
from models.composer.batch import event_batch
from models.composer.checkpoint import Weights
from models.composer.config import Config
from models.composer.network import ComposerNetwork
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from models.generation.transformer.nested_model import CachedNestedModel
from models.ngram import NgramModel
from violin.music import Note, Phrase
from violin.pair import outer_pair

LONG_CHORD = Phrase(
    (Note(0, 60, 48), Note(192, 67, 500), Note(192, 76, 48), Note(800, 62, 48), Note(1500, 60, 30)), 8
)


def test_whole_rows_have_the_same_likelihood_as_in_training(
    small_store: PhraseStore,
    tiny: Config,
    untrained_nested: ComposerNetwork,
    untrained_nested_weights: Weights,
) -> None:
    rows = [encode(stored.phrase, "bach", 1, 2, 3, Facts("solo")) for stored in small_store[:3]]
    rows.append(encode(LONG_CHORD, None, 1, 1, None, Facts()))
    model = ComposerModel(untrained_nested_weights, "cpu")
    batch = event_batch(rows, tiny.training)
    with torch.no_grad():
        losses = untrained_nested.losses(batch) * batch.middle
    expected = torch.zeros(len(rows)).index_add_(0, batch.rows, losses)
    assert model.net.middle_nats(rows).numpy() == pytest.approx(expected.numpy(), rel=1e-4)


def test_a_reading_of_the_middle_makes_up_its_likelihood(
    small_store: PhraseStore, untrained_nested_weights: Weights
) -> None:
    net = ComposerModel(untrained_nested_weights, "cpu").net
    assert isinstance(net, CachedNestedModel)
    phrase = small_store[0].phrase
    row = encode(phrase, "bach", 1, 2, None, Facts())
    reading = net.middle_reading(row)
    assert reading.nats.sum() == pytest.approx(float(net.middle_nats([row])[0]), rel=1e-5)
    grid = phrase.on_grid()
    notes = [note for note in grid.notes if 1 <= note.onset_ticks // grid.bar_ticks < phrase.bars - 2]
    assert (reading.field == 1).sum() == len(notes)
    assert set(reading.bar.tolist()) == set(range(2, phrase.bars - 1))
    assert (reading.entropy > 0).all()
    assert reading.states.shape == (len(reading.state_bar), net.config.dim)
    assert set(reading.state_bar.tolist()) == set(range(1, phrase.bars - 1))  # MID has the last given bar


@pytest.mark.parametrize("phrase", [LONG_CHORD, None], ids=["long chord", "scale"])
def test_a_session_along_a_phrase_gives_its_tokens_the_same_likelihood(
    phrase: Phrase | None, small_store: PhraseStore, untrained_nested_weights: Weights
) -> None:
    phrase = phrase or small_store[4].phrase
    whole = encode(phrase, "bach", 1, 1, None, Facts())
    middle = int(np.argmax(whole.tokens == VOCABULARY.MID)) + 1
    prompt = encode_prompt(outer_pair(phrase), "bach", phrase.bars, None, Facts())
    assert (prompt.tokens == whole.tokens[:middle]).all()
    model = ComposerModel(untrained_nested_weights, "cpu")
    # together with a row that only writes barlines, so that it often waits
    session = model.session([prompt, prompt], 1.0)
    logits = session.first_logits()
    nats = 0.0
    for token, channels in zip(whole.tokens[middle:], whole.channels[middle:], strict=True):
        assert session.ready[0]
        row = logits[0].astype(np.float64)
        assert np.exp(row).sum() <= 1 + 1e-5  # less where SAME_ONSET is impossible
        nats -= row[token]
        barline = np.isin(VOCABULARY.kind[token], (Kind.BAR, Kind.DURATION))
        tokens = np.array([token, VOCABULARY.BAR if session.ready[1] else VOCABULARY.PAD])
        if token == VOCABULARY.EOS:
            break
        logits = session.next_logits(
            tokens.astype(np.int64), np.stack([channels, channels]), np.ones(2, bool)
        )
        assert session.ready[1] == barline
    assert nats == pytest.approx(float(model.net.middle_nats([whole])[0]), rel=1e-4)


def test_a_row_is_the_same_bit_by_bit_in_any_batch(untrained_nested_weights: Weights) -> None:
    model = ComposerModel(untrained_nested_weights, "cpu")
    prompt = encode_prompt(outer_pair(LONG_CHORD), "bach", 8, None, Facts())
    other = encode_prompt(outer_pair(LONG_CHORD, 3, 2), None, 8, None, Facts("solo"))
    tokens = [VOCABULARY.BAR, VOCABULARY.position(3), VOCABULARY.pitch(70), VOCABULARY.LONGER]
    found = []
    for company in (0, 40):
        session = model.session([prompt, *[other] * company], 1.0)
        rows = 1 + company
        seen = [session.first_logits()[0]]
        for token in tokens:
            channels = np.ones((rows, 6), np.int16)
            seen.append(session.next_logits(np.full(rows, token), channels, np.ones(rows, bool))[0])
        found.append(np.stack(seen))
    assert np.array_equal(*found)


def test_guidance_keeps_impossible_tokens_impossible(untrained_nested_weights: Weights) -> None:
    model = ComposerModel(untrained_nested_weights, "cpu")
    assert isinstance(model.net, CachedNestedModel)
    prompts = [encode_prompt(outer_pair(LONG_CHORD), name, 8, None, Facts()) for name in ("bach", None)]
    bach, null = (model.session([prompt], 1.0).first_logits()[0] for prompt in prompts)
    guided = model.session(prompts[:1], 2.0).first_logits()[0]
    finite = np.isfinite(bach)
    assert (np.isfinite(guided) == finite).all()
    assert guided[finite] == pytest.approx(null[finite] + 2 * (bach[finite] - null[finite]), abs=1e-3)


def test_models_have_a_language_version(untrained_nested_weights: Weights) -> None:
    assert ComposerModel(untrained_nested_weights, "cpu").language == 2
    assert NgramModel.language == 1
    assert SamplingOptions().texture == "solo"
