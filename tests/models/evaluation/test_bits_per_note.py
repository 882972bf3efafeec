"""Bits per note and the report."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY
from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights
from models.composer.config import Config
from models.composer.network import TokenNetwork
from models.evaluation.bits_per_note import composer_fits, model_bits, ngram_bits, pooled, task_notes
from models.generation.model import ComposerModel
from models.ngram import fitted_ngram
from models.training.dataset import task_batches, validation_phrases, validation_tasks
from models.training.trainer import bits_per_note
from violin.music import Note, Phrase
from violin.pair import outer_pair


def test_own_loop_and_training_agree_on_bits_per_note(
    small_store: PhraseStore, tiny: Config, untrained_composer: TokenNetwork, untrained_weights: Weights
) -> None:
    tasks = validation_tasks(validation_phrases(small_store, tiny.model, 6))
    model = ComposerModel(untrained_weights, "cpu")
    bits = model_bits(model)([task.encoded() for task in tasks])
    notes = sum(map(task_notes, tasks))
    batches = task_batches(tasks, tiny.training, tiny.model)
    assert sum(int(batch.notes.sum()) for batch in batches) == notes
    trained = bits_per_note(untrained_composer, batches, torch.device("cpu"))
    assert bits.sum() / notes == pytest.approx(trained, rel=5e-3)  # bf16 against float32


def test_fits_of_each_composer(small_store: PhraseStore, tiny: Config, untrained_weights: Weights) -> None:
    tasks = validation_tasks(validation_phrases(small_store, tiny.model, 6))
    model = ComposerModel(untrained_weights, "cpu")
    fits = composer_fits(tasks, model_bits(model), ngram_bits(fitted_ngram(small_store)), ("bach", "vivaldi"))
    assert [fit.composer for fit in fits] == ["bach", "mozart", "other"]
    everything = pooled(fits)
    assert everything.own.phrases == 6
    assert everything.own.bits == pytest.approx(sum(fit.own.bits for fit in fits))
    assert everything.gain < 0  # nothing is learned yet
    assert math.isclose(everything.wrong.notes, everything.own.notes)


def test_the_outer_bars_of_a_phrase_become_a_pair() -> None:
    notes = (Note(0, 60, 48), Note(180, 64, 60), Note(800, 65, 20), Note(1400, 67, 40))
    pair = outer_pair(Phrase(notes, 8))
    assert pair.beginning == (Note(0, 60, 48), Note(180, 64, 60))
    assert pair.ending == (Note(1400 - 7 * 192, 67, 40),)
    assert pair.held_at_middle == ((64, 48),)


def test_the_wrong_tokens_are_those_of_the_others(small_store: PhraseStore, tiny: Config) -> None:
    """A scorer whose bits per phrase depend only on the composer's token: 1, 2 or 3."""
    tasks = validation_tasks(validation_phrases(small_store, tiny.model, 6))
    price = {VOCABULARY.composer(name): float(bits) for bits, name in enumerate((None, "bach", "mozart"), 1)}

    def score(rows: Sequence[Encoded]) -> NDArray[np.float64]:
        return np.array([price.get(int(row.tokens[1]), 10.0) for row in rows])

    fits = {fit.composer: fit for fit in composer_fits(tasks, score, score, ("bach", "mozart"))}
    bach, other = fits["bach"], fits["other"]
    assert bach.own.bits == 2 * bach.own.phrases
    assert bach.null.bits == bach.own.phrases
    assert bach.wrong.bits == 3 * bach.own.phrases  # only under mozart's token
    assert other.wrong.bits == (2 + 3) / 2 * other.own.phrases  # the mean of both
