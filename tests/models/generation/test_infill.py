"""Answers: whole, lawful, the given notes in their place, and the same bytes in any company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import Tensor

from constraints.language.vocabulary import VOCABULARY, Kind
from constraints.linter.check import check_phrase, errors
from models.composer.checkpoint import Weights, save_weights
from models.generation.infill import InfillRequest, infill, infill_answers
from models.generation.lengths import drawn_bars
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from models.generation.transformer.rows import CachedRows
from violin.instrument import Tier, tier
from violin.midi import phrase_bytes
from violin.music import Key, Meter, Note, Phrase, sounding_sets
from violin.pair import Pair, free_pair, pair_of

OPTIONS = SamplingOptions(rows=8)


@pytest.fixture(scope="module", params=["flat", "nested"])
def model(request: pytest.FixtureRequest) -> ComposerModel:
    flat = request.param == "flat"
    return ComposerModel(
        request.getfixturevalue("untrained_weights" if flat else "untrained_nested_weights"), "cpu"
    )


def _pair(pitch: int, held: bool = False) -> Pair:
    first = (Note(0, pitch, 96), Note(96, pitch + 4, 192 if held else 96))
    last = (Note(192, pitch + 2, 48), Note(240, pitch, 144))
    pair = pair_of(Phrase((*first, *last), 2, Meter(4, 4), Key(1)) if not held else _gapped(first, last))
    return replace(pair, bars=None) if held else pair


def _gapped(first: Sequence[Note], last: Sequence[Note]) -> Phrase:
    return Phrase((*first, *(note.shifted(6 * 192) for note in last)), 8, Meter(4, 4), Key(1))


@pytest.fixture(scope="module")
def requests() -> list[InfillRequest]:
    pairs = [_pair(62), _pair(69), _pair(67, held=True), free_pair(Meter(3, 4), Key(-1))]
    return [
        InfillRequest(pairs[index % 4], ("bach", "paganini", None)[index % 3], 8 + index % 5, (index,))
        for index in range(10)
    ]


@pytest.fixture(scope="module")
def answers(model: ComposerModel, requests: list[InfillRequest]) -> list[Phrase]:
    return infill(model, requests, OPTIONS)


def test_answers_are_lawful_and_keep_what_is_given(
    requests: list[InfillRequest], answers: list[Phrase]
) -> None:
    for request, phrase in zip(requests, answers, strict=True):
        pair = request.pair
        assert phrase.bars == request.bars
        assert (phrase.meter, phrase.key) == (pair.meter, pair.key)
        assert not errors(check_phrase(phrase, profile="submission"))
        bar = phrase.bar_ticks
        end = (phrase.bars - pair.ending_bars) * bar
        before = tuple(note for note in phrase.notes if note.onset_ticks < pair.beginning_bars * bar)
        after = tuple(note.shifted(-end) for note in phrase.notes if note.onset_ticks >= end)
        assert before == tuple(sorted(pair.beginning))
        assert after == tuple(sorted(pair.ending)) or not pair.ending_bars


@pytest.mark.parametrize("rows", [1, 3, 64])
def test_the_bytes_depend_on_no_company(
    model: ComposerModel, requests: list[InfillRequest], answers: list[Phrase], rows: int
) -> None:
    order = np.random.default_rng(rows).permutation(len(requests))
    shuffled = infill(model, [requests[index] for index in order], replace(OPTIONS, rows=rows))
    for index, phrase in zip(order, shuffled, strict=True):
        assert phrase_bytes(phrase) == phrase_bytes(answers[index])


def test_key_seed_and_composer_decide(model: ComposerModel, requests: list[InfillRequest]) -> None:
    request = requests[0]
    variants = [request, replace(request, key=(99,)), replace(request, composer="vivaldi")]
    found = infill_answers(model, variants, OPTIONS)
    found += infill_answers(model, [request], replace(OPTIONS, seed=2))
    assert len({answer.log_probability for answer in found}) == 4
    assert len({answer.phrase.notes for answer in found}) >= 3


def test_guidance_changes_answers_and_keeps_independence(
    model: ComposerModel, requests: list[InfillRequest], answers: list[Phrase]
) -> None:
    options = replace(OPTIONS, guidance=3.0)
    guided = infill(model, requests[:6], options)
    assert guided != answers[:6]
    assert infill(model, requests[2:3], options) == guided[2:3]
    # the null composer guided away from itself is itself
    assert guided[2].notes == answers[2].notes
    assert requests[2].composer is None


def test_range_and_tier_are_obeyed(model: ComposerModel, requests: list[InfillRequest]) -> None:
    free = [InfillRequest(free_pair(), "bach", 8, (index,)) for index in range(4)]
    options = replace(OPTIONS, lowest=60, highest=72, hardest=Tier.EASY)
    for phrase in infill(model, free, options):
        assert {60 <= note.pitch <= 72 for note in phrase.notes} == {True}
        assert all(tier(pitches) == Tier.EASY for _, pitches in sounding_sets(phrase.notes) if pitches)


def test_every_answer_is_announced_once_with_what_the_model_thought(
    model: ComposerModel, requests: list[InfillRequest], answers: list[Phrase]
) -> None:
    told: dict[int, Phrase] = {}
    found = infill_answers(
        model, requests, OPTIONS, lambda index, answer: told.update({index: answer.phrase})
    )
    assert [told[index] for index in range(len(requests))] == answers
    assert all(answer.log_probability < answer.log_legal <= 0 for answer in found)
    assert all(answer.bits_per_note > 0 for answer in found)


class _NoLeaps:
    """A guard that forbids the open G string, to see that guards are asked and told."""

    def __init__(self, asked: Sequence[InfillRequest]) -> None:
        self.rows, self.told = len(asked), 0

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        lowest = VOCABULARY.span(Kind.PITCH).start
        more = mask.sum(1) > 1
        mask[more, lowest] = False

    def advance(self, tokens: NDArray[np.int64]) -> None:
        self.told += 1


def test_a_guard_restricts(model: ComposerModel, requests: list[InfillRequest]) -> None:
    guards: list[_NoLeaps] = []

    def guard_for(asked: Sequence[InfillRequest]) -> _NoLeaps:
        guards.append(_NoLeaps(asked))
        return guards[-1]

    found = infill_answers(model, requests[:3], OPTIONS, guard_for=guard_for)
    assert [guard.rows for guard in guards] == [3]
    assert guards[0].told > 0
    assert all(55 not in {note.pitch for note in answer.phrase.notes} for answer in found)


def test_weights_are_read_from_a_file(
    model: ComposerModel, requests: list[InfillRequest], answers: list[Phrase], tmp_path: Path
) -> None:
    path = tmp_path / "weights.safetensors"
    save_weights(path, model.weights)
    assert infill(ComposerModel.load(path, "cpu"), requests[:2], OPTIONS) == answers[:2]


def test_a_drawn_length_follows_the_training_phrases(untrained_weights: Weights) -> None:
    lengths = [drawn_bars(untrained_weights.facts, 1, (index,)) for index in range(200)]
    assert set(lengths) == {8, 12}
    assert 120 <= lengths.count(8) <= 180
    assert drawn_bars({}, 1, ()) == 8


@pytest.mark.parametrize("guidance", [1.0, 1.5])
def test_candidates_share_the_reading_of_their_prompt(
    model: ComposerModel, guidance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    reading = CachedRows._read_one

    def counted(self: CachedRows, row: int, twin: int, embedded: Tensor) -> Tensor:
        read.append(row)
        return reading(self, row, twin, embedded)

    monkeypatch.setattr(CachedRows, "_read_one", counted)
    options = replace(OPTIONS, guidance=guidance)
    candidates = [InfillRequest(_pair(62), "bach", 9, (number,)) for number in range(5)]
    other = InfillRequest(_pair(69), "bach", 9, (7,))
    together = infill(model, [*candidates, other], options)
    assert len(read) == (2 if guidance == 1.0 else 4)
    alone = [infill(model, [request], options)[0] for request in (*candidates, other)]
    assert together == alone
    assert len(set(together)) > 1
