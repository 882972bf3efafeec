"""Answers that follow plans: requested or written, the same in any batch, and scored as they were drawn."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import torch

from constraints.language.plan_channels import planned
from constraints.language.plan_codes import codes_of
from constraints.language.tokenizer import Facts, encode
from constraints.linter.check import check_phrase, errors
from data_prep.corpus.store import PhraseStore
from models.composer.blend import Blend
from models.composer.checkpoint import Weights, save_weights
from models.generation import plans
from models.generation.infill import infill
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from models.planning.network import PlanNetwork
from models.planning.writer import PlanWriter
from violin.challenge import SLUGS
from violin.errors import PlanError, WeightsError
from violin.music import Key, Meter
from violin.pair import free_pair, outer_pair
from violin.plan import Chord, Plan, Quality

REQUESTED = """
key D major
cadence half
1: ?
2: I ? / ? / density ? / register 3
3: V7 I / sequence of 2 down 1 / density 2 / register ?
4: ?
5: - - / same as 1 / density ? / register ?
6: ?
7: ?
8: ?
"""


@pytest.fixture
def model(untrained_planned_weights: Weights, monkeypatch: pytest.MonkeyPatch) -> ComposerModel:
    torch.manual_seed(0)
    writer = PlanWriter(PlanNetwork(16))
    monkeypatch.setattr(plans, "_writer", lambda blend: writer)
    return ComposerModel(untrained_planned_weights, "cpu")


@pytest.fixture(scope="module")
def requests(small_store: PhraseStore) -> list[Request]:
    phrases = [small_store[index].phrase for index in (3, 6, 13)]  # of eight bars
    return [Request(outer_pair(phrase), "bach", 8, (index,)) for index, phrase in enumerate(phrases)]


def test_an_answer_is_scored_as_it_was_drawn(model: ComposerModel, requests: list[Request]) -> None:
    """Step by step and as a whole sequence, the network reads the same plan."""
    for request, answer in zip(requests, infill(model, requests, guards=None), strict=True):
        assert answer.plan is not None
        assert answer.bits_per_note is not None
        row = planned(encode(answer.phrase, "bach", 1, 1, facts=Facts()), codes_of(answer.plan))
        notes = len(answer.phrase.notes) - len(request.pair.beginning) - len(request.pair.ending)
        nats = float(model.net.middle_nats([row])[0])
        # A drawn place is scored among those that the grammar permits, so it costs a little less.
        assert nats / math.log(2) / notes == pytest.approx(answer.bits_per_note, rel=1e-3)
        without = float(model.net.middle_nats([replace(row, channels=row.channels[:, :6])])[0])
        assert abs(without - nats) > 1e-2


def test_the_same_answers_and_plans_in_any_batch(model: ComposerModel, requests: list[Request]) -> None:
    together = infill(model, requests, guards=None)
    alone = [infill(model, [request], SamplingOptions(rows=1), guards=None)[0] for request in requests[::-1]]
    assert alone[::-1] == together
    assert len({str(answer.plan) for answer in together}) == 3
    with_bonus = SamplingOptions(relation_bonus=2, approach_bonus=1)
    together = infill(model, requests, with_bonus)
    alone = [infill(model, [request], replace(with_bonus, rows=1))[0] for request in requests[::-1]]
    assert alone[::-1] == together
    for answer in together:
        assert not errors(check_phrase(answer.phrase, profile="submission"))


def test_a_requested_plan_stays(model: ComposerModel, requests: list[Request]) -> None:
    asked = Plan.parse(REQUESTED)
    answer = infill(model, [replace(requests[0], plan=asked)], guards=None)[0]
    assert answer.plan is not None
    wanted, found = codes_of(asked).bars[1:-1], codes_of(answer.plan).bars[1:-1]
    assert ((wanted == found) | (wanted == 0)).all()
    assert answer.plan.cadence is asked.cadence
    assert answer.plan.key == asked.key


def test_a_requested_bar_may_relate_to_the_ending_alone(
    model: ComposerModel, requests: list[Request]
) -> None:
    legal = Plan.parse(REQUESTED.replace("sequence of 2 down 1", "sequence of 8 down 1"))
    answer = infill(model, [replace(requests[0], plan=legal)], guards=None)[0]
    assert answer.plan is not None
    assert answer.plan.bars[2].other == 7
    ahead = Plan.parse(REQUESTED.replace("sequence of 2 down 1", "sequence of 7 down 1"))
    with pytest.raises(
        PlanError, match=r"bar 3 relates to bar 7; legal: an earlier bar or one of the ending \(from 8\)"
    ):
        infill(model, [replace(requests[0], plan=ahead)], guards=None)


def test_the_density_of_the_options_is_planned(model: ComposerModel, requests: list[Request]) -> None:
    answer = infill(model, requests[:1], SamplingOptions(density=4), guards=None)[0]
    assert answer.plan is not None
    assert {bar.density for bar in answer.plan.bars[1:-1]} == {4}


def test_the_plans_of_a_blend_are_written_for_the_blend(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, mixed = PlanNetwork(16), PlanNetwork(16)
    mixed.load_state_dict(plain.state_dict())
    monkeypatch.setattr(PlanWriter, "load", lambda: PlanWriter(mixed))
    plans._writer(Blend.parse("25bach+75vivaldi"))
    plans._writer.cache_clear()
    before, after = (cast(torch.nn.Embedding, network.context[0]).weight for network in (plain, mixed))
    bach, vivaldi = SLUGS.index("bach"), SLUGS.index("vivaldi")
    assert torch.allclose(after[vivaldi], 0.25 * before[bach] + 0.75 * before[vivaldi])
    assert torch.equal(after[:vivaldi], before[:vivaldi])


def test_weights_that_follow_plans_are_read_back(tmp_path: Path, untrained_planned_weights: Weights) -> None:
    path = tmp_path / "planned.safetensors"
    save_weights(path, untrained_planned_weights)
    model = ComposerModel.load(path, "cpu")
    assert model.follows_plans
    assert model.weights.channel_sizes == untrained_planned_weights.config.channel_sizes


def test_plans_that_cannot_be_followed(
    model: ComposerModel, requests: list[Request], untrained_nested_weights: Weights
) -> None:
    asked = Plan.parse(REQUESTED)
    with pytest.raises(PlanError, match="a plan of 7 bars; legal: 8"):
        infill(model, [replace(requests[0], plan=Plan(asked.key, asked.bars[:-1]))], guards=None)
    unplanned = ComposerModel(untrained_nested_weights, "cpu")
    with pytest.raises(WeightsError, match="follow no plan"):
        infill(unplanned, [replace(requests[0], plan=asked)], guards=None)
    assert infill(unplanned, requests[:1], guards=None)[0].plan is None


def test_a_phrase_without_given_bars_begins_and_ends_on_its_tonic(model: ComposerModel) -> None:
    minor = free_pair(Meter(3, 4), Key(-1, minor=True))
    (answer,) = infill(model, [Request(minor, "bach", 8, (0,))], guards=None)
    assert answer.plan is not None
    assert answer.plan.bars[0].chords[0] == answer.plan.bars[-1].chords[1] == Chord(0, Quality.MINOR)
