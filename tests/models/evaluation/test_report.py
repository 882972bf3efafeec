"""Tables of the composer's report from phrases whose figures are obvious."""

from __future__ import annotations

import pytest
from stored_phrases import stored_phrase

from models.evaluation.bits_per_note import ComposerFit, Fit, pooled
from models.evaluation.report import Comparison, fit_table, form_table, inside_shares, texts
from violin.music import Key, Note, Phrase


def steps(size: int, bars: int = 8) -> Phrase:
    """Quarters that move by `size` semitones up and down."""
    return Phrase(tuple(Note(48 * i, 62 + size * (i % 2), 48) for i in range(4 * bars)), bars, key=Key(0))


@pytest.fixture
def comparison() -> Comparison:
    human = [stored_phrase(steps(size)) for size in (1, 2, 3, 4, 5)]
    return Comparison(human, {"near": [steps(3)] * 5, "far": [steps(12)] * 4 + [steps(2)]})


def fit(bits: float) -> Fit:
    return Fit(bits, 10, 2)


def test_bits_per_note_and_the_gain() -> None:
    assert Fit(30.0, 10, 2).bits_per_note == 3
    assert Fit(30.0, 0, 2).bits_per_note == 30
    bach = ComposerFit("bach", own=fit(30), null=fit(40), wrong=fit(50), ngram=fit(60))
    mozart = ComposerFit("mozart", own=Fit(90, 30, 3), null=fit(40), wrong=fit(50), ngram=Fit(90, 30, 3))
    assert bach.gain == 0.5
    both = pooled([bach, mozart])
    assert (both.own.bits, both.own.notes, both.own.phrases) == (120, 40, 5)
    assert both.gain == pytest.approx(1 - 120 / 150)
    table = fit_table([bach, mozart]).splitlines()
    assert table[2] == "| bach | 2 | 10 | 6.000 | 3.000 | 4.000 | 5.000 | 50.0% |"
    assert table[-1] == "| all | 5 | 40 | 3.750 | 3.000 | 4.000 | 5.000 | 20.0% |"


def test_the_share_of_answers_inside_the_human_band(comparison: Comparison) -> None:
    # the human leaps are 1 to 5, so 10 % and 90 % lie at 1.4 and 4.6
    assert inside_shares(comparison, "near")["largest leap"] == 1
    assert inside_shares(comparison, "far")["largest leap"] == pytest.approx(1 / 5)
    (row,) = (line for line in form_table(comparison).splitlines() if line.startswith("| largest leap"))
    assert row == "| largest leap | 3 (1.4-4.6) | 3 (100%) | 12 (20%) |"


def test_answers_as_text(comparison: Comparison) -> None:
    lines = texts(comparison, "near", most=1).splitlines()
    assert lines[2] == " 1 given D4:1 F4:1 D4:1 F4:1"
    assert lines[3] == " 2       D4:1 F4:1 D4:1 F4:1"
    assert lines[9].startswith(" 8 given")
