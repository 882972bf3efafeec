"""Blends of composers, as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.composer.blend import Blend
from violin.challenge import SLUGS
from violin.errors import SettingsError


@given(st.dictionaries(st.sampled_from(SLUGS), st.integers(1, 999), min_size=2))
def test_a_blend_is_read_as_it_is_written(parts: dict[str, int]) -> None:
    blend = Blend(tuple(parts.items()))
    again = Blend.parse(str(blend))
    assert again.shares == pytest.approx(blend.shares)
    assert again.main == blend.main
    assert sum(blend.shares.values()) == pytest.approx(1)
    assert blend.shares[blend.main] == max(blend.shares.values())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("bach+bach", "a blend of bach, bach; legal: two or more different composers"),
        ("bach+", "the blend 'bach+' has a part without a composer; legal: such as bach+paganini"),
        ("bach+verdi", "the blend 'bach+verdi': unknown composer 'verdi'"),
        ("70bach+paganini", "a number before some composers only"),
        ("0bach+5paganini", "a blend with 0 parts of bach; legal: 1 to 999"),
    ],
)
def test_a_text_that_is_not_a_blend_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SettingsError) as error:
        Blend.parse(text)
    assert reason in str(error.value)
