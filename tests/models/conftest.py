"""A small store of made-up music, an untrained model and a few given pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from stored_phrases import stored_phrase

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.vocabulary import VOCABULARY
from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights
from models.composer.config import Config, config_named
from models.composer.network import ComposerNetwork, NestedNetwork, TokenNetwork
from models.judge.score import Judge
from violin.music import Key, Meter, Note, Phrase


def made_up_phrase(random: np.random.Generator) -> Phrase:
    """Steps up and down in a scale, in a few note lengths, with a double stop here and there."""
    meter = Meter(int(random.choice([3, 4])), 4)
    bars = int(random.integers(8, 13))
    notes: list[Note] = []
    tick, degree = 0, int(random.integers(0, 8))
    while tick < bars * meter.bar_ticks():
        duration = min(int(random.choice([24, 24, 48, 96])), bars * meter.bar_ticks() - tick)
        degree = int(np.clip(degree + random.integers(-2, 3), 0, 14))
        pitch = 62 + 12 * (degree // 7) + (0, 2, 4, 5, 7, 9, 11)[degree % 7]
        notes.append(Note(tick, pitch, duration))
        if random.random() < 0.05:
            notes.append(Note(tick, pitch + 7, duration))
        tick += duration
    return Phrase(tuple(notes), bars, meter, Key(2))


@pytest.fixture(scope="session")
def small_store() -> PhraseStore:
    random = np.random.default_rng(0)
    return PhraseStore(
        stored_phrase(
            made_up_phrase(random),
            ("bach", "mozart", "other")[index % 3],
            f"work{index // 6}",
            "validation" if index // 6 % 5 == 0 else "train",
            source_composer="made up",
            source="made up",
        )
        for index in range(90)
    )


@pytest.fixture(scope="session")
def shipped_judge() -> Judge:
    return Judge.load()


@pytest.fixture(scope="session")
def tiny() -> Config:
    """The smallest config, without dropout, so that two ways to the same step can be compared."""
    config = config_named("tiny")
    return replace(config, training=replace(config.training, dropout=0.0))


def untrained(config: Config, spread: float = 8.0) -> ComposerNetwork:
    """A randomly initialised model whose logits differ enough to prefer something."""
    torch.manual_seed(0)
    kind = NestedNetwork if config.model.nested else TokenNetwork
    size = VOCABULARY.size_of(config.model.language)
    model = kind(config.model, size, config.model.channel_sizes).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "gamma" in name or "bias" in name:
                parameter.add_(0.1 * torch.randn_like(parameter))
            elif "embedding" in name or "head" in name:
                parameter.mul_(spread)
    return model


@pytest.fixture(scope="session")
def untrained_composer(tiny: Config) -> ComposerNetwork:
    return untrained(tiny)


@pytest.fixture(scope="session")
def untrained_weights(tiny: Config, untrained_composer: ComposerNetwork) -> Weights:
    facts: dict[str, Any] = {"data": {"phrases_of_each_length": {"8": 3, "12": 1}}}
    return Weights(untrained_composer.plain_weights(), tiny.model, tuple(CHANNEL_SIZES), facts)


@pytest.fixture(scope="session")
def tiny_nested(tiny: Config) -> Config:
    return replace(tiny, model=replace(tiny.model, nested=True, language=2))


@pytest.fixture(scope="session")
def untrained_nested(tiny_nested: Config) -> ComposerNetwork:
    return untrained(tiny_nested)


@pytest.fixture(scope="session")
def untrained_nested_weights(tiny_nested: Config, untrained_nested: ComposerNetwork) -> Weights:
    return Weights(untrained_nested.plain_weights(), tiny_nested.model, tuple(CHANNEL_SIZES), {})


@pytest.fixture(scope="session")
def tiny_planned(tiny_nested: Config) -> Config:
    return replace(tiny_nested, model=replace(tiny_nested.model, plan=True))


@pytest.fixture(scope="session")
def untrained_planned_weights(tiny_planned: Config) -> Weights:
    """A randomly initialised model whose logits depend on the plan."""
    model = untrained(tiny_planned)
    with torch.no_grad():
        for table in list(model.channel_embeddings)[len(CHANNEL_SIZES) :]:
            table.weight.normal_(std=0.1)
    return Weights(model.plain_weights(), tiny_planned.model, tiny_planned.model.channel_sizes, {})
