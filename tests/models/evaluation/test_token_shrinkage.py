"""Composers' embeddings shrunk towards the null embedding, by their loss on unseen works."""

from __future__ import annotations

from pathlib import Path

import torch
from click.testing import CliRunner

from constraints.language.vocabulary import VOCABULARY
from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights, load_weights, save_weights
from models.evaluation.bits_per_note import tasks_of
from models.evaluation.token_shrinkage import SHARES, best_shares, costs, shrunk
from violin.challenge import SLUGS
from violin.cli import cli


def test_a_token_moves_to_its_share_of_the_way(untrained_weights: Weights) -> None:
    before, after = untrained_weights.tensors, shrunk(untrained_weights, {"bach": 0.25}).tensors
    null, bach = VOCABULARY.NULL_COMPOSER, VOCABULARY.composer("bach")
    old, new = before["token_embedding"], after["token_embedding"]
    torch.testing.assert_close(new[bach] - old[null], 0.25 * (old[bach] - old[null]))
    others = torch.arange(len(old)) != bach
    assert torch.equal(new[others], old[others])
    assert all(torch.equal(before[name], after[name]) for name in before if name != "token_embedding")
    assert shrunk(untrained_weights, {"bach": 0.25}).facts["token_shares"] == {"bach": 0.25}


def test_the_loss_of_a_token_depends_on_its_share(
    untrained_weights: Weights, small_store: PhraseStore
) -> None:
    found = costs(untrained_weights, "bach", tasks_of(small_store.select("validation")[:8]))
    assert tuple(found) == SHARES
    assert len({round(cost, 6) for cost in found.values()}) == len(SHARES)


def test_the_cheapest_share_is_taken_and_the_median_without_works() -> None:
    found = {
        "bach": {0.25: 3.1, 0.5: 3.0, 1.0: 3.2},
        "mozart": {0.25: 3.0, 0.5: 3.0, 1.0: 3.0},
        "vivaldi": {0.25: 3.0, 0.5: 2.9, 1.0: 2.8},
    }
    assert best_shares(found, ("bach", "mozart", "vivaldi", "sarasate")) == {
        "bach": 0.5,
        "mozart": 0.25,
        "vivaldi": 1.0,
        "sarasate": 0.5,
    }
    assert best_shares({}, ("bach",)) == {"bach": 1.0}


def test_from_the_command_line_and_only_once(
    untrained_weights: Weights, small_store: PhraseStore, tmp_path: Path
) -> None:
    store, given, out = tmp_path / "phrases", tmp_path / "given.safetensors", tmp_path / "out.safetensors"
    small_store.save(store)
    save_weights(given, untrained_weights)
    words = ["train", "tokens", "--data", str(store), "--per-composer", "4"]
    run = CliRunner().invoke(cli, [*words, "--weights", str(given), "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert f"{out}: bach " in run.output
    shares = load_weights(out).facts["token_shares"]
    assert set(shares) == set(SLUGS)
    assert set(shares.values()) <= set(SHARES)
    run = CliRunner().invoke(cli, [*words, "--weights", str(out), "--out", str(tmp_path / "again")])
    assert run.exit_code == 2
    assert "already shrunk" in run.output
