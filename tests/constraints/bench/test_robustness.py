"""Every kind of malformed file and some hundred mutations: findings, no traceback, bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from constraints.bench.malformed_midi import MalformedKind, good_files, kinds
from constraints.bench.mutations import mutations
from constraints.bench.robustness import (
    MOST_BYTES,
    MOST_SECONDS_OF_EXTREME_FILES,
    Trial,
    Trials,
    peak_bytes,
    try_bytes,
)
from constraints.bench.structured_midi import structured_files
from violin.smf import parse

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_kind_ends_in_its_finding(kind: MalformedKind) -> None:
    trial = try_bytes(kind.build(), kind.name, fix=False)
    assert trial.failures == ()
    assert kind.code in trial.codes


def test_the_heaviest_file_stays_within_memory() -> None:
    (heavy,) = (kind for kind in kinds() if kind.name == "30,000 notes that pile up")
    assert peak_bytes(heavy.build(), heavy.name) < MOST_BYTES


_LINT_ALONE = """
import sys
from pathlib import Path
from constraints.bench.robustness import check_bytes, peak_process_bytes
check_bytes(Path(sys.argv[1]).read_bytes(), name="a.mid")
print(peak_process_bytes())
"""


def test_a_whole_process_that_lints_the_heaviest_file_stays_within_memory(tmp_path: Path) -> None:
    (heavy,) = (kind for kind in kinds() if kind.name == "30,000 notes that pile up")
    path = tmp_path / "a.mid"
    path.write_bytes(heavy.build())
    done = subprocess.run(
        [sys.executable, "-c", _LINT_ALONE, path], check=True, capture_output=True, cwd=ROOT
    )
    assert len(heavy.build()) < int(done.stdout) < MOST_BYTES


def test_mutations_bring_no_traceback() -> None:
    for number, data in enumerate(mutations(500, seed=11)):
        assert try_bytes(data, str(number)).failures == ()


def test_extreme_files_bring_no_traceback_and_stay_within_bounds() -> None:
    files = Trials(MOST_SECONDS_OF_EXTREME_FILES)
    for number, data in enumerate(structured_files(60, seed=3)):
        files.add(try_bytes(data, f"extreme file {number}", fix=len(data) < 20_000))
    assert files.faults == []


def test_extreme_files_are_the_same_for_the_same_seed_and_well_formed() -> None:
    made = list(structured_files(60, seed=3))
    assert made == list(structured_files(60, seed=3))
    assert made != list(structured_files(60, seed=4))
    codes = {defect.code for data in made for defect in parse(data).defects}
    assert codes <= {"S005", "S011", "S012"}  # too much of something, or an illegal value


def test_traced_memory_is_part_of_a_trial() -> None:
    data = good_files()[0]
    assert try_bytes(data, "a.mid", fix=False).lint_bytes == 0
    assert 10_000 < try_bytes(data, "a.mid", fix=False, trace=True).lint_bytes < 1_000_000


def test_too_much_memory_is_a_fault() -> None:
    files = Trials()
    files.add(Trial("a.mid", 3, 0.0, MOST_BYTES + 1, 0.0, ("S001",), ()))
    assert files.faults == ["a.mid: 100 MB to lint"]
