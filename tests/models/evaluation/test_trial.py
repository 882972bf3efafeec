"""The composer's trial from the store to the report, with an untrained model."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch
from stored_phrases import stored_phrase
from submission_fakes import FakeComposer, FakeJudge

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.vocabulary import VOCABULARY
from data_prep.corpus.store import PhraseStore
from models.composer.checkpoint import Weights, save_weights
from models.composer.config import config_named
from models.composer.network import TokenNetwork
from models.evaluation import trial as trial_module
from models.evaluation.plots import draw
from models.evaluation.trial import Terms, best_of, trial
from models.generation.request import Request
from models.judge.evaluation.two_sample import out_of_fold
from models.reranking.mixture import Mixture
from violin.music import Key, Note, Phrase
from violin.pair import outer_pair

SCALE = (62, 64, 66, 67, 69, 71, 73, 74)


def phrase(seed: int) -> Phrase:
    notes = [Note(48 * beat, SCALE[(beat * (seed % 5 + 1) + seed) % 8], 48) for beat in range(32)]
    return Phrase(tuple(notes), 8, key=Key(2))


@pytest.fixture(scope="module")
def store() -> PhraseStore:
    return PhraseStore(
        stored_phrase(
            phrase(index),
            ("bach", "mozart", "other")[index % 3],
            f"work{index // 6}",
            "validation" if index // 6 % 3 == 0 else "train",
        )
        for index in range(72)
    )


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    config = config_named("tiny").model
    model = TokenNetwork(config, VOCABULARY.size_of(config.language), tuple(CHANNEL_SIZES))
    path = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    save_weights(path, Weights(model.plain_weights(), config, tuple(CHANNEL_SIZES), {"config": "tiny"}))
    return path


def test_the_report_has_every_writer_under_every_measure(
    store: PhraseStore, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_module, "out_of_fold", partial(out_of_fold, folds=2, trees=20))
    heard: list[str] = []
    mixture = Mixture(2, FakeJudge(), (("judge", 1.0),))
    terms = Terms(
        per_composer=4, answers_per_composer=4, mixture=mixture, weights=weights, checkpoint=weights
    )
    done = trial(store, terms, heard.append)
    assert heard == [
        "bits per note",
        "transformer",
        "best of 2",
        "without guards",
        "earlier checkpoint",
        "n-gram",
        "Markov",
        "copy of the beginning",
        "a two-sample test",
    ]
    names = " | ".join(heard[1:-1])
    assert f"| composer | phrases | {names} |" in done.text
    assert "| all | 12 |" in done.text  # the bits of three composers' phrases
    assert f"| figure | human | {names} |" in done.text
    assert "| mean over composers |" in done.text
    assert "## Answers as text: best of 2" in done.text
    assert set(done.two_sample) == set(heard[1:-1])
    # the same weights under the same keys write the same phrases
    assert done.comparison.answers["earlier checkpoint"] == done.comparison.answers["transformer"]
    assert draw(done.comparison, done.two_sample, tmp_path / "trial.png")
    assert (tmp_path / "trial.png").read_bytes().startswith(b"\x89PNG")


def test_the_best_of_several_is_the_choice_of_the_mixture() -> None:
    judge = FakeJudge()
    requests = [Request(outer_pair(phrase(seed)), "bach", 8, (seed,)) for seed in range(4)]
    best = best_of(Mixture(5, judge, (("judge", 1.0),)), FakeComposer())(requests)
    one = best_of(Mixture(1, judge, (("judge", 1.0),)), FakeComposer())(requests)
    assert len(best) == len(one) == 4
    for first, chosen in zip(judge.score(one, "bach"), judge.score(best, "bach"), strict=True):
        assert chosen >= first
