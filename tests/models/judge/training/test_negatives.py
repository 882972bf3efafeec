from __future__ import annotations

import numpy as np
import pytest

from models.judge.features.canonical import Line, canonical, tidied
from models.judge.training.negatives import FAMILIES, Family, Material
from models.judge.training.negatives.family import playable
from models.judge.training.negatives.sampler import EventSampler
from violin.instrument import LOWEST_PITCH, is_playable
from violin.music import Note, Phrase, sounding_sets


@pytest.fixture(scope="module")
def lines(tunes: list[Phrase]) -> list[Line]:
    return [tidied(playable(canonical(phrase))) for phrase in tunes]


@pytest.fixture(scope="module")
def material(lines: list[Line]) -> Material:
    pool: dict[int, list[Line]] = {}
    for line in lines:
        pool.setdefault(line.bar_steps, []).append(line)
    return Material(dict(pool), EventSampler(lines))


def sets_of(line: Line) -> list[tuple[int, ...]]:
    rows = zip(line.onset_steps.tolist(), line.pitch.tolist(), line.duration_steps.tolist(), strict=True)
    return [pitches for _, pitches in sounding_sets(Note(*row) for row in rows)]


def test_there_are_sixteen_families_or_more_with_different_names() -> None:
    assert len(FAMILIES) >= 16
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_family_writes_playable_lines_of_the_same_bars(
    family: Family, lines: list[Line], material: Material
) -> None:
    made = [family.make(line, material, np.random.default_rng([3, i])) for i, line in enumerate(lines[:30])]
    written = [(line, source) for line, source in zip(made, lines, strict=False) if line is not None]
    assert len(written) >= 25
    changed = 0
    for line, source in written:
        assert line.bar_steps == source.bar_steps
        assert source.bars - 2 <= line.bars <= source.bars
        assert line.pitch.min() >= LOWEST_PITCH
        assert all(is_playable(pitches) for pitches in sets_of(line))
        changed += line.pitch.tolist() != source.pitch.tolist() or (
            line.onset_steps.tolist() != source.onset_steps.tolist()
        )
    assert changed >= 0.8 * len(written)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_seed_decides(family: Family, lines: list[Line], material: Material) -> None:
    first, second = (family.make(lines[4], material, np.random.default_rng(9)) for _ in range(2))
    assert (first is None) == (second is None)
    if first is not None and second is not None:
        assert first.pitch.tolist() == second.pitch.tolist()
        assert first.onset_steps.tolist() == second.onset_steps.tolist()


@pytest.mark.parametrize("name", ["infill_markov", "infill_ngram", "infill_cold", "prompt_copy"])
def test_infilling_keeps_the_outer_bars(name: str, lines: list[Line], material: Material) -> None:
    family = next(one for one in FAMILIES if one.name == name)
    for index, line in enumerate(lines[:20]):
        made = family.make(line, material, np.random.default_rng(index))
        if made is None or made.bars != line.bars:
            continue
        for bar in (0, line.bars - 1):
            start, end = bar * line.bar_steps, (bar + 1) * line.bar_steps
            ours = made.pitch[(made.onset_steps >= start) & (made.onset_steps < end)].tolist()
            theirs = line.pitch[(line.onset_steps >= start) & (line.onset_steps < end)].tolist()
            assert ours == theirs
