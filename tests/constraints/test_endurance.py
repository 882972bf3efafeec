"""Every kind of hostile file and some hundred mutations: findings, no traceback, bounded memory."""

from __future__ import annotations

import pytest

from constraints.endurance import MOST_BYTES, peak_bytes, try_bytes
from violin.hostile import HostileKind, kinds, mutations


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_kind_ends_in_its_finding(kind: HostileKind) -> None:
    trial = try_bytes(kind.build(), kind.name, fix=False)
    assert trial.failures == ()
    assert kind.code in trial.codes


def test_the_heaviest_file_stays_within_memory() -> None:
    (heavy,) = (kind for kind in kinds() if kind.name == "30,000 notes that pile up")
    assert peak_bytes(heavy.build(), heavy.name) < MOST_BYTES


def test_mutations_bring_no_traceback() -> None:
    for number, data in enumerate(mutations(500, seed=11)):
        assert try_bytes(data, str(number)).failures == ()
