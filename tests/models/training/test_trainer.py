"""A run learns, resumes after any kill with the same result, and is the same over two processes."""

from __future__ import annotations

import json
import math
import multiprocessing
import socket
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import two_processes

from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import load_weights
from models.composer.config import Config
from models.composer.network import network
from models.training.dataset import BatchSource, task_batches, validation_phrases, validation_tasks
from models.training.place import Budget
from models.training.trainer import BEST_NAME, CONFIG_NAME, METRICS_NAME, Run, bits_per_note

STEPS = 8


class Killed(Exception):
    pass


def _run(store: PhraseStore, config: Config, folder: Path, steps: int = STEPS) -> Run:
    tasks = validation_tasks(validation_phrases(store, config.model, 6))
    validation = task_batches(tasks, config.training, config.model)
    source = BatchSource(store, config.training, config.model)
    return Run(config, source, validation, folder, Budget(steps=steps))


def test_it_learns_and_writes_its_files(small_store: PhraseStore, tiny: Config, tmp_path: Path) -> None:
    run = _run(small_store, tiny, tmp_path, steps=40)
    shares: list[float] = []
    best = run.train(on_step=lambda share, figures: shares.append(share))
    assert shares == [pytest.approx((step + 1) / 40) for step in range(40)]
    lines = [json.loads(line) for line in (tmp_path / METRICS_NAME).read_text().splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert losses[-1] < losses[0] < 7
    assert lines[-1]["validation_bits_per_note"] == pytest.approx(best, abs=1e-3)
    assert json.loads((tmp_path / CONFIG_NAME).read_text())["config"]["name"] == "tiny"
    weights = load_weights(tmp_path / BEST_NAME)
    assert weights.config == tiny.model
    assert weights.facts["validation_bits_per_note"] == pytest.approx(best, abs=1e-3)
    expected = run.average.plain_weights()
    assert all(torch.equal(weights.tensors[name], tensor) for name, tensor in expected.items())


def test_the_average_follows_the_weights_and_the_rate_falls(
    small_store: PhraseStore, tiny: Config, tmp_path: Path
) -> None:
    config = replace(tiny, training=replace(tiny.training, warmup_steps=2, final_rate=0.1, ema_decay=0.5))
    run = _run(small_store, config, tmp_path, steps=4)
    rates = []
    before = [parameter.detach().clone() for parameter in run.average.parameters()]
    current: list[list[torch.Tensor]] = []

    def look(share: float, figures: object) -> None:
        rates.append(run.optimizers[0].param_groups[0]["lr"] / config.training.learning_rate)
        current.append([parameter.detach().clone() for parameter in run.model.parameters()])

    run.train(on_step=look)
    # warm-up 1/2 and 1; cosine at 0, 1/4, 1/2, 3/4 of the way from 1 down to .1
    falls = [0.1 + 0.9 * (1 + math.cos(math.pi * share)) / 2 for share in (0, 0.25, 0.5, 0.75)]
    assert rates == pytest.approx([0.5 * falls[0], *falls[1:]])
    # the average moves by 10 / (10 + step) of the way: its decay is still below .5
    for step, weights in enumerate(current, start=1):
        keep = min(0.5, step / (10 + step))
        before = [keep * old + (1 - keep) * new for old, new in zip(before, weights, strict=True)]
    for expected, found in zip(before, run.average.parameters(), strict=True):
        torch.testing.assert_close(found.detach(), expected, rtol=1e-4, atol=1e-6)


def test_a_killed_run_ends_bit_by_bit_like_an_undisturbed_one(
    small_store: PhraseStore, tiny: Config, tmp_path: Path
) -> None:
    # with dropout and through the change of balance: all that is random follows from seed and step
    config = replace(tiny, training=replace(tiny.training, dropout=0.1, balanced_from=0.5))
    whole = _run(small_store, config, tmp_path / "whole")
    whole.train()
    killed = _run(small_store, config, tmp_path / "killed")

    def stop(share: float, figures: object) -> None:
        if killed.step == 5:
            raise Killed

    with pytest.raises(Killed):
        killed.train(save_every_seconds=0, on_step=stop)
    resumed = _run(small_store, config, tmp_path / "killed")
    assert resumed.resume()
    assert resumed.step == 5
    resumed.train()
    for one, other in ((whole.model, resumed.model), (whole.average, resumed.average)):
        assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_a_nested_run_learns_and_can_be_read_again(
    small_store: PhraseStore, tiny: Config, tmp_path: Path
) -> None:
    shape = replace(tiny.model, nested=True, language=2)
    config = replace(tiny, model=shape, training=replace(tiny.training, first_tokens_per_step=512))
    tasks = validation_tasks(validation_phrases(small_store, shape, 6), language=2)
    validation = task_batches(tasks, config.training, shape)
    source = BatchSource(small_store, config.training, shape)
    run = Run(config, source, validation, tmp_path, Budget(steps=20))
    before = bits_per_note(run.average, validation, torch.device("cpu"))
    assert run.train() < before
    weights = load_weights(tmp_path / BEST_NAME)
    assert weights.config == shape
    again = network(shape, weights.channel_sizes)
    again.load_plain_weights(weights.tensors)
    assert bits_per_note(again, validation, torch.device("cpu")) == pytest.approx(run.best, abs=1e-3)


def test_a_budget_of_minutes_ends(small_store: PhraseStore, tiny: Config, tmp_path: Path) -> None:
    source = BatchSource(small_store, tiny.training, tiny.model)
    run = Run(tiny, source, [], tmp_path, Budget(minutes=0.01))
    run.train()
    assert run.step >= 1
    assert run.seconds >= 0.6


def test_two_processes_learn_what_one_learns(small_store: PhraseStore, tiny: Config, tmp_path: Path) -> None:
    alone = Run(
        tiny, BatchSource(small_store, tiny.training, tiny.model), [], tmp_path / "one", Budget(steps=6)
    )
    alone.train()
    small_store.save(tmp_path / "store")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["models.training.trainer"])  # torch is imported once for both
    folders = (tmp_path / "store", tmp_path / "two")
    processes = [
        context.Process(target=two_processes.learn, args=(*folders, 6, rank, port)) for rank in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(600)
    assert [process.exitcode for process in processes] == [0, 0]
    together = Run(tiny, alone.source, [], tmp_path / "two", Budget(steps=6))
    assert together.resume()
    assert together.step == 6
    last_losses = []
    for run in (alone, together):
        last = json.loads((run.folder / METRICS_NAME).read_text().splitlines()[-1])
        last_losses.append(last["loss"])
    assert last_losses[0] == pytest.approx(last_losses[1], rel=1e-3)  # bf16, summed in another order
    for one, two in zip(alone.average.parameters(), together.average.parameters(), strict=True):
        assert (one - two).norm() < 0.02 * one.norm() + 1e-3
