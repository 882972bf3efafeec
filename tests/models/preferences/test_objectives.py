"""The losses of both methods, against their formulas by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY, Kind
from models.composer.batch import Batch, event_batch, token_batch
from models.composer.config import TrainingConfig
from models.preferences.batches import PreferenceBatch
from models.preferences.objectives import dpo_objective, raft_loss
from models.training.losses import middle_nats

TRAINING = TrainingConfig()


@pytest.fixture
def batch(rows: tuple[list[Encoded], list[Encoded]]) -> PreferenceBatch:
    best, worst = rows
    return PreferenceBatch(
        event_batch(best[2:4], TRAINING),
        event_batch([*best[:2], *worst[:2]], TRAINING),
        torch.tensor([1.0, -2.0]),
    )


def _losses(batch: Batch) -> Tensor:
    """Two nats for each token."""
    return torch.full_like(batch.weights, 2.0, requires_grad=True)


def _middle_tokens(batch: PreferenceBatch) -> list[int]:
    rows, middle = batch.answers.rows, batch.answers.middle
    return [int((middle & (rows == row)).sum()) for row in range(4)]


def test_middle_nats_are_the_same_with_a_step_per_token_and_a_step_per_event(
    rows: tuple[list[Encoded], list[Encoded]],
) -> None:
    """With one step per event, each further note of a chord costs one more choice: that it is one."""
    some = rows[0][:3]
    middles = [row.tokens[row.part == 3].astype(int) for row in some]
    tokens = [len(middle) - 1 for middle in middles]  # MID is no choice
    kinds = [VOCABULARY.kind[middle] for middle in middles]
    further = [int((kind == Kind.PITCH).sum() - (kind == Kind.POSITION).sum()) for kind in kinds]
    assert max(further) > 0
    for each, more in ((token_batch(some, TRAINING), [0, 0, 0]), (event_batch(some, TRAINING), further)):
        found = middle_nats(torch.ones_like(each.weights), each)
        assert found.tolist() == [count + extra for count, extra in zip(tokens, more, strict=True)]


def test_raft_is_the_weighted_mean_over_both_kinds_of_rows(batch: PreferenceBatch) -> None:
    loss, figures = raft_loss(_losses, batch)
    assert loss.item() == pytest.approx(2)
    assert figures == {"human_loss": 2.0, "answer_loss": 2.0}

    def costlier(part: Batch) -> Tensor:
        return _losses(part) * (2 if part is batch.answers else 1)

    human, answers = (float(part.weights.sum()) for part in (batch.human, batch.answers))
    loss, figures = raft_loss(costlier, batch)
    assert loss.item() == pytest.approx((2 * human + 4 * answers) / (human + answers))
    assert figures == {"human_loss": 2.0, "answer_loss": 4.0}


def test_dpo_by_hand(batch: PreferenceBatch) -> None:
    first, second, third, fourth = _middle_tokens(batch)
    margins = [2 * (third - first) - 1, 2 * (fourth - second) + 2]
    expected = sum(math.log1p(math.exp(-0.01 * margin)) for margin in margins) / 2
    loss, figures = dpo_objective(0.01, tie=0)(_losses, batch)
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    assert figures["ordered"] == sum(margin > 0 for margin in margins) / 2
    assert figures["margin_nats"] == pytest.approx(sum(margins) / 2, abs=1e-3)
    tied, _ = dpo_objective(0.01, tie=3)(_losses, batch)
    human = 2 * float(batch.human.weights.sum()) / 2
    assert tied.item() == pytest.approx(expected + 3 * 0.01 * human, rel=1e-5)


def test_dpo_makes_the_best_likelier_and_the_worst_less_likely(batch: PreferenceBatch) -> None:
    leaf = torch.full_like(batch.answers.weights, 2.0, requires_grad=True)

    def losses_of(part: Batch) -> Tensor:
        return leaf if part is batch.answers else _losses(part)

    dpo_objective(0.1, tie=0)(losses_of, batch)[0].backward()
    assert leaf.grad is not None
    best = batch.answers.rows < 2
    middle = batch.answers.middle
    assert (leaf.grad[best & middle] > 0).all()
    assert (leaf.grad[~best & middle] < 0).all()
    assert (leaf.grad[~middle] == 0).all()
