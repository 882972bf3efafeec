from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from stored_phrases import stored_phrase

from data_prep.corpus.store import PhraseStore, StoredPhrase
from data_prep.report.report import report
from data_prep.report.tables import table
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
    "carried_accidentals": {"notes": 865, "tunes": 378, "all_tunes": 4244},
    "linked_works": {"b:2": "b:1"},
    "sources": [{"source": "a/b@c", "licence_class": "pd", "composer": "bach", "phrases": 1}],
}


def store() -> PhraseStore:
    notes = tuple(Note(144 * bar, pitch, 144) for bar in range(8) for pitch in (62, 71))
    waltz = Phrase(notes, 8, Meter(3, 4), Key(1))
    plain = Phrase(tuple(Note(192 * bar, 60, 96) for bar in range(10)), 10)

    def stored(
        phrase: Phrase, composer: str, source: str, split: str, window: bool = False, **fields: str
    ) -> StoredPhrase:
        group = f"{source}:w"
        return stored_phrase(
            phrase,
            composer,
            "w:1",
            split,
            source_composer=source,
            work_group=group,
            window=window,
            licence_class="pd",
            **fields,
        )

    return PhraseStore(
        [
            stored(waltz, "bach", "bach", "train"),
            stored(waltz, "bach", "bach", "train", True),
            stored(waltz, "bach", "bach", "train", texture="section", written_meter="9/8"),
            stored(waltz, "bach", "bach", "train", True, written_meter="9/8"),
            stored(plain, "other", "wieniawski", "test"),
        ],
        MANIFEST,
    )


def test_the_report_shows_the_figures() -> None:
    text = report(store())
    assert "2 phrases that do not overlap (18 bars, 26 notes)" in text
    assert "1 phrases of rebarred music and 2 overlapping windows" in text
    assert "865 notes of 378 tunes in ABC" in text
    assert "2.00% were shortened" in text
    assert "| bach | train | 1 | 1 | 3 | 8 | 16 |" in text
    assert "| bach | 1 | 1 | 900 | no |" in text
    assert "| sarasate | wieniawski | all |" in text
    assert "- bad.mid: performance-timed" in text
    assert "b:2 = b:1" in text
    assert "| bach | 12 |  | 12 |" in text
    assert "a/b@c" in text


def test_the_report_shows_what_may_be_trained_on() -> None:
    text = report(store())
    assert "| bach | 1 (16) | 1 (16) | 1 (16) | 1 (16) |" in text
    assert "Without windows 32 notes; with rebarred windows 48, with all windows 64" in text
    assert "| bach | 1 | 16 | 1 | 16 |" in text  # solo and section
    assert "| 9/8 | 1 | 16 | 1 |" in text
    assert "| bach | 2 (32) |" in text and "| all | 3 (42) |" in text  # licence class pd


def test_a_store_without_manifest_is_still_reported() -> None:
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
