from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from data_prep.corpus.report import report, table
from data_prep.corpus.store import PhraseStore, StoredPhrase
from violin.cli.data.report import command
from violin.music import Key, Meter, Note, Phrase

MANIFEST = {
    "files": 3,
    "parts": 2,
    "notes": 100,
    "shortened_notes": 2,
    "refusals": [["bad.mid", "performance-timed"]],
    "left_bars": {"bach": {"meter 6/8": 12}, "other/haydn": {"silent": 3}},
    "dropped_phrases": {"bach": {"copy of an earlier phrase": 4}},
    "linked_works": {"b:2": "b:1"},
    "sources": [{"source": "a/b@c", "licence_class": "pd", "composer": "bach", "phrases": 1}],
}


def store() -> PhraseStore:
    notes = tuple(Note(144 * bar, pitch, 144) for bar in range(8) for pitch in (62, 71))
    waltz = Phrase(notes, 8, Meter(3, 4), Key(1))
    plain = Phrase(tuple(Note(192 * bar, 60, 96) for bar in range(10)), 10)

    def stored(phrase: Phrase, composer: str, source: str, split: str, window: bool = False) -> StoredPhrase:
        return StoredPhrase(
            phrase, composer, source, "w:1", f"{source}:w", "solo", 0, split, window, "s", "pd"
        )

    return PhraseStore(
        [
            stored(waltz, "bach", "bach", "train"),
            stored(waltz, "bach", "bach", "train", True),
            stored(plain, "other", "wieniawski", "test"),
        ],
        MANIFEST,
    )


def test_the_report_tells_the_figures() -> None:
    text = report(store())
    assert "2 phrases that do not overlap (18 bars, 26 notes) and 1 overlapping windows" in text
    assert "2.00% were shortened" in text
    assert "| bach | train | 1 | 1 | 1 | 8 | 16 |" in text
    assert "| bach | 1 | 250 | no |" in text
    assert "| sarasate | wieniawski | all |" in text
    assert "- bad.mid: performance-timed" in text
    assert "b:2 = b:1" in text
    assert "| bach | 12 |  | 12 |" in text
    assert "a/b@c" in text


def test_a_store_without_manifest_is_still_told() -> None:
    assert "The store has no manifest." in report(PhraseStore(list(store())))
    assert "0 phrases" in report(PhraseStore())


def test_a_table_is_markdown() -> None:
    assert table(("a", "b"), [(1, 2)]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_the_command_writes_the_report(tmp_path: Path) -> None:
    store().save(tmp_path / "phrases")
    result = CliRunner().invoke(command, ["--store", str(tmp_path / "phrases")])
    assert result.exit_code == 0 and result.output.startswith("# The phrase store")
    out = tmp_path / "made" / "data.md"
    result = CliRunner().invoke(command, ["--store", str(tmp_path / "phrases"), "--out", str(out)])
    assert result.exit_code == 0 and out.read_text().startswith("# The phrase store")
    result = CliRunner().invoke(command, ["--store", str(tmp_path / "phrases"), "--plots"])
    assert result.exit_code == 2 and "--plots needs --out" in result.output


def test_plots_lie_beside_the_report(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    store().save(tmp_path / "phrases")
    out = tmp_path / "data.md"
    result = CliRunner().invoke(command, ["--store", str(tmp_path / "phrases"), "--out", str(out), "--plots"])
    assert result.exit_code == 0
    assert "![phrases](phrases.png)" in out.read_text() and (tmp_path / "range.png").stat().st_size > 1000
