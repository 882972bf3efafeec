from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from models.judge.features import runs, table
from models.judge.features.bars import LineBars
from models.judge.features.canonical import Events, Line, canonical, events_of
from models.judge.features.measures import divergence_bits, entropy_bits, longest_true_run, repeat_lengths
from models.judge.features.table import FEATURES, NAMES, Knowledge, Reading, _batches, measure, plain
from models.judge.features.tonality import key_of
from models.judge.features.viewpoints import VIEWPOINTS, sequences
from violin.challenge import SLUGS
from violin.music import Meter, Note, Phrase


@pytest.fixture(scope="module")
def lines(tunes: list[Phrase]) -> list[Line]:
    return [canonical(phrase) for phrase in tunes]


@pytest.fixture(scope="module")
def knowledge(lines: list[Line]) -> Knowledge:
    readings = [Reading.of(line) for line in lines[:80]]
    return Knowledge.fit(readings, [SLUGS[i % 8] for i in range(len(readings))])


def test_every_feature_has_a_name_words_and_a_source() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 80
    assert all(one.words and one.source for one in FEATURES.values())


def test_features_are_finite_in_order_and_repeatable(lines: list[Line], knowledge: Knowledge) -> None:
    rows = measure(lines[:20], ["bach"] * 20, knowledge)
    assert rows.shape == (20, len(NAMES))
    assert np.isfinite(rows).all()
    again = measure(lines[:20], ["bach"] * 20, knowledge)
    assert np.array_equal(rows, again)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_handful_of_notes_is_measured_too(count: int, knowledge: Knowledge) -> None:
    line = canonical(Phrase(tuple(Note(48 * i, 69 + i, 24) for i in range(count)), 1))
    assert np.isfinite(measure([line], ["bach"], knowledge)).all()


def test_other_meters_are_measured(knowledge: Knowledge) -> None:
    phrase = Phrase(tuple(Note(24 * i, 69, 24) for i in range(30)), 5, Meter(6, 8))
    assert np.isfinite(measure([canonical(phrase)], ["mozart"], knowledge)).all()


def test_repeats_are_counted_as_a_musician_counts_them() -> None:
    bar = [(0, 69), (48, 71), (96, 72), (144, 74)]
    loop = Phrase(tuple(Note(192 * b + t, p, 48) for b in range(8) for t, p in bar), 8)
    steps = (0, 2, 4, 5, 7, 9, 11, 12)
    rising = Phrase(
        tuple(Note(192 * b + t, 67 + steps[b + i] - 7, 48) for b in range(5) for i, (t, _) in enumerate(bar)),
        5,
    )
    of_loop, of_rising = (plain(Reading.of(canonical(one))) for one in (loop, rising))
    assert of_loop["bars_again_pitch"] == 1.0
    assert of_rising["bars_again_pitch"] <= 0.25
    assert of_rising["bars_again_scale"] > 0.9
    assert of_rising["sequence_scale"] > 0.8
    assert of_loop["sequence_scale"] == 0.0
    assert of_loop["run_pitch_bars"] == pytest.approx(28 / 32)
    assert of_loop["in_scale"] == 1.0
    assert of_loop["equal_run"] == 1.0


def test_repeat_lengths_against_a_plain_search() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        tokens = random.integers(0, 3, size=25)
        slow = []
        for i in range(25):
            best = 0
            for j in range(25):
                length = 0
                while i != j and max(i, j) + length < 25 and tokens[i + length] == tokens[j + length]:
                    length += 1
                best = max(best, length)
            slow.append(best)
        assert repeat_lengths(tokens).tolist() == slow


def test_repeat_lengths_need_little_memory_for_long_sequences() -> None:
    tokens = np.arange(20_000) % 50
    tracemalloc.start()
    lengths = repeat_lengths(tokens)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lengths[0] == lengths[50] == 20_000 - 50
    assert lengths[-1] == 1
    assert peak < 20_000_000  # one byte for each pair of positions would be 400 MB


def test_a_long_line_is_compared_with_itself_in_little_memory() -> None:
    bars = LineBars(*_of(Phrase(tuple(Note(48 * i, 60 + i % 5, 48) for i in range(256)), 64)))
    tracemalloc.start()
    values = runs.measure(bars)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert values["run_pitch_any"] == 251 / 256  # all but the first five notes again
    assert peak < 12_000_000  # all distances at once take 57 MB


def _of(phrase: Phrase) -> tuple[Line, Events]:
    line = canonical(phrase)
    return line, events_of(line)


def test_language_models_keep_small_numbers_small(lines: list[Line], knowledge: Knowledge) -> None:
    tokens = sequences(LineBars(lines[90], events_of(lines[90])))
    for view in VIEWPOINTS:
        model = knowledge.models[view.name]
        model.read([tokens[view.name]])
        tables = [table for table in vars(model).values() if isinstance(table, np.ndarray)]
        size = sum(table.nbytes for table in tables)
        assert len(tables) == 7
        assert size <= 14 * len(model.context_key) + 10 * len(model.token)  # 64 bits: 28 and 24


def test_long_lines_are_measured_in_small_batches() -> None:
    short = canonical(Phrase(tuple(Note(48 * i, 60 + i % 7, 48) for i in range(32)), 8))
    assert list(_batches([short] * 70)) == [(0, 64), (64, 70)]
    long = canonical(Phrase(tuple(Note(4 * i, 60 + i % 7, 4) for i in range(3_000)), 63))
    assert len(long) == 3_000
    assert list(_batches([long] * 12)) == [(0, 5), (5, 10), (10, 12)]


def test_figures_of_sequences() -> None:
    assert entropy_bits(np.array([1, 2, 3, 4])) == pytest.approx(2.0)
    assert longest_true_run(np.array([True, True, False, True])) == 2
    assert divergence_bits(np.array([1.0, 0]), np.array([0, 1.0])) == pytest.approx(1.0)
    assert divergence_bits(np.array([1.0, 2]), np.array([2.0, 4])) == pytest.approx(0.0)


def test_the_key_of_a_scale() -> None:
    weights = np.zeros(12)
    weights[[7, 9, 11, 0, 2, 4, 6]] = (5, 2, 3, 2, 4, 2, 2)
    key = key_of(weights)
    assert (key.tonic, key.minor) == (7, False)


def test_language_models_are_distributions_and_predict_what_was_counted(
    lines: list[Line], knowledge: Knowledge
) -> None:
    for view in VIEWPOINTS[:3]:
        model = knowledge.models[view.name]
        part = sequences(LineBars(lines[90], events_of(lines[90])))[view.name]
        table = model.distribution(part)
        assert np.allclose(table.sum(axis=1), 1)
        reading, again = model.read([part, part])
        assert np.array_equal(reading.nll, again.nll)
        own = table[np.arange(len(part.tokens)), part.tokens]
        assert np.allclose(-np.log(own), reading.nll, atol=1e-6)
        seen = sequences(LineBars(lines[0], events_of(lines[0])))[view.name]
        assert model.read([seen])[0].nll.mean() < np.log(view.alphabet) / 2


def test_what_is_not_finite_becomes_zero(
    lines: list[Line], knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = dict(zip(NAMES[:3], (float("nan"), float("inf"), float("-inf")), strict=True))
    monkeypatch.setattr(table, "plain", lambda reading: {**plain(reading), **odd})
    assert measure(lines[:1], ["bach"], knowledge)[0, :3].tolist() == [0.0, 0.0, 0.0]
