"""mido and our reader find the same events in every file without defects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from constraints.bench.malformed_midi import good_files, kinds
from constraints.bench.mido_check import disagreement
from constraints.bench.mutations import mutations
from constraints.linter.check import check_bytes
from violin.smf import parse


def test_good_files_are_read_the_same() -> None:
    assert [disagreement(data) for data in good_files()[:-1]] == [None] * 4  # mido does not support RIFF


def test_mutations_without_a_finding_are_read_the_same() -> None:
    legal = [data for data in mutations(2_000, seed=4) if not check_bytes(data, name="a.mid")]
    assert len(legal) > 5
    assert [disagreement(data) for data in legal] == [None] * len(legal)


@pytest.mark.parametrize(
    ("name", "difference"),
    [
        ("RIFF wrapper", "mido refuses it"),
        ("data byte above 127", "mido refuses it"),
        ("65,535 tracks claimed", "[] events by track, we read [6]"),
        ("SMPTE division", "format and division"),
        ("events after the end", "events by track"),
    ],
)
def test_a_different_reading_is_reported(name: str, difference: str) -> None:
    (kind,) = (kind for kind in kinds() if kind.name == name)
    assert difference in (disagreement(kind.build()) or "")


def test_a_note_at_another_place_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, fine, *_ = good_files()
    monkeypatch.setattr("constraints.bench.mido_check.parse", lambda data: replace(parse(fine), division=48))
    assert disagreement(plain) == "track 1: 80 37 00 at tick 24, we read 80 37 00 at 240"
