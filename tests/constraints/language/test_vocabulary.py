from __future__ import annotations

import numpy as np
import pytest

from constraints.language.vocabulary import (
    COMPOSER_NAMES,
    HEADER,
    LANGUAGES,
    TEMPO_BOUNDS_BPM,
    TEMPO_CENTRES_BPM,
    VOCABULARY,
    Kind,
    density_class,
    tempo_class,
    tempo_us_per_beat,
)
from violin.challenge import SLUGS
from violin.music import Key, Meter

# A change of these hashes makes every trained model useless: add a version, leave the old ones.
HASHES = {
    1: "86a0b5f18719d2f95fc8ef5dfd4ab28b8cea905c6929623df299a6b98c32e0bc",
    2: "c0426e6f4f0d45ad904c7214186b2c8fc607f44599fd572b87d3eaefc5e5de6a",
}


def test_the_vocabulary_is_the_one_that_models_were_trained_with() -> None:
    assert {version: VOCABULARY.hash_of(version) for version in LANGUAGES} == HASHES
    assert [VOCABULARY.size_of(version) for version in LANGUAGES] == [512, 518]
    assert len(VOCABULARY) == 518


def test_names_are_distinct_and_arrays_cover_them() -> None:
    assert len(set(VOCABULARY.names)) == len(VOCABULARY) == len(VOCABULARY.kind) == len(VOCABULARY.value)
    assert VOCABULARY.names[VOCABULARY.PAD] == "PAD"
    assert VOCABULARY.PAD == 0


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_lies_in_one_run_of_ids(kind: Kind) -> None:
    ids = np.flatnonzero(VOCABULARY.kind == kind)
    span = VOCABULARY.span(kind)
    assert ids.tolist() == list(range(span.start, span.stop))
    assert VOCABULARY.first[kind] == span.start


def test_ids_have_the_requested_kind_and_value() -> None:
    for token, name in (
        (VOCABULARY.composer("paganini"), "Composer_paganini"),
        (VOCABULARY.composer("other"), "Composer_other"),
        (VOCABULARY.composer(None), "Composer_null"),
        (VOCABULARY.key(Key(-3, True)), "Key_-3m"),
        (VOCABULARY.key(None), "Key_+0"),
        (VOCABULARY.meter(Meter(3, 4)), "Meter_3/4"),
        (VOCABULARY.tempo(500_000), "Tempo_<132"),
        (VOCABULARY.density(None), "Density_null"),
        (VOCABULARY.bars(16), "Bars_16"),
        (VOCABULARY.position(191), "Position_191"),
        (VOCABULARY.pitch(55), "Pitch_55"),
        (VOCABULARY.duration(192), "Duration_192"),
        (VOCABULARY.LONGER, "LONGER"),
    ):
        assert VOCABULARY.names[token] == name


def test_values_are_the_numbers_in_the_names() -> None:
    for kind in (Kind.BARS, Kind.POSITION, Kind.PITCH, Kind.DURATION):
        for token in range(len(VOCABULARY))[VOCABULARY.span(kind)]:
            assert VOCABULARY.value[token] == int(VOCABULARY.names[token].split("_")[1])


def test_every_composer_and_key_comes_back() -> None:
    assert (*SLUGS, "other") == COMPOSER_NAMES
    for minor in (False, True):
        for fifths in range(-7, 8):
            assert VOCABULARY.key_of(VOCABULARY.key(Key(fifths, minor))) == Key(fifths, minor)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: VOCABULARY.pitch(54), "pitch 54; legal: 55 to 108"),
        (lambda: VOCABULARY.pitch(109), "pitch 109; legal: 55 to 108"),
        (lambda: VOCABULARY.duration(0), "duration 0; legal: 1 to 192"),
        (lambda: VOCABULARY.bars(17), "bars 17; legal: 8 to 16"),
        (lambda: VOCABULARY.density(7), "density 7; legal: 0 to 6"),
        (lambda: VOCABULARY.meter(Meter(6, 8)), "meter 6/8; legal: 3/4, 4/4"),
        (lambda: VOCABULARY.composer("liszt"), "unknown composer 'liszt'; legal: bach, "),
        (lambda: VOCABULARY.texture("duo"), "unknown texture 'duo'; legal: solo, section"),
        (lambda: VOCABULARY.extent("bar"), "unknown extent 'bar'; legal: phrase, window, rebarred"),
    ],
)
def test_values_outside_the_vocabulary_are_refused_with_the_legal_range(ask: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()  # type: ignore[operator]


def test_arrays_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        VOCABULARY.kind[0] = 1


def test_a_tempo_class_holds_its_lower_bound_and_its_centre() -> None:
    for number, bound in enumerate(TEMPO_BOUNDS_BPM):
        assert tempo_class(round(60e6 / bound) - 1) == number + 1
        assert tempo_class(round(60e6 / bound) + 1000) == number
    for number in range(len(TEMPO_CENTRES_BPM)):
        assert tempo_class(tempo_us_per_beat(number)) == number


@pytest.mark.parametrize(("onsets", "expected"), [(0, 0), (2, 0), (3, 1), (4, 1), (5, 2), (8, 3), (14, 5)])
def test_density_counts_onsets_per_beat(onsets: int, expected: int) -> None:
    assert density_class(onsets, 4 * 48) == expected


def test_the_header_is_in_the_order_of_the_layout() -> None:
    assert [kind.name for kind in HEADER] == ["BOS", "COMPOSER", "KEY", "METER", "TEMPO", "DENSITY", "BARS"]
