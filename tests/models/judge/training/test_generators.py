"""Further generators: they learn, they keep the outer bars, and each phrase names its generator."""

from __future__ import annotations

import numpy as np
import pytest
from stored_phrases import stored_phrase

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.judge.features.canonical import Line, canonical, tidied
from models.judge.training.generators.generator import cluster_of, recipes, written_store
from models.judge.training.generators.recipe import Recipe
from models.judge.training.negatives.family import playable
from violin.music import Phrase


def stored(phrase: Phrase, number: int, split: str) -> StoredPhrase:
    return stored_phrase(phrase, "other", f"w{number}", split)


@pytest.mark.parametrize("recipe", recipes(), ids=lambda recipe: recipe.cluster)
def test_a_generator_writes_between_the_outer_bars(recipe: Recipe, tunes: list[Phrase]) -> None:
    lines = [tidied(playable(canonical(phrase))) for phrase in tunes]
    for name, generator in recipe.train(lines[:64], 3).items():
        assert cluster_of(name) == recipe.cluster
        made = generator.write(lines[80:86], np.random.default_rng(1))
        again = generator.write(lines[80:86], np.random.default_rng(1))
        written = [
            (line, source) for line, source in zip(made, lines[80:86], strict=True) if line is not None
        ]
        assert len(written) >= 4
        changed = 0
        for line, source in written:
            assert line.bar_steps == source.bar_steps
            assert notes_of(line, 0) == notes_of(source, 0)
            changed += line.pitch.tolist() != source.pitch.tolist()
        assert changed >= len(written) - 1
        assert [line is None or line.pitch.tolist() for line in made] == [
            line is None or line.pitch.tolist() for line in again
        ]


def test_the_store_of_what_they_wrote(tunes: list[Phrase]) -> None:
    splits = ("train", "train", "validation", "test")
    human = PhraseStore(stored(phrase, index, splits[index % 4]) for index, phrase in enumerate(tunes[:48]))
    made = written_store(human, {"train": 6, "validation": 3, "test": 2}, 0)
    assert {cluster_of(one.source) for one in made} == {"gru", "diffusion", "coconet", "oracle"}
    groups = {one.work_group: one.split for one in human}
    assert all(groups[one.work_group] == one.split for one in made)
    assert {one.split for one in made} == {"train", "validation", "test"}


def notes_of(line: Line, bar: int) -> list[tuple[int, int]]:
    mask = line.onset_steps // line.bar_steps == bar
    return list(zip(line.onset_steps[mask].tolist(), line.pitch[mask].tolist(), strict=True))
