"""The features of harmony, voices, contour, metre, idiom and surprise on music that shows them."""

from __future__ import annotations

import numpy as np
import pytest
from written_lines import bars_of, quarters

from models.judge.features import accents, contour, harmony, idiom, runs, sequence, streams, surprise
from models.judge.features.viewpoints import Tokens

C, F, G7 = quarters(60, 64, 67, 72), quarters(65, 69, 72, 69), quarters(67, 71, 74, 77)
CADENCE = [C, F, G7, C, C, F, G7, [(0, 72, 4)]]
WRONG = [C, quarters(61, 66, 70, 63), G7, quarters(62, 68, 73, 66), C, quarters(61, 66, 63, 68), G7, C]


def test_a_cadence_is_found_in_a_single_line() -> None:
    found = harmony.measure(bars_of(CADENCE))
    assert found["close_authentic"] == 1.0
    assert found["close_on_tonic"] == 1.0
    assert found["dominant_resolves"] == 1.0
    assert found["chord_tones"] == 1.0
    assert found["changes_at_barlines"] == 1.0
    half = harmony.measure(bars_of([*CADENCE[:-2], quarters(67, 71, 74, 71)]))
    assert half["close_half"] == 1.0
    assert harmony.measure(bars_of(WRONG))["chord_outside"] > 0.0


def test_passing_notes_are_foreign_notes_between_steps() -> None:
    bar = [(0, 60, 1), (1, 62, 0.5), (1.5, 64, 0.5), (2, 67, 1), (3, 65, 0.5), (3.5, 64, 0.5)]
    found = harmony.measure(bars_of([bar, C, G7, C]))
    assert found["passing"] == 1.0
    assert found["foreign_leaps"] == 0.0


def test_two_registers_are_two_streams() -> None:
    pedal = [(beat / 2, pitch, 0.5) for beat, pitch in enumerate((60, 72, 60, 74, 60, 76, 60, 77))]
    two = streams.measure(bars_of([pedal, pedal]))
    one = streams.measure(bars_of([quarters(67, 69, 71, 72), quarters(71, 69, 67, 69)]))
    assert two["streams"] > 1.8
    assert two["streams_second"] == pytest.approx(0.5, abs=0.1)
    assert two["streams_gain"] > 0.5
    assert one["streams_switch"] == 0.0
    assert one["streams_gain"] == pytest.approx(0.0, abs=0.15)


def test_an_arch_is_one_wave_up_and_down() -> None:
    arch = [
        quarters(60, 62, 64, 65),
        quarters(67, 69, 71, 72),
        quarters(74, 72, 71, 69),
        quarters(67, 65, 62, 60),
    ]
    rise = [quarters(60, 62, 64, 65), quarters(67, 69, 71, 72)]
    of_arch, of_rise = contour.measure(bars_of(arch)), contour.measure(bars_of(rise))
    assert of_arch["cosine2"] > 0.8
    assert of_rise["cosine1"] > 0.9
    assert of_arch["summit_step"] == 1.0
    assert of_arch["tension_peak"] == pytest.approx(0.5, abs=0.2)


def test_long_notes_on_the_same_place_of_each_bar_return_with_the_bar() -> None:
    bar = [(0, 67, 2), (2, 69, 1), (3, 71, 1)]
    steady = accents.measure(bars_of([bar] * 8))
    places = (0, 1, 2, 0.5, 1.5, 1, 0, 2)
    stray = accents.measure(
        bars_of([[(p, 67, 2), (p + 2, 69, 0.5)] if p < 2 else [(0, 67, 1)] for p in places])
    )
    assert steady["accent_length_bar"] > stray["accent_length_bar"] + 0.3
    assert steady["onset_stray"] == 0.0
    held = accents.measure(bars_of([[(0, 67, 1.5), (1.5, 69, 1), (2.5, 71, 1.5)]] * 2))
    assert held["syncopation_mean"] > steady["syncopation_mean"]


def test_bariolage_alternates_with_an_open_string() -> None:
    bariolage = [(step / 4, pitch, 0.25) for step, pitch in enumerate((76, 74, 76, 72, 76, 71, 76, 74) * 2)]
    found = idiom.measure(bars_of([bariolage, bariolage]))
    assert found["bariolage"] > 0.4
    assert found["crossings_back"] > 0.8
    far = [(step / 4, pitch, 0.25) for step, pitch in enumerate((55, 88, 57, 90) * 4)]
    assert idiom.measure(bars_of([far]))["shifts_fast"] > 0.3
    assert idiom.measure(bars_of([quarters(69, 71, 72, 74)]))["crossings"] == 0.0


def test_a_repeated_run_survives_a_dropped_note() -> None:
    bar = [(step / 2, 60 + (step * 5) % 13, 0.5) for step in range(8)]
    whole = runs.measure(bars_of([bar, bar]))
    dropped = runs.measure(bars_of([bar, bar[:3] + bar[4:]]))
    assert whole["run_pitch_bars"] == pytest.approx(0.5)
    assert dropped["run_pitch_bars"] == pytest.approx((7 - 1) / 15)
    assert whole["run_rhythm_figure"] > 0.8
    moved = runs.measure(bars_of([quarters(60, 64, 62, 65), quarters(62, 65, 64, 67)]))
    assert moved["run_scale_bars"] > moved["run_pitch_bars"]


def test_inner_bars_that_transform_an_outer_bar_differ_from_copies() -> None:
    motif, mirror = quarters(67, 69, 71, 72), quarters(72, 71, 69, 67)
    other = [(0, 60, 2), (2, 79, 2)]
    copied = sequence.measure(bars_of([motif, motif, motif, motif]))
    mirrored = sequence.measure(bars_of([motif, mirror, mirror, motif]))
    new = sequence.measure(bars_of([motif, other, other, motif]))
    assert (copied["outer_pitch"], copied["outer_transformed"]) == (1.0, 0.0)
    assert mirrored["outer_transformed"] > 0.9
    assert mirrored["outer_inversion"] == 1.0
    assert new["outer_scale"] < 0.5


def test_the_shape_of_a_surprise_curve_ignores_its_mean_and_scale() -> None:
    part = Tokens(np.arange(16) % 4, np.zeros(16, np.int64), np.arange(16) // 4)
    curve = np.tile([5.0, 1.0, 1.5, 1.0], 4)
    found = surprise.measure(part, curve, 4)
    assert surprise.measure(part, 3 * curve + 7, 4) == pytest.approx(found)
    assert found["skew"] > 0.5
    assert found["memory1"] < 0.0
    assert surprise.measure(part, np.full(16, 2.0), 4) == dict.fromkeys(surprise.PARTS, 0.0)
    rising = surprise.measure(part, np.repeat([1.0, 2, 3, 4], 4), 4)
    assert rising["bars_uneven"] == pytest.approx(1.0)
    assert rising["falls"] < 0.0
