"""Chords from scores: which files count, what is struck together, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from data_prep.readers.catalogue import Entry
from data_prep.repertoire.repertoire import Chords, chords_of, known_reasons, score_level
from violin.cli import cli
from violin.instrument import Tier, tier

KERN = """\
**kern
*clefG2
*k[]
*M4/4
=1
4A 4cc#
4a
4A 4B
2A 2cc#
=2
1F# 1d
==
*-
"""


def entry(file: Path, roles: str = "solo", source: str = "x", violin_tracks: str = "0") -> Entry:
    return Entry(file, file.name, "bach", "t", "w", "w", source, "pd", violin_tracks, roles)


def test_only_engraved_violin_parts_count(tmp_path: Path) -> None:
    entries = [
        entry(tmp_path / "a.krn"),
        entry(tmp_path / "b.mid", source="MutopiaProject/MutopiaProject"),
        entry(tmp_path / "c.mid", source="somebody/sequences"),
        entry(tmp_path / "d.krn", roles="NONVIOLIN-voice"),
        entry(tmp_path / "e.csv"),
    ]
    assert [each.path for each in score_level(entries)] == ["a.krn", "b.mid"]


def test_chords_are_counted_with_their_first_place(tmp_path: Path) -> None:
    path = tmp_path / "a.krn"
    path.write_text(KERN, encoding="utf-8")
    found = chords_of(entry(path))
    assert found.counts == {(57, 73): 2, (57, 59): 1}
    assert found.below_range == 1
    assert found.places[57, 73] == "a.krn solo, bar 1"
    assert found.refused() == [(57, 59)]
    assert found.tokens_by_tier()[Tier.VIRTUOSO] == 2
    both = Chords()
    both.merge(found)
    both.merge(found)
    assert (both.tokens, both.files) == (6, 2)


def test_a_part_that_goes_below_the_violin_is_also_counted_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.krn"
    path.write_text(KERN, encoding="utf-8")
    low = chords_of(entry(path))
    assert (low.parts, low.low_parts, low.low_counts) == (1, 1, low.counts)
    path.write_text(KERN.replace("1F#", "1G"), encoding="utf-8")
    violin = chords_of(entry(path))
    assert (violin.parts, violin.low_parts, violin.low_counts.total()) == (1, 0, 0)
    violin.merge(low)
    assert (violin.parts, violin.low_parts, violin.low_counts) == (2, 1, low.counts)


def test_a_file_without_a_part_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.krn"
    path.write_text("no score", encoding="utf-8")
    assert chords_of(entry(path)).unread[0].startswith("a.krn: ")


def test_the_bench_prints_each_refusal_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.krn").write_text(KERN, encoding="utf-8")
    (tmp_path / "manifest.csv").write_text(
        "path,composer,roles,violin_tracks\na.krn,bach,solo,0\n", encoding="utf-8"
    )
    saved = tmp_path / "chords.json"
    arguments = ["bench", "repertoire", "--corpus", str(tmp_path), "--jobs", "1", "--save", str(saved)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    assert "1 files, 3 chords, 2 distinct" in result.stdout
    assert "not impossible: 66.6667% of the chords" in result.stdout
    without = "without the 1 of 1 parts that go below the violin (3 chords, 1 of 1 impossible ones)"
    assert f"100.0000% {without}" in result.stdout
    assert "1 x (57, 59): A3 and B3 both need the G string [a.krn solo, bar 1]" in result.stdout
    assert json.loads(saved.read_text()) == {"chords": {"57 59": 1, "57 73": 2}, "refused": ["57 59"]}


def test_notes_that_are_not_chords_are_counted_separately(tmp_path: Path) -> None:
    path = tmp_path / "a.krn"
    marked = KERN.replace("4A 4cc#", "4A: 4cc#:").replace("2A 2cc#", "2Ao 2cc#")
    path.write_text(marked, encoding="utf-8")
    found = chords_of(entry(path))
    assert found.counts == {(57, 59): 1}
    assert (found.harmonics, found.arpeggios) == (1, 1)


def test_a_part_that_a_manifest_only_guesses_is_no_evidence(tmp_path: Path) -> None:
    assert not score_level([entry(tmp_path / "a.krn", roles="guess-upper")])


def test_each_known_reason_is_of_a_chord_that_is_refused() -> None:
    assert known_reasons()
    assert all(tier(chord) is Tier.IMPOSSIBLE and reason for chord, reason in known_reasons().items())
