"""The violinists' fingerings and how far the search agrees."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from data_prep.repertoire.fingerings import FingeredNote, agreement, fingering_files, read_fingering
from violin.cli import cli

G_STRING = """\
pitch,start,duration,beat_type,string,position,finger
55,0,1,4,1,1,0
57,1,1,4,1,1,2
59,2,1,4,1,1,3
40,3,1,4,1,1,1
"""


def test_strings_and_fingers_are_counted_each(tmp_path: Path) -> None:
    folder = tmp_path / "bach" / "tnua-fingering"
    folder.mkdir(parents=True)
    (folder / "vio1_low.csv").write_text(G_STRING)
    [path] = fingering_files(tmp_path)
    notes = read_fingering(path)
    assert notes == [FingeredNote(55, 0, 0), FingeredNote(57, 0, 2), FingeredNote(59, 0, 3)]
    assert agreement("low", notes) == ("low", 3, 3, 3)
    assert agreement("low", [*notes[:2], FingeredNote(59, 0, 4)]) == ("low", 3, 3, 2)
    result = CliRunner().invoke(cli, ["bench", "fingering", "--corpus", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "low              3 notes: strings 1.000, fingers 1.000",
        "all              3 notes: strings 1.000, fingers 1.000",
    ]


def test_a_corpus_without_fingerings_is_a_mistake_of_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["bench", "fingering", "--corpus", str(tmp_path)])
    assert result.exit_code == 2
    assert "no TNUA file" in result.output
