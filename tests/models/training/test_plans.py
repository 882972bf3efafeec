"""Plans of training tasks: transposed with the music, given in part, drawn from the seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from constraints.language.plan_codes import REGISTER, RELATION, codes_of
from data_prep.corpus.store import PhraseStore
from data_prep.plans.planning import plan_of
from models.composer.batch import without_plan
from models.composer.checkpoint import Weights
from models.composer.config import Config
from models.composer.network import network
from models.composer.widening import widened
from models.planning.codes import plan_codes
from models.training.dataset import BatchSource, task_batches, validation_phrases, validation_tasks
from models.training.losses import bits_per_note
from models.training.plans import partial_plan
from models.training.tasks import Task


@pytest.mark.parametrize("semitones", [-5, 0, 4])
def test_a_transposed_phrase_has_the_moved_plan(small_store: PhraseStore, semitones: int) -> None:
    for stored in list(small_store)[:12]:
        moved = codes_of(plan_of(stored.phrase.transposed(semitones)))
        found = plan_codes(stored.phrase, 0, 0, semitones)
        if found.tonic == moved.tonic:  # the signature of a transposed phrase may prefer another key
            assert (found.bars == moved.bars).all()
            assert found.minor == moved.minor


def test_given_bars_do_not_depend_on_the_middle(small_store: PhraseStore) -> None:
    """Phrases with the same outer bars have the same rows and the same key there."""
    one, other = small_store[0].phrase, small_store[11].phrase
    assert (one.meter, one.bars) == (other.meter, other.bars)
    last = (one.bars - 2) * one.bar_ticks
    middle = [note for note in other.notes if one.bar_ticks <= note.onset_ticks and note.end_ticks <= last]
    outer = [note for note in one.notes if note.end_ticks <= one.bar_ticks or note.onset_ticks >= last]
    mixed = replace(one, notes=tuple(sorted([*outer, *middle])))
    first, second = plan_codes(replace(one, notes=tuple(outer)), 1, 2), plan_codes(mixed, 1, 2)
    assert not (first.bars == second.bars).all()
    assert (first.bars[[0, -2, -1]] == second.bars[[0, -2, -1]]).all()
    assert (first.tonic, first.minor) == (second.tonic, second.minor)
    assert not first.bars[-2:, RELATION].any()


def test_tasks_contain_a_part_of_the_plan(small_store: PhraseStore, tiny: Config) -> None:
    random = np.random.default_rng(0)
    codes = plan_codes(small_store[0].phrase, 1, 1)
    partial = [partial_plan(codes, tiny.training, random) for _ in range(2000)]
    known = [one for one in partial if one is not None]
    assert 1 - len(known) / len(partial) == pytest.approx(tiny.training.plan_dropout, abs=0.04)
    for columns in ([RELATION], [REGISTER]):
        missing = np.mean([not one.bars[:, columns].any() for one in known])
        assert missing == pytest.approx(tiny.training.plan_field_dropout, abs=0.04)
    empty = np.mean([~one.bars[3].any() for one in known])
    assert empty == pytest.approx(tiny.training.plan_bar_dropout, abs=0.04)
    for one in known:
        assert ((one.bars == 0) | (one.bars == codes.bars)).all()


def test_batches_with_plans_follow_from_the_seed(small_store: PhraseStore, tiny_planned: Config) -> None:
    def channels(first: int) -> list[torch.Tensor]:
        source = BatchSource(small_store, tiny_planned.training, tiny_planned.model)
        return [batch.channels for batch in islice(source.from_step(first), 4)]

    whole, late = channels(0), channels(2)
    assert all(torch.equal(one, two) for one, two in zip(whole[2:], late, strict=False))
    assert whole[0].shape[-1] == len(tiny_planned.model.channel_sizes)
    assert whole[0][..., 6:].any()


def test_a_network_that_learns_plans_starts_as_the_one_without(
    small_store: PhraseStore, tiny_planned: Config, untrained_nested_weights: Weights
) -> None:
    base = network(untrained_nested_weights.config)
    base.load_plain_weights(untrained_nested_weights.tensors)
    more = network(tiny_planned.model)
    more.load_plain_weights(widened(untrained_nested_weights, tiny_planned.model).tensors)
    tasks = validation_tasks(validation_phrases(small_store, tiny_planned.model, 6), language=2, plan=True)
    batches = task_batches(tasks, tiny_planned.training, tiny_planned.model)
    cpu = torch.device("cpu")
    expected = bits_per_note(base.eval(), batches, cpu)
    assert bits_per_note(more.eval(), batches, cpu) == pytest.approx(expected, abs=1e-5)
    assert bits_per_note(more, [without_plan(batch) for batch in batches], cpu) == pytest.approx(expected)


def test_a_gradient_reaches_every_channel_of_the_plan(small_store: PhraseStore, tiny_planned: Config) -> None:
    model = network(tiny_planned.model)
    tasks = [Task(stored.phrase, 1, 1, "bach").with_own_plan() for stored in list(small_store)[:6]]
    tasks = [replace(task, facts=None) for task in tasks]
    used = torch.zeros(len(tiny_planned.model.channel_sizes), dtype=torch.bool)
    for batch in task_batches(tasks, tiny_planned.training, tiny_planned.model):
        used |= batch.channels.flatten(0, 1).any(0)
        (model.losses(batch) * batch.weights).sum().backward()
    assert used[6:].sum() >= 14
    for index in used.nonzero()[6:, 0].tolist():
        gradient = model.channel_embeddings[index].weight.grad
        assert gradient is not None
        assert gradient[1:].any(), index
