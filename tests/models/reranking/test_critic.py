"""The critic prefers what is like its human phrases, keeps to its judge, and survives its file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.composer.checkpoint import Weights
from models.generation.model import ComposerModel
from models.generation.sampling import SamplingOptions
from models.judge import weights
from models.judge.evaluation.two_sample import examples_of
from models.judge.score import Judge
from models.reranking.critic import Critic, knowledge_digest
from models.reranking.critic_data import critic_examples, subjects
from violin.challenge import SLUGS
from violin.errors import WeightsError
from violin.music import Key, Note, Phrase


def phrase(seed: int, wild: bool) -> Phrase:
    """Steps within a scale, or leaps anywhere."""
    random = np.random.default_rng(seed)
    scale = (62, 64, 66, 67, 69, 71, 73, 74, 76, 78)
    degree, notes = 3, []
    for beat in range(32):
        degree = int(np.clip(degree + random.integers(-1, 2), 0, 9))
        pitch = int(random.integers(55, 95)) if wild else scale[degree]
        notes.append(Note(48 * beat, pitch, 48))
    return Phrase(tuple(notes), 8, key=Key(2))


def stored(index: int, composer: str = "bach", split: str = "validation") -> StoredPhrase:
    return StoredPhrase(
        phrase=phrase(index, wild=False),
        composer=composer,
        source_composer=composer,
        work_id=f"work{index // 3}",
        work_group=f"work{index // 3}",
        part="solo",
        start_bar=0,
        split=split,
        window=False,
        source="made up",
        licence_class="own",
    )


@pytest.fixture(scope="module")
def critic(shipped_judge: Judge) -> Critic:
    human = [stored(index) for index in range(40)]
    answers = [phrase(index, wild=True) for index in range(40)]
    knowledge = shipped_judge.parts.knowledge
    return Critic.fit(examples_of(human, answers, knowledge), knowledge, {"human": 40})


def test_it_marks_what_is_like_its_human_phrases_higher(critic: Critic, shipped_judge: Judge) -> None:
    tame, wild = ([phrase(index, wild) for index in range(100, 110)] for wild in (False, True))
    judged, marks = critic.appraise(shipped_judge, [*tame, *wild, Phrase((), 8)], "bach")
    assert min(marks[:10]) > 0.5 > max(marks[10:20])
    assert judged[:20] == pytest.approx(shipped_judge.score([*tame, *wild], "bach"))
    assert judged[20] == marks[20] == 0.5


def test_the_file_gives_the_same_critic(critic: Critic, shipped_judge: Judge, tmp_path: Path) -> None:
    path = tmp_path / "critic.npz"
    critic.save(path)
    first = path.read_bytes()
    critic.save(path)
    assert path.read_bytes() == first
    again = Critic.load(path)
    assert again.about == {"human": 40}
    phrases = [phrase(7, wild=False)]
    assert again.appraise(shipped_judge, phrases, "bach") == critic.appraise(shipped_judge, phrases, "bach")


def test_a_critic_of_another_judge_is_refused(critic: Critic, shipped_judge: Judge) -> None:
    other = replace(critic, knowledge="of another judge")
    with pytest.raises(WeightsError, match="violin train critic"):
        other.appraise(shipped_judge, [phrase(1, wild=False)], "bach")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "critic.npz").write_bytes(b"PK\x03\x04 nothing")
    for name in ("critic.npz", "absent.npz"):
        with pytest.raises(WeightsError, match="no usable critic"):
            Critic.load(tmp_path / name)


def test_it_learns_from_the_validation_side_alone(untrained_weights: Weights, shipped_judge: Judge) -> None:
    store = PhraseStore(
        [
            *(stored(index) for index in range(3)),
            *(stored(10 + index, "other") for index in range(4)),
            stored(20, split="train"),
            stored(21, split="test"),
        ]
    )
    phrases = subjects(store, others=2)
    assert [one.composer for one in phrases[:3]] == ["bach"] * 3
    assert len(phrases) == 5
    assert all(one.composer in SLUGS and one.split == "validation" for one in phrases)
    knowledge = shipped_judge.parts.knowledge
    done: list[int] = []
    examples = critic_examples(
        phrases,
        ComposerModel(untrained_weights, "cpu"),
        knowledge,
        2,
        SamplingOptions(),
        lambda: done.append(1),
    )
    assert len(done) == 10
    assert examples.human.sum() == 5
    assert 5 < len(examples) <= 15
    assert knowledge_digest(knowledge) == knowledge_digest(weights.load(weights.SHIPPED).knowledge)
