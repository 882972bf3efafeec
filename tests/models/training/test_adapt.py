"""A style is learned from a few pieces, stored as differences, and applied to the same weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from constraints.language.vocabulary import VOCABULARY
from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.composer.checkpoint import Weights, load_weights, save_weights
from models.composer.style import EVERYWHERE, TOKEN, Style, load_style, save_style, tunable
from models.evaluation.style_fit import style_fit, weights_fit
from models.training.adapt import AdaptOptions, adapt, split_by_piece, train_all
from violin.errors import CorpusError, WeightsError
from violin.files import file_digest

OPTIONS = AdaptOptions(tokens_per_step=600, validate_every_steps=3, learning_rate=0.03, warmup_steps=2)


def clock(steps: int) -> Iterator[float]:
    """A clock with which a run of eight minutes has `steps` steps."""
    seconds = 0.0
    while True:
        yield seconds
        seconds += 480 / steps


@pytest.fixture(scope="module")
def phrases(small_store: PhraseStore) -> list[StoredPhrase]:
    return list(small_store)[:24]


@pytest.fixture(scope="module", params=["flat", "nested"])
def weights(
    request: pytest.FixtureRequest, untrained_weights: Weights, untrained_nested_weights: Weights
) -> Weights:
    return untrained_weights if request.param == "flat" else untrained_nested_weights


@pytest.fixture(scope="module")
def style(weights: Weights, phrases: list[StoredPhrase]) -> Style:
    ticks = clock(9)
    return adapt(weights, "digest", "own", phrases, replace(OPTIONS, clock=lambda: next(ticks)))


def test_the_held_out_pieces_cost_fewer_bits(
    style: Style, weights: Weights, phrases: list[StoredPhrase]
) -> None:
    before, after = style.facts["held_out_bits_per_note"]
    assert after < before
    assert 3 <= style.facts["steps"] <= 10
    _, held_out = split_by_piece(phrases)
    fit = style_fit(weights, style, held_out)
    assert fit.style.bits_per_note < fit.nearest.bits_per_note
    assert fit.style.phrases == fit.null.phrases == len(held_out) == style.facts["held_out_phrases"]


def test_only_biases_one_token_and_one_vector_change(style: Style, weights: Weights) -> None:
    applied = style.applied(weights)
    row = VOCABULARY.composer(style.nearest)
    for name, tensor in applied.tensors.items():
        changed = (tensor != weights.tensors[name]).reshape(len(tensor), -1).any(1)
        if name == TOKEN:
            assert changed.nonzero().flatten().tolist() == [row]
        elif name == EVERYWHERE:
            assert torch.allclose(
                tensor - weights.tensors[name], style.changes[name].expand_as(tensor), atol=1e-6
            )
        elif name not in tunable(weights):
            assert not changed.any()
    assert sum(change.numel() for change in style.changes.values()) < 0.2 * sum(
        tensor.numel() for tensor in weights.tensors.values()
    )


def test_the_same_seed_gives_the_same_style(
    style: Style, weights: Weights, phrases: list[StoredPhrase]
) -> None:
    ticks = clock(9)
    again = adapt(weights, "digest", "own", phrases, replace(OPTIONS, clock=lambda: next(ticks)))
    assert again.facts == style.facts
    assert all(torch.equal(again.changes[name], change) for name, change in style.changes.items())


def test_all_weights_learn_the_same_phrases_for_comparison(
    weights: Weights, phrases: list[StoredPhrase], style: Style
) -> None:
    ticks = clock(9)
    trained, token = train_all(
        weights, phrases, replace(OPTIONS, learning_rate=0.01, clock=lambda: next(ticks))
    )
    assert token == style.nearest
    same = [name for name, tensor in weights.tensors.items() if torch.equal(tensor, trained.tensors[name])]
    assert not set(same) & set(tunable(weights))
    assert len(same) < len(weights.tensors) / 2
    _, held_out = split_by_piece(phrases)
    before, after = (weights_fit(each, token, held_out) for each in (weights, trained))
    assert after.bits_per_note < before.bits_per_note


def test_training_stops_without_a_gain(weights: Weights, phrases: list[StoredPhrase]) -> None:
    reported: list[float] = []

    def tell(share: float, figures: dict[str, float]) -> None:
        reported.append(figures["step"])

    harmful = replace(OPTIONS, learning_rate=50.0, patience=2, minutes=1e9)
    found = adapt(
        weights, "digest", "own", phrases, harmful, lambda share, figures: reported.append(figures["step"])
    )
    assert reported[-1] == 6
    assert found.facts["steps"] == 0
    assert not any(change.any() for change in found.changes.values())


def test_a_style_file_reads_back_and_belongs_to_its_weights(
    style: Style, weights: Weights, tmp_path: Path
) -> None:
    file = tmp_path / "weights.safetensors"
    save_weights(file, weights)
    path = tmp_path / "own.safetensors"
    save_style(path, replace(style, weights=file_digest(file)))
    found = load_style(path)
    assert (found.name, found.nearest, found.facts) == (style.name, style.nearest, style.facts)
    assert all(torch.equal(found.changes[name], change) for name, change in style.changes.items())
    found.require_weights(file)
    with pytest.raises(WeightsError, match="the style own belongs to other weights than"):
        found.require_weights(path.rename(tmp_path / "path"))


def test_files_that_are_not_a_style_are_refused(weights: Weights, style: Style, tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    save_weights(file, weights)
    with pytest.raises(WeightsError, match="not a style"):
        load_style(file)
    with pytest.raises(WeightsError, match="not a composer's weights"):
        save_style(tmp_path / "own.safetensors", style)
        load_weights(tmp_path / "own.safetensors")
    save_style(file, replace(style, nearest="liszt"))
    with pytest.raises(WeightsError, match="the nearest composer is 'liszt'; legal: bach, "):
        load_style(file)
    broken = {**style.changes, TOKEN: torch.full_like(style.changes[TOKEN], float("nan"))}
    save_style(file, replace(style, changes=broken))
    with pytest.raises(WeightsError, match="'token_embedding' is not a row of finite numbers"):
        load_style(file)


def test_a_style_of_another_shape_does_not_fit(style: Style, weights: Weights) -> None:
    with pytest.raises(WeightsError, match="does not fit the weights: other layers"):
        replace(style, changes={}).applied(weights)
    longer = {**style.changes, TOKEN: torch.zeros(3)}
    with pytest.raises(WeightsError, match="does not fit the weights: the shape of token_embedding"):
        replace(style, changes=longer).applied(weights)


def test_whole_pieces_are_held_out(phrases: list[StoredPhrase]) -> None:
    windows = [replace(stored, window=True) for stored in phrases[::2]]
    train, held_out = split_by_piece([*phrases, *windows])
    works = {stored.work_group for stored in train}, {stored.work_group for stored in held_out}
    assert not works[0] & works[1]
    assert works[0]
    assert works[1]
    assert 0 < len(held_out) < 0.5 * len(phrases)
    assert not any(stored.window for stored in held_out)
    assert len(train) + len(held_out) + sum(w.work_group in works[1] for w in windows) == len(phrases) + len(
        windows
    )


def test_one_piece_is_too_few(phrases: list[StoredPhrase]) -> None:
    with pytest.raises(CorpusError, match="1 pieces with phrases; legal: two or more"):
        split_by_piece(phrases[:3])
