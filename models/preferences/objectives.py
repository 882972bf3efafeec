"""The two losses of preference tuning.

*RAFT* (Dong et al. 2023, "RAFT: Reward rAnked FineTuning") trains on the best answers as on human phrases,
with the usual loss. *DPO* (Rafailov et al. 2023, "Direct Preference Optimization") makes the best answer to
a pair likelier than the worst, compared with the weights before tuning. The two answers to a pair follow
different plans. The plan writer is not trained, so the probabilities of the plans cancel from DPO's ratio.
The likelihoods of the notes, given the plans, remain.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from models.preferences.batches import PreferenceBatch
from models.training.losses import middle_nats

LossesOf = Callable[..., Tensor]
Objective = Callable[[LossesOf, PreferenceBatch], tuple[Tensor, dict[str, float]]]
"""(loss of a step, figures to log) from a function that gives the losses of a batch's tokens."""


def raft_loss(losses_of: LossesOf, batch: PreferenceBatch) -> tuple[Tensor, dict[str, float]]:
    """The weighted mean over the tokens of human rows and answers."""
    both = (batch.human, batch.answers)
    weighted = [(losses_of(part) * part.weights).sum() for part in both]
    human, answers = (
        float(each.detach() / part.weights.sum()) for each, part in zip(weighted, both, strict=True)
    )
    loss = sum(weighted, torch.zeros(())) / sum(float(part.weights.sum()) for part in both)
    return loss, {"human_loss": round(human, 4), "answer_loss": round(answers, 4)}


def dpo_objective(beta: float, tie: float) -> Objective:
    """DPO with the factor `beta` on log-ratios in nats. To keep the model near human music, `tie * beta`
    times the usual loss of human phrases, in nats per phrase, is added."""

    def loss(losses_of: LossesOf, batch: PreferenceBatch) -> tuple[Tensor, dict[str, float]]:
        assert batch.reference is not None
        best, worst = middle_nats(losses_of(batch.answers), batch.answers).chunk(2)
        margin = worst - best - batch.reference
        human = (losses_of(batch.human) * batch.human.weights).sum() / len(batch.human.notes)
        figures = {
            "margin_nats": round(float(margin.detach().mean()), 3),
            "ordered": round(float((margin.detach() > 0).float().mean()), 3),
            "best_nats": round(float(best.detach().mean()), 2),
            "human_nats": round(float(human.detach()), 2),
        }
        return -F.logsigmoid(beta * margin).mean() + tie * beta * human, figures

    return loss
