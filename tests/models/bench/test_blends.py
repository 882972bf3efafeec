"""The lean of the answers of blends towards one of two composers."""

from __future__ import annotations

from pathlib import Path

from models.bench.blends import blend_leans
from models.composer.checkpoint import Weights, save_weights
from violin.music import Note, Phrase
from violin.pair import outer_pair

PAIRS = [
    outer_pair(Phrase(tuple(Note(48 * beat, 62 + (beat + shift) % 8, 48) for beat in range(32)), 8))
    for shift in range(2)
]


def test_each_style_has_its_lean(untrained_weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_weights(path, untrained_weights)
    found = blend_leans(PAIRS, "bach", "paganini", path)
    assert [one.style for one in found] == [
        "bach", "3bach+1paganini", "2bach+2paganini", "1bach+3paganini", "paganini",
    ]  # fmt: skip
    assert found[0].same == 1
    assert all(one.error >= 0 for one in found)
    swapped = blend_leans(PAIRS, "paganini", "bach", path)
    assert (swapped[0].bits, swapped[-1].bits) == (-found[-1].bits, -found[0].bits)
