"""An answer's row has the likelihood with which the answer was composed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from constraints.language.plan_codes import codes_of
from constraints.language.tokenizer import middle_of
from data_prep.corpus.store import StoredPhrase
from models.composer.checkpoint import Weights
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from models.preferences.rows import answer_row
from models.reranking.candidates import Candidates, answers_to, requests_of
from violin.plan import Plan


def test_the_row_of_an_answer_has_the_bits_that_it_was_composed_with(
    candidates: Candidates, planned_model: ComposerModel, options: SamplingOptions
) -> None:
    for request, answers in zip(candidates.requests, candidates.answers, strict=True):
        rows = [answer_row(request, answer, options, 2) for answer in answers]
        nats = planned_model.net.middle_nats(rows)
        for row, answer, each in zip(rows, answers, nats.tolist(), strict=True):
            assert answer.plan is not None
            assert answer.bits_per_note is not None
            notes = len(middle_of(row.tokens))
            # sampling leaves out what a training step counts: "same onset" where no note came before
            assert each / math.log(2) / notes == pytest.approx(answer.bits_per_note, abs=5e-3)
            # the plan's text, which is kept with an answer, holds all that the channels hold
            again = codes_of(Plan.parse(str(answer.plan)))
            assert (again.bars == codes_of(answer.plan).bars).all()
            assert again.cadence == codes_of(answer.plan).cadence


def test_another_plan_gives_other_bits(
    candidates: Candidates, planned_model: ComposerModel, options: SamplingOptions
) -> None:
    difference = 0.0
    for request, answers in zip(candidates.requests, candidates.answers, strict=True):
        assert answers[0].plan != answers[1].plan
        right = answer_row(request, answers[0], options, 2)
        wrong = right.channels.copy()
        wrong[:, 6:] = 0
        assert (wrong != right.channels).any()
        assert not right.channels[right.part < 3, 6:].any()
        nats = planned_model.net.middle_nats([right, replace(right, channels=wrong)])
        difference = max(difference, abs(float(nats[0] - nats[1])))
    assert difference > 1


def test_weights_without_plans(
    training_phrases: list[StoredPhrase], untrained_weights: Weights, options: SamplingOptions
) -> None:
    model = ComposerModel(untrained_weights, "cpu")
    requests = requests_of(training_phrases[:2])
    for request, (answer,) in zip(requests, answers_to(requests, model, 1, options), strict=True):
        row = answer_row(request, answer, options, model.language)
        assert answer.bits_per_note is not None
        bits = float(model.net.middle_nats([row])[0]) / math.log(2) / len(middle_of(row.tokens))
        assert bits == pytest.approx(answer.bits_per_note, abs=1e-3)
