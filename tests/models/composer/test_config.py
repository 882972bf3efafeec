"""Configs: what older weights lack has its default, and what does not fit is named."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from models.composer.config import CONFIGS, config_named, model_config_from
from violin.errors import SettingsError


@pytest.mark.parametrize("name", CONFIGS)
def test_a_shape_is_read_as_it_was_written(name: str) -> None:
    model = config_named(name).model
    assert model_config_from(asdict(model)) == model


def test_weights_from_before_the_nested_network_are_flat_and_use_version_1() -> None:
    values = asdict(config_named("cpu").model)
    del values["language"], values["nested"]
    assert model_config_from(values) == config_named("cpu").model
    assert model_config_from(values).language == 1


@pytest.mark.parametrize(("field", "value"), [("dim", None), ("wide", 3)])
def test_a_shape_that_does_not_fit_is_named(field: str, value: int | None) -> None:
    values = asdict(config_named("cpu").model)
    if value is None:
        del values[field]
    else:
        values[field] = value
    with pytest.raises(SettingsError, match=f"unknown or missing fields: {field}"):
        model_config_from(values)


def test_a_tuned_config_keeps_what_is_not_given() -> None:
    config = config_named("nested")
    assert config.tuned() == config
    tuned = config.tuned(rate=0.5, dropout=0.2, step_tokens=(1000, 3000)).training
    assert tuned.learning_rate == config.training.learning_rate / 2
    assert tuned.matrix_learning_rate == config.training.matrix_learning_rate / 2
    assert (tuned.first_tokens_per_step, tuned.tokens_per_step, tuned.dropout) == (1000, 3000, 0.2)
    assert tuned.balanced_from == config.training.balanced_from
