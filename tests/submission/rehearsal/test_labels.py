"""The key of a rehearsal and the official score against it, computed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from submission.rehearsal.labels import KEY_NAME, read_key, score_against_key, write_key
from violin.challenge import official_score
from violin.errors import ArchiveError

LABELS = {"composer1/001.mid": "human", "composer1/002.mid": "machine", "composer1/003.mid": "human"}
SCORES = dict(zip(LABELS, (0.9, 0.2, 0.5), strict=True))


def test_the_official_score_by_hand() -> None:
    found = score_against_key(SCORES, LABELS)
    assert (found.human_files, found.machine_files) == (2, 1)
    assert (found.human_hcs, found.machine_hcs) == (pytest.approx(0.7), 0.2)
    assert found.score == pytest.approx(0.7 + 1 - 0.2)
    assert "official score of the judge 1.500" in found.table()
    assert official_score(0.3, 0.3) == 1  # a constant judge
    assert official_score(1.0, 0.0) == 2


def test_a_key_comes_back(tmp_path: Path) -> None:
    write_key(tmp_path, {name: {"label": label, "source": "x"} for name, label in LABELS.items()})
    assert read_key(tmp_path / KEY_NAME) == LABELS
    lines = (tmp_path / "judge_key.csv").read_text().splitlines()
    assert lines == ["file,label", *(f"{name},{label}" for name, label in LABELS.items())]


def test_scores_that_the_key_does_not_know_are_refused() -> None:
    with pytest.raises(ArchiveError, match=r"composer2/001\.mid is not in the key"):
        score_against_key({**SCORES, "composer2/001.mid": 0.5}, LABELS)
    with pytest.raises(ArchiveError, match="no human or no machine phrase"):
        score_against_key({"composer1/001.mid": 0.5}, LABELS)
