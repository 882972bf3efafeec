"""Answers: whole, legal, the given notes in their place, and the same bytes in any batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import Tensor

from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import VOCABULARY, Kind
from constraints.linter.check import check_phrase, errors
from models.composer.checkpoint import Weights, save_weights
from models.generation.guards.repetition_guard import LIMITS
from models.generation.infill import infill
from models.generation.lengths import drawn_bars
from models.generation.model import ComposerModel
from models.generation.request import Answer, Request
from models.generation.sampling import LanguageModel, Logits, SamplingOptions
from models.generation.transformer.rows import CachedRows
from models.novelty import HumanNorm, RunIndex, shipped_index
from violin.errors import WeightsError
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
def requests() -> list[Request]:
    pairs = [_pair(62), _pair(69), _pair(67, held=True), free_pair(Meter(3, 4), Key(-1))]
    return [
        Request(pairs[index % 4], ("bach", "paganini", None)[index % 3], 8 + index % 5, (index,))
        for index in range(10)
    ]


def phrases(model: LanguageModel, requests: Sequence[Request], options: SamplingOptions) -> list[Phrase]:
    """The model's own phrases, without guards."""
    return [found.phrase for found in infill(model, requests, options, guards=None)]


@pytest.fixture(scope="module")
def answers(model: ComposerModel, requests: list[Request]) -> list[Phrase]:
    return phrases(model, requests, OPTIONS)


def test_answers_are_legal_and_keep_what_is_given(requests: list[Request], answers: list[Phrase]) -> None:
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
def test_the_bytes_do_not_depend_on_the_batch(
    model: ComposerModel, requests: list[Request], answers: list[Phrase], rows: int
) -> None:
    order = np.random.default_rng(rows).permutation(len(requests))
    shuffled = phrases(model, [requests[index] for index in order], replace(OPTIONS, rows=rows))
    for index, phrase in zip(order, shuffled, strict=True):
        assert phrase_bytes(phrase) == phrase_bytes(answers[index])


def test_key_seed_and_composer_decide(model: ComposerModel, requests: list[Request]) -> None:
    request = requests[0]
    variants = [request, replace(request, key=(99,)), replace(request, composer="vivaldi")]
    found = infill(model, variants, OPTIONS, guards=None)
    found += infill(model, [request], replace(OPTIONS, seed=2), guards=None)
    assert len({answer.bits_per_note for answer in found}) == 4
    assert len({answer.phrase.notes for answer in found}) >= 3


def test_guidance_changes_answers_and_keeps_independence(
    model: ComposerModel, requests: list[Request], answers: list[Phrase]
) -> None:
    options = replace(OPTIONS, guidance=3.0)
    guided = phrases(model, requests[:6], options)
    assert guided != answers[:6]
    assert phrases(model, requests[2:3], options) == guided[2:3]
    # the null composer guided away from itself is itself
    assert guided[2].notes == answers[2].notes
    assert requests[2].composer is None


def test_range_and_tier_are_obeyed(model: ComposerModel, requests: list[Request]) -> None:
    free = [Request(free_pair(), "bach", 8, (index,)) for index in range(4)]
    options = replace(OPTIONS, lowest=60, highest=72, hardest=Tier.EASY)
    for phrase in phrases(model, free, options):
        assert {60 <= note.pitch <= 72 for note in phrase.notes} == {True}
        assert all(tier(pitches) == Tier.EASY for _, pitches in sounding_sets(phrase.notes) if pitches)


def test_every_answer_is_reported_once_with_its_bits(
    model: ComposerModel, requests: list[Request], answers: list[Phrase]
) -> None:
    reported: dict[int, Phrase] = {}

    def report(index: int, answer: Answer) -> None:
        assert index not in reported
        reported[index] = answer.phrase

    found = infill(model, requests, OPTIONS, guards=None, on_done=report)
    assert [reported[index] for index in range(len(requests))] == answers
    assert all(answer.bits_per_note is not None and answer.bits_per_note > 0 for answer in found)


class _NoOpenG:
    """A guard that forbids the open G string, to check that both methods are called."""

    def __init__(self, batch: Sequence[Request]) -> None:
        self.rows, self.steps = len(batch), 0

    def restrict(self, mask: NDArray[np.bool_]) -> None:
        lowest = VOCABULARY.span(Kind.PITCH).start
        more = mask.sum(1) > 1
        mask[more, lowest] = False

    def advance(self, tokens: NDArray[np.int64]) -> None:
        self.steps += 1


def test_a_guard_restricts(model: ComposerModel, requests: list[Request]) -> None:
    guards: list[_NoOpenG] = []

    def guard_for(batch: Sequence[Request]) -> _NoOpenG:
        guards.append(_NoOpenG(batch))
        return guards[-1]

    found = infill(model, requests[:3], OPTIONS, guards=guard_for)
    assert [guard.rows for guard in guards] == [3]
    assert guards[0].steps > 0
    assert all(55 not in {note.pitch for note in answer.phrase.notes} for answer in found)


class _OneNote:
    """A language model that wants A4 in eighths wherever that is legal."""

    language = 1
    follows_plans = False

    def session(self, prompts: Sequence[Encoded], guidance: float) -> _OneNote:
        self.rows, self.ready = len(prompts), np.ones(len(prompts), bool)
        return self

    def first_logits(self) -> Logits:
        logits = np.zeros((self.rows, len(VOCABULARY)), np.float32)
        logits[:, [VOCABULARY.pitch(69), VOCABULARY.duration(24)]] = 50
        logits[:, VOCABULARY.BAR] = 20
        for position in range(0, 192, 24):
            logits[:, VOCABULARY.position(position)] = 50 - position / 24
        return logits

    def next_logits(self, tokens: object, channels: object, active: object) -> Logits:
        return self.first_logits()


def _longest_run_of_one_pitch(phrase: Phrase) -> int:
    lowest: dict[int, int] = {}
    for note in phrase.notes:
        lowest[note.onset_ticks] = min(note.pitch, lowest.get(note.onset_ticks, 127))
    pitches = [lowest[onset] for onset in sorted(lowest)]
    return max(len(list(run)) for _, run in groupby(pitches))


def test_by_default_infill_limits_repeated_notes() -> None:
    request = Request(free_pair(), None, 8, (1,))
    assert _longest_run_of_one_pitch(infill(_OneNote(), [request], guards=None)[0].phrase) > LIMITS[0]
    assert _longest_run_of_one_pitch(infill(_OneNote(), [request])[0].phrase) <= LIMITS[0]


def test_by_default_infill_copies_no_training_music(
    model: ComposerModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(free_pair(), "bach", 8, (1,))
    own = phrases(model, [request], OPTIONS)[0].on_grid()
    index = RunIndex.build([(own, "the model's own answer", 0)])
    index.norm = HumanNorm(limit_notes=9, phrases=1)
    monkeypatch.setattr("models.generation.guards.standard.shipped_index", lambda: index)
    assert index.longest_familiar_run(own) == len(own.notes)
    guarded = infill(model, [request], OPTIONS)[0].phrase.on_grid()
    assert index.longest_familiar_run(guarded) <= 9


@pytest.mark.parametrize("exists", [False, True], ids=["missing", "unmeasured"])
def test_a_missing_index_of_copies_is_an_error_that_says_what_to_do(
    exists: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "novelty.npz"
    if exists:
        RunIndex.build([]).save(path)
    monkeypatch.setattr("models.novelty.SHIPPED_INDEX", path)
    shipped_index.cache_clear()
    request = Request(free_pair(), None, 8)
    try:
        with pytest.raises(WeightsError, match=f"{path}: .*make one: violin train index"):
            infill(_OneNote(), [request])
        assert infill(_OneNote(), [request], guards=None)[0].phrase.bars == 8
    finally:
        shipped_index.cache_clear()


def test_weights_are_read_from_a_file(
    model: ComposerModel, requests: list[Request], answers: list[Phrase], tmp_path: Path
) -> None:
    path = tmp_path / "weights.safetensors"
    save_weights(path, model.weights)
    assert phrases(ComposerModel.load(path, "cpu"), requests[:2], OPTIONS) == answers[:2]


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
    candidates = [Request(_pair(62), "bach", 9, (number,)) for number in range(5)]
    other = Request(_pair(69), "bach", 9, (7,))
    together = phrases(model, [*candidates, other], options)
    assert len(read) == (2 if guidance == 1.0 else 4)
    alone = [phrases(model, [request], options)[0] for request in (*candidates, other)]
    assert together == alone
    assert len(set(together)) > 1
