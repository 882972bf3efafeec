"""From the dataset's zip to the archive, each given pair and each answer is parsed once."""

from __future__ import annotations

import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from submission_fakes import FakeComposer, write_dataset

from submission.assignments import dataset_assignments
from submission.datasets import read_dataset
from submission.generator import build_generator_archive
from submission.verify import verify_archive
from violin import smf


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often each file's bytes were parsed, whoever called `violin.smf.parse`."""
    counts: Counter[bytes] = Counter()
    parse: Callable[..., smf.SmfFile] = smf.parse

    def counted(data: bytes, *arguments: Any) -> smf.SmfFile:
        counts[data] += 1
        return parse(data, *arguments)

    for module in list(sys.modules.values()):
        if getattr(module, "parse", None) is parse:
            monkeypatch.setattr(module, "parse", counted)
    return counts


def _zip(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*.mid")):
            archive.write(file, file.relative_to(folder))
    return path


def test_every_file_is_parsed_once(tmp_path: Path, parses: Counter[bytes]) -> None:
    dataset = read_dataset(_zip(write_dataset(tmp_path / "folder"), tmp_path / "dataset.zip"))
    out = tmp_path / "out.zip"
    files = build_generator_archive(out, dataset_assignments(dataset, seed=1), FakeComposer(), seed=1)
    given = Counter(file.data for file in dataset)
    written = Counter(file.data for file in files)
    assert len(given) == len(written) == 24
    assert parses == given + written

    parses.clear()
    assert verify_archive(out, dataset).faults == ()
    assert parses == given + written
