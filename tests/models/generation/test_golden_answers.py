"""The shipped composer on fixed pairs, against values on file (scripts/write_golden.py)."""

from __future__ import annotations

import pytest
from write_golden import composer_answers, composer_bits, expected


def test_the_shipped_composer_gives_each_phrase_the_same_bits() -> None:
    assert composer_bits() == pytest.approx(expected("composer_bits"), rel=1e-4)


def test_the_shipped_composer_answers_with_the_same_notes() -> None:
    assert composer_answers() == expected("composer_answers")
