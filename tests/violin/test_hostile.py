"""The hostile files themselves: as many kinds as promised, the same for the same seed."""

from __future__ import annotations

import pytest

from violin.errors import ViolinError
from violin.hostile import HostileKind, good_files, kinds, mutations
from violin.midi import read_phrase


def test_there_are_fifty_kinds_at_least() -> None:
    assert len({kind.name for kind in kinds()}) == len(kinds()) >= 50


def test_mutations_are_the_same_for_the_same_seed() -> None:
    assert list(mutations(20, 3)) == list(mutations(20, 3))
    assert list(mutations(20, 3)) != list(mutations(20, 4))
    assert list(mutations(30, 3))[:20] == list(mutations(20, 3))


def test_the_files_that_are_spoilt_were_good() -> None:
    for data in good_files():
        assert read_phrase(data).notes


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_refusal_is_one_line(kind: HostileKind) -> None:
    try:
        read_phrase(kind.build(), "a.mid")
    except ViolinError as error:
        assert str(error).startswith("a.mid: ")
        assert "\n" not in str(error)
