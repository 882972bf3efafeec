"""The violinists' fingerings and how far the search agrees."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from data_prep.repertoire.fingerings import (
    Agreement,
    FingeredNote,
    agreement,
    fingering_files,
    piece_of,
    read_fingering,
    total,
)
from violin.cli import cli
from violin.errors import CorpusError

G_STRING = """\
pitch,start,duration,beat_type,string,position,finger
55,0,1,4,1,1,0
57,1,1,4,1,1,1
59,2,1,4,1,1,2
40,3,1,4,1,1,1
"""


def test_strings_fingers_and_positions_are_counted_each(tmp_path: Path) -> None:
    folder = tmp_path / "bach" / "tnua-fingering"
    folder.mkdir(parents=True)
    (folder / "vio1_bach2.csv").write_text(G_STRING)
    (folder / "vio1_low.csv").write_text(G_STRING.replace("59,2,1,4,1,1,2", "59,2,1,4,1,2,4"))
    fitted, held_out = fingering_files(tmp_path)
    assert (piece_of(fitted), piece_of(held_out)) == ("bach2", "low")
    notes = read_fingering(fitted)
    assert notes == [FingeredNote(55, 0, 1, 0), FingeredNote(57, 0, 1, 1), FingeredNote(59, 0, 1, 2)]
    assert agreement(notes) == Agreement(notes=3, strings=3, fingers=3, positions=3)
    assert agreement(read_fingering(held_out)) == Agreement(notes=3, strings=3, fingers=2, positions=2)
    assert total([agreement(notes)] * 2) == Agreement(6, 6, 6, 6)
    result = CliRunner().invoke(cli, ["bench", "fingering", "--corpus", str(tmp_path)])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[:8] == [line for line in lines if " as taught in " in line]
    assert lines[8:13] == [
        "vio1_bach2           3 notes: strings 1.000, fingers 1.000, positions 1.000",
        "vio1_low             3 notes: strings 1.000, fingers 0.667, positions 0.667",
        "fitted               3 notes: strings 1.000, fingers 1.000, positions 1.000",
        "held out             3 notes: strings 1.000, fingers 0.667, positions 0.667",
        "all                  6 notes: strings 1.000, fingers 0.833, positions 0.833",
    ]


@pytest.mark.parametrize("text", ["pitch,string\n55,1\n", G_STRING.replace("57,1", "A,1")])
def test_a_file_of_another_kind_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vio1_x.csv"
    path.write_text(text)
    with pytest.raises(CorpusError, match=r"vio1_x.csv: not a fingering of the TNUA dataset"):
        read_fingering(path)


def test_a_corpus_without_fingerings_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["bench", "fingering", "--corpus", str(tmp_path)])
    assert result.exit_code == 2
    assert "no TNUA file" in result.output
