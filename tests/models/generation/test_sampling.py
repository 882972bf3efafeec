"""Counted randomness and the drawing of one token."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.generation.sampling import SamplingOptions, draw, row_key, uniforms


def test_a_rows_numbers_depend_only_on_its_key_and_the_step() -> None:
    keys = np.array([row_key(1, (3, index)) for index in range(100)], np.uint64)
    together = uniforms(keys, 5)
    alone = [uniforms(keys[index : index + 1], 5)[0] for index in range(100)]
    assert together.tolist() == alone
    assert not np.array_equal(together, uniforms(keys, 6))
    assert row_key(1, (3, 4)) != row_key(2, (3, 4)) != row_key(1, (34,))


def test_the_numbers_are_uniform() -> None:
    keys = np.array([row_key(0, (index,)) for index in range(200)], np.uint64)
    numbers = np.concatenate([uniforms(keys, step) for step in range(100)])
    assert numbers.min() >= 0
    assert numbers.max() < 1
    counts, _ = np.histogram(numbers, 10, (0, 1))
    assert np.abs(counts - 2000).max() < 5 * 2000**0.5


def test_a_splitmix_number_is_the_published_one() -> None:
    # SplitMix64 seeded with 1234567 begins with 6457827717110365317 (Vigna's reference code).
    assert uniforms(np.array([1234567], np.uint64), 0)[0] == (6457827717110365317 >> 11) * 2.0**-53


def _drawn(
    logits: list[float], mask: list[bool], chance: float, **options: float
) -> tuple[int, float, float]:
    one: NDArray[np.float32] = np.array([logits], np.float32)
    settings = SamplingOptions(**{"min_p": 0.0, **options})  # type: ignore[arg-type]
    token, log_probability, log_legal = draw(one, np.array([mask]), np.array([chance]), settings)
    return int(token[0]), float(log_probability[0]), float(log_legal[0])


def test_a_draw_follows_the_legal_shares() -> None:
    logits = [0.0, np.log(3), 0.0, 5.0]
    mask = [True, True, True, False]
    assert [_drawn(logits, mask, chance)[0] for chance in (0.0, 0.19, 0.21, 0.79, 0.81, 0.9999)] == [
        0, 0, 1, 1, 2, 2,
    ]  # fmt: skip


def test_the_logs_are_of_the_models_own_distribution() -> None:
    _, log_probability, log_legal = _drawn([0.0, np.log(2), np.log(5)], [True, True, False], 0.5)
    assert np.exp(log_probability) == pytest.approx(2 / 8)
    assert np.exp(log_legal) == pytest.approx(3 / 8)


def test_temperature_zero_and_min_p() -> None:
    logits = [1.0, 0.9, -5.0]
    assert {_drawn(logits, [True] * 3, chance, temperature=0)[0] for chance in (0.0, 0.5, 0.99)} == {0}
    assert _drawn(logits, [False, True, True], 0.0, temperature=0)[0] == 1
    assert {_drawn(logits, [True] * 3, chance, min_p=0.1)[0] for chance in (0.0, 0.5, 0.9999)} == {0, 1}


def test_a_token_without_a_share_is_not_drawn_even_by_the_chance_0() -> None:
    assert _drawn([0.0, 0.0, 0.0], [False, True, True], 0.0)[0] == 1
    assert _drawn([-9.0, 0.0, 0.0], [True] * 3, 0.0, min_p=0.1)[0] == 1


def _edge(temperature: float) -> float:
    """The chance up to which the first of two tokens, of shares 1 to 4, is drawn."""
    logits = [0.0, np.log(4)]
    chances = np.linspace(0, 1, 1001)[:-1]
    first = [_drawn(logits, [True] * 2, chance, temperature=temperature)[0] == 0 for chance in chances]
    return sum(first) / 1000


def test_temperature_divides_the_logits() -> None:
    assert _edge(1) == pytest.approx(1 / 5, abs=0.002)
    assert _edge(2) == pytest.approx(1 / 3, abs=0.002)  # shares 1 to 2
    assert _edge(0.5) == pytest.approx(1 / 17, abs=0.002)  # shares 1 to 16


def test_min_p_is_a_share_of_the_likeliest_legal_token() -> None:
    logits, mask = [np.log(0.14), np.log(0.07), 0.0, 5.0], [True, True, True, False]
    drawn = {_drawn(logits, mask, chance, min_p=0.1)[0] for chance in (0.0, 0.05, 0.1, 0.5, 0.9999)}
    assert drawn == {0, 2}


_EVERYWHERE = np.linspace(0, 0.9999, 200)


@pytest.mark.parametrize(
    ("options", "drawn"),
    [
        ({"top_k": 1}, {1}),
        ({"top_k": 2}, {1, 3}),
        ({"top_k": 9}, {0, 1, 2, 3}),
        ({"top_p": 0.5}, {1}),  # the first already has .5
        ({"top_p": 0.51}, {1, 3}),
        ({"top_p": 0.75}, {1, 3}),
        ({"top_p": 0.8}, {0, 1, 3}),  # of the two equal ones the first
        ({"top_p": 1.0}, {0, 1, 2, 3}),
        ({"top_k": 3, "top_p": 0.6}, {1, 3}),
        ({"top_p": 1e-9}, {1}),
        ({"top_p": 0.6, "temperature": 0.5}, {1}),  # .73 after the temperature
    ],
)
def test_top_k_and_top_p(options: dict[str, float], drawn: set[int]) -> None:
    """Legal shares .125, .5, .125 and .25; the likeliest token of all is not legal."""
    logits = [*np.log([0.125, 0.5, 0.125, 0.25]), 3.0]
    mask = [True] * 4 + [False]
    assert {_drawn(logits, mask, chance, **options)[0] for chance in _EVERYWHERE} == drawn


def test_top_k_keeps_the_proportions() -> None:
    logits = np.log([0.125, 0.5, 0.125, 0.25]).tolist()
    first = [_drawn(logits, [True] * 4, chance, top_k=2)[0] == 1 for chance in np.linspace(0, 1, 1001)[:-1]]
    assert sum(first) / 1000 == pytest.approx(2 / 3, abs=0.002)


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -1},
        {"min_p": 1.0},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"guidance": -0.5},
        {"lowest": 50},
        {"lowest": 80, "highest": 70},
    ],
)
def test_illegal_options_say_what_is_legal(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="legal"):
        SamplingOptions(**wrong)  # type: ignore[arg-type]


def test_a_bonus_changes_the_choice_and_not_the_logs() -> None:
    logits = np.array([[0.0, np.log(2), np.log(5)]], np.float32)
    mask, options = np.array([[True, True, False]]), SamplingOptions(min_p=0.0)
    bonus = np.array([[np.log(6), 0.0, 50.0]])
    shares = [draw(logits, mask, np.array([chance]), options, bonus)[0][0] for chance in (0.74, 0.76)]
    assert shares == [0, 1]  # 6 to 2, and what is illegal stays illegal
    _, log_probability, log_legal = draw(logits, mask, np.array([0.5]), options, bonus)
    assert np.exp(log_probability[0]) == pytest.approx(1 / 8)
    assert np.exp(log_legal[0]) == pytest.approx(3 / 8)


@pytest.mark.parametrize("name", ["relation_bonus", "approach_bonus", "barline_bonus"])
def test_an_illegal_bonus(name: str) -> None:
    with pytest.raises(ValueError, match=r"bonus -1; legal: 0 to 10"):
        SamplingOptions(**{name: -1})
