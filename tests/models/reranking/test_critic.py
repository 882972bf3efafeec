"""The critic: it distinguishes its human phrases from its answers, and its file gives the same critic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.generation.request import Request
from models.reranking.critic import Critic, rows_of
from models.reranking.trained_critic import TrainedCritic
from violin.errors import WeightsError
from violin.music import Key, Note, Phrase
from violin.pair import outer_pair


def phrase(index: int, wild: bool) -> Phrase:
    """Stepwise quarters in a scale, or leaps in no key."""
    random = np.random.default_rng([index, wild])
    degree, notes = 4, []
    scale = (62, 64, 66, 67, 69, 71, 73, 74, 76)
    for beat in range(32):
        degree = int(np.clip(degree + random.integers(-1, 2), 0, 8))
        pitch = int(random.integers(55, 95)) if wild else scale[degree]
        notes.append(Note(48 * beat, pitch, 48))
    return Phrase(tuple(notes), 8, key=Key(2))


def requests_of(phrases: list[Phrase]) -> list[Request]:
    return [Request(outer_pair(one, 1, 1), "bach", one.bars) for one in phrases]


def rows(phrases: list[Phrase]) -> np.ndarray:
    return rows_of(requests_of(phrases), phrases)


@pytest.fixture(scope="module")
def critic() -> Critic:
    phrases = [phrase(index, wild) for wild in (False, True) for index in range(40)]
    found = Critic.fit(rows(phrases), np.arange(80) < 40)
    return replace(found, shares=(("critic", 1.0), ("seam", 0.2)), about={"pairs": 40})


def test_phrases_like_the_human_ones_get_higher_scores(critic: Critic) -> None:
    tame, wild = ([phrase(index, wild) for index in range(100, 110)] for wild in (False, True))
    marks = critic.score(rows([*tame, *wild, Phrase((), 8)]))
    assert marks[:10].min() > 0.5 > marks[10:20].max()
    assert 0 <= marks[20] <= 1


def test_the_file_gives_the_same_critic(critic: Critic, tmp_path: Path) -> None:
    path = tmp_path / "critic.npz"
    critic.save(path)
    first = path.read_bytes()
    critic.save(path)
    assert path.read_bytes() == first
    again = Critic.load(path)
    assert (again.about, again.shares) == ({"pairs": 40}, critic.shares)
    phrases = [phrase(7, wild=False), phrase(8, wild=True)]
    assert again.score(rows(phrases)).tolist() == critic.score(rows(phrases)).tolist()
    trained = TrainedCritic(path)
    assert trained.score(requests_of(phrases), phrases) == critic.score(rows(phrases)).tolist()
    assert trained.shares == critic.shares
    assert trained.identity != TrainedCritic().identity


def test_a_damaged_or_foreign_file_is_refused(critic: Critic, tmp_path: Path) -> None:
    (tmp_path / "critic.npz").write_bytes(b"PK\x03\x04 nothing")
    for name in ("critic.npz", "absent.npz"):
        with pytest.raises(WeightsError, match="no usable critic"):
            Critic.load(tmp_path / name)
    replace(critic, human_means=np.zeros(3)).save(tmp_path / "short.npz")
    with pytest.raises(WeightsError, match="do not fit together"):
        Critic.load(tmp_path / "short.npz")
    replace(critic, intercept=float("nan")).save(tmp_path / "nan.npz")
    with pytest.raises(WeightsError, match="not finite"):
        Critic.load(tmp_path / "nan.npz")


def test_a_critic_of_another_composer_is_refused(critic: Critic) -> None:
    with pytest.raises(WeightsError, match="fitted for another composer"):
        critic.score(rows([phrase(1, wild=True)])[:, :-3])
