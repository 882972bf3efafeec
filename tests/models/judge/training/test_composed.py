"""Our composer's lines: the families' names, and the answer with the critic's highest score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import models.generation.infill
from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.generation.model import ComposerModel
from models.generation.request import Answer, Request
from models.generation.sampling import SamplingOptions
from models.judge.training import composed
from models.judge.training.composed import SAMPLINGS, Sampling, compose, composed_store, family_name
from violin.music import Phrase
from violin.pair import answer


def test_the_name_of_a_family_says_how_it_was_sampled() -> None:
    assert family_name(Sampling(0.8)) == "composer_0.8"
    assert family_name(Sampling(), "early") == "composer-early_1"
    assert family_name(Sampling(), planned=True) == "composer-plan_1"
    assert family_name(Sampling(1.15, min_p=0, guidance=1.5, candidates=4)) == (
        "composer_1.15_min_p_0_guidance_1.5_best_of_4"
    )
    assert family_name(Sampling(min_p=0, top_k=8, top_p=0.9)) == "composer_1_min_p_0_top_k_8_top_p_0.9"
    assert len({family_name(one) for one in SAMPLINGS}) == len(SAMPLINGS)


def test_the_best_of_the_candidates_is_kept(tunes: list[Phrase], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Request] = []

    def infill(model: None, requests: Sequence[Request], options: SamplingOptions) -> list[Answer]:
        """Each candidate is a human phrase with other inner bars."""
        asked.extend(requests)
        assert (options.temperature, options.min_p, options.top_k, options.top_p) == (0.9, 0, 8, 0.95)
        made = []
        for number, one in enumerate(requests):
            ticks = one.pair.meter.bar_ticks()
            first, end = one.pair.beginning_bars * ticks, (one.bars - one.pair.ending_bars) * ticks
            other = next(
                tune for tune in tunes[number:] if tune.bars == one.bars and tune.meter == one.pair.meter
            )
            inner = [
                replace(note, onset_ticks=note.onset_ticks - first)
                for note in other.notes
                if first <= note.onset_ticks and note.end_ticks <= end
            ]
            made.append(Answer(answer(one.pair, one.bars, inner), 1.0, None))
        return made

    class FakeCritic:
        def score(self, requests: Sequence[Request], phrases: Sequence[Phrase]) -> list[float]:
            answers.extend(phrases)
            return [0.2, 0.9, 0.5, 0.7, 0.1, 0.6]

    answers: list[Phrase] = []
    monkeypatch.setattr(models.generation.infill, "infill", infill)
    monkeypatch.setattr(ComposerModel, "load", lambda weights: None)
    given = [
        StoredPhrase(phrase, "bach", "own", "w", "w", "solo", 0, "train", False, "own", "own")
        for phrase in tunes[:2]
    ]
    made = compose(
        given, None, Sampling(0.9, min_p=0, candidates=3, top_k=8, top_p=0.95), seed=1, critic=FakeCritic()
    )
    best = [one for one in made if one.source == "composer_0.9_min_p_0_top_k_8_top_p_0.95_best_of_3"]
    assert [one.phrase for one in best] == [answers[1], answers[3]]
    assert {one.source for one in made} <= {
        best[0].source,
        "composer-plan_0.9_min_p_0_top_k_8_top_p_0.95_best_of_3",
    }
    assert len({one.key for one in asked}) == 6


def test_only_the_shipped_weights_are_sampled_in_every_way(
    tunes: list[Phrase], monkeypatch: pytest.MonkeyPatch
) -> None:
    def compose(
        phrases: Sequence[StoredPhrase], weights: Path | None, sampling: Sampling, *rest: object
    ) -> list[StoredPhrase]:
        checkpoint = "" if weights is None else weights.stem
        return [replace(one, source=family_name(sampling, checkpoint)) for one in phrases]

    monkeypatch.setattr(composed, "compose", compose)
    human = PhraseStore(
        StoredPhrase(phrase, "bach", "own", "w", "w", "solo", 0, "train", False, "own", "own")
        for phrase in tunes[:3]
    )
    checkpoints = {"": None, "early": Path("early.safetensors")}
    found = Counter(one.source for one in composed_store(human, checkpoints, {"train": 2}, seed=1))
    plain = {family_name(one) for one in SAMPLINGS if one.candidates == 1}
    assert found == dict.fromkeys([*plain, "composer-early_1"], 2)
