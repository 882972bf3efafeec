from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from violin.cli import cli

HEADER = "path,composer,source_repo\n"


def test_sources_are_listed_with_licence_and_citation() -> None:
    result = CliRunner().invoke(cli, ["data", "list", "--no-music21"])
    assert result.exit_code == 0
    assert "OpenScore/StringQuartets" in result.output
    assert "licence: CC0 1.0" in result.output
    assert "120 files recorded, none here" in result.output


def test_a_corpus_whose_files_differ_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"")
    (tmp_path / "manifest.csv").write_text(
        HEADER + "a.mid,bach,OpenScore/StringQuartets\na.mid,bach,nobody/knows\n"
    )
    result = CliRunner().invoke(cli, ["data", "list", "--no-music21", "--corpus", str(tmp_path)])
    assert result.exit_code == 1
    assert "1 files, CHANGED" in result.output
    assert "nobody/knows: not in the catalogue" in result.output
