"""Answers of an untrained model obey what the masks enforce; density depends on the model."""

from __future__ import annotations

from constraints.language.vocabulary import DENSITY_CLASSES
from models.bench.controllability import density_means, obedience
from models.composer.checkpoint import Weights
from models.generation.model import ComposerModel
from violin.music import Key, Note, Phrase
from violin.pair import outer_pair

SCALE = (62, 64, 66, 67, 69, 71, 73, 74)
PAIRS = [
    outer_pair(
        Phrase(tuple(Note(48 * beat, SCALE[(beat + shift) % 8], 48) for beat in range(32)), 8, key=Key(2))
    )
    for shift in range(2)
]


def test_an_untrained_model_obeys_too(untrained_weights: Weights) -> None:
    found = obedience(ComposerModel(untrained_weights, "cpu"), PAIRS, 57, 76)
    requests = [one.request for one in found]
    assert requests[:5] == [
        "range 57 to 76",
        "at most easy",
        "at most wide",
        "at most virtuoso",
        "the organisers' vocabulary",
    ]
    assert requests[5:] == [f"{bars} bars" for bars in range(8, 17)]
    assert all(one.obeyed == one.answers == 2 for one in found)


def test_a_mean_for_each_density(untrained_weights: Weights) -> None:
    means = density_means(ComposerModel(untrained_weights, "cpu"), PAIRS)
    assert len(means) == DENSITY_CLASSES
    assert all(mean > 0 for mean in means)
