from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.judge.features.canonical import (
    canonical,
    canonical_lines,
    events_of,
    metadata,
    phrase_of_line,
    tidied,
)
from models.judge.training.negatives import FAMILIES
from models.judge.training.negatives.family import line_of, playable, tones_of
from models.judge.training.negatives.sampler import EventSampler
from violin.errors import MidiError
from violin.music import Meter, Note, Phrase


def same(first: object, second: object) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("onset_steps", "duration_steps", "pitch", "bars", "bar_steps")
    )


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    meter = draw(st.sampled_from([Meter(3, 4), Meter(4, 4)]))
    bars = draw(st.integers(1, 6))
    limit = bars * meter.bar_ticks()
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, limit - 2), st.integers(43, 100), st.integers(1, 96)),
            min_size=1,
            max_size=40,
        )
    )
    return Phrase(tuple(Note(t, p, min(d, limit - t)) for t, p, d in rows), bars, meter)


@settings(max_examples=60)
@given(phrases())
def test_canonical_form_is_a_fixed_point(phrase: Phrase) -> None:
    line = canonical(phrase)
    assert same(tidied(line), line)
    assert same(canonical(phrase_of_line(line)), line)
    assert line.onset_steps[0] < line.bar_steps
    assert (line.duration_steps > 0).all()


def test_what_a_file_adds_does_not_count(tunes: list[Phrase]) -> None:
    for phrase in tunes[:10]:
        line = canonical(phrase)
        assert same(canonical(replace(phrase, velocity=1, tempo_us_per_beat=1_000_000, key=None)), line)
        assert same(canonical(phrase.with_resolution(960)), line)
        early = tuple(Note(n.onset_ticks, n.pitch, n.duration_ticks - 1) for n in phrase.notes)
        assert same(canonical(replace(phrase, notes=early)), line)
        silent = replace(phrase, bars=phrase.bars + 2)
        assert same(canonical(silent), line)


def test_an_octave_lower_is_the_same_where_the_violin_cannot_go() -> None:
    low = Phrase(tuple(Note(48 * i, 45 + i, 48) for i in range(8)), 2)
    assert canonical(low).pitch.tolist() == [57 + i for i in range(8)]


def test_no_notes_is_an_error() -> None:
    with pytest.raises(MidiError, match="no notes"):
        canonical(Phrase((), 8))


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        (
            Phrase((Note(0, 69, 48), Note(4_000 * 192, 69, 48)), 4_001),
            "4001 bars; legal for the judge: up",
        ),
        (
            Phrase(tuple(Note(6_144 * bar, 69, 48) for bar in range(3)), 3, Meter(32 * 4, 4)),
            "384 quarter notes long; legal for the judge: up to 256",
        ),
        (Phrase((Note(0, 69, 3),), 1, Meter(1, 64), ticks_per_beat=48), "a bar of 1/64 does not fit"),
        (
            Phrase(tuple(Note(i, 69, 1) for i in range(16_385)), 1, Meter(1, 4), ticks_per_beat=16_385),
            "16385 notes; legal for the judge: up to 16384",
        ),
    ],
)
def test_what_is_too_long_to_measure_is_refused(phrase: Phrase, reason: str) -> None:
    with pytest.raises(MidiError, match=reason):
        canonical(phrase)
    assert canonical_lines([phrase]) == {}


def test_silent_bars_at_the_ends_do_not_make_a_phrase_long() -> None:
    far = Phrase(tuple(Note(192 * (3_000 + bar), 60 + bar, 48) for bar in range(8)), 4_000)
    assert canonical(far).bars == 8


def test_events_take_stops_together() -> None:
    phrase = Phrase((Note(0, 60, 48), Note(0, 67, 48), Note(48, 72, 144)), 1)
    events = events_of(canonical(phrase))
    assert events.top.tolist() == [67, 72]
    assert events.bottom.tolist() == [60, 72]
    assert events.size.tolist() == [2, 1]
    assert events.ioi_steps.tolist() == [12, 36]


def test_metadata_alone_predicts_nothing(tunes: list[Phrase]) -> None:
    """A classifier that sees only what the canonical form leaves of the metadata is at chance."""
    from sklearn.ensemble import RandomForestClassifier

    from models.judge.classifier.calibration import area_under_roc
    from models.judge.training.negatives import Material

    lines = [tidied(playable(canonical(phrase))) for phrase in tunes]
    pool: dict[int, list] = {}
    for line in lines:
        pool.setdefault(line.bar_steps, []).append(line)
    material = Material(dict(pool), EventSampler(lines))
    rows, human, even = [], [], []
    for index, line in enumerate(lines):
        family = FAMILIES[index % len(FAMILIES)]
        made = family.make(line, material, np.random.default_rng(index))
        if made is None:
            continue
        for one, is_human in ((line, True), (made, False)):
            phrase = phrase_of_line(one)
            rows.append(metadata(phrase, canonical(phrase)))
            human.append(is_human)
            even.append(index % 2 == 0)
    values, labels, first = np.array(rows), np.array(human), np.array(even)
    chance = RandomForestClassifier(100, min_samples_leaf=5, random_state=0).fit(values[first], labels[first])
    shown = chance.predict_proba(values[~first])[:, 1]
    auc = area_under_roc(shown[labels[~first]], shown[~labels[~first]])
    assert 0.38 <= auc <= 0.62


def test_playable_keeps_what_a_hand_can_hold() -> None:
    phrase = Phrase((Note(0, 55, 96), Note(0, 57, 96), Note(48, 90, 48), Note(96, 64, 96)), 1)
    line = playable(canonical(phrase))
    assert line.pitch.tolist() == [57, 90, 64]  # two notes on one string: the lower goes
    assert line.duration_steps.tolist()[0] == 12  # held under a far note: it ends there
    assert line_of(tones_of(line), line) is None  # three notes are no line
