"""Muon's steps on small matrices, computed by hand."""

from __future__ import annotations

import pytest
import torch

from models.training.optimizer import Muon, orthogonalised


def stepped(gradients: list[torch.Tensor], weight_decay: float = 0.0) -> torch.Tensor:
    """A matrix of zeros after a step along each gradient, at a learning rate of .1."""
    matrix = torch.nn.Parameter(torch.zeros_like(gradients[0]))
    optimizer = Muon([matrix], 0.1, weight_decay)
    for gradient in gradients:
        matrix.grad = gradient.clone()
        optimizer.step()
    return matrix.detach()


def test_the_size_of_the_gradient_does_not_matter() -> None:
    gradient = torch.tensor([[3.0, 0.0], [0.0, 3.0]])
    small, large = stepped([gradient / 1000]), stepped([gradient * 1000])
    torch.testing.assert_close(small, large, rtol=0.02, atol=0.002)
    assert (large.diagonal() < -0.06).all() and (large.diagonal() > -0.13).all()


def test_the_direction_is_nearly_orthogonal() -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalised(torch.randn(6, 4)).float())
    assert values.min() > 0.6 and values.max() < 1.3


def test_a_tall_matrix_takes_larger_steps() -> None:
    gradient = torch.zeros(8, 2)
    gradient[0, 0] = gradient[1, 1] = 1.0
    wide = stepped([gradient.T.clone()])
    tall = stepped([gradient])
    torch.testing.assert_close(tall, 2 * wide.T, rtol=0.05, atol=0.01)  # the root of 8 / 2


def test_the_second_step_remembers_the_first() -> None:
    """Two steps along different entries: what is remembered of the first shows in the second."""
    one, two = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0]])
    both, alone = stepped([one, two]), stepped([two])
    # of two parts in memory, .95 x .05 of the first, its direction is made as long as the other's
    second_move_of_first_entry = both[0, 0] - stepped([one])[0, 0]
    assert second_move_of_first_entry < -0.02
    assert alone[0, 0].abs() < 0.01


def test_weights_decay_by_rate_times_decay() -> None:
    matrix = torch.nn.Parameter(torch.ones(2, 2))
    matrix.grad = torch.zeros(2, 2)
    Muon([matrix], 0.1, 0.5).step()
    assert matrix.detach().flatten().tolist() == pytest.approx([0.95] * 4)
