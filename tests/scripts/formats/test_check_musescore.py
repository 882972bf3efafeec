"""MuseScore opens our MusicXML and gives the same notes back; a difference is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import check_musescore as script
import pytest
from varied_phrases import VARIED_PHRASES

PROGRAM = script.find_musescore()


@pytest.mark.skipif(PROGRAM is None, reason="MuseScore is not installed")
def test_musescore_gives_the_same_phrases_back(tmp_path: Path) -> None:
    assert PROGRAM is not None
    named = [(str(index), phrase) for index, phrase in enumerate(VARIED_PHRASES)]
    opened = script.open_in_musescore(PROGRAM, named, tmp_path)
    assert [one.name for one in opened] == ["0", "1"]
    assert all(one.is_same for one in opened), opened


def test_what_another_program_changes_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of MuseScore, a program that writes another phrase and no fingering."""
    first, second = VARIED_PHRASES
    lower = replace(first, notes=(replace(first.notes[0], pitch=56), *first.notes[1:]))

    def convert(command: list[str]) -> None:
        assert command[:2] == ["mscore", "-j"]
        for name, phrase in (("0", lower), ("1", second)):
            (tmp_path / f"{name}.pdf").write_bytes(b"%PDF-1.4")
            phrase.save(tmp_path / f"{name}.mid")
            phrase.save(tmp_path / f"{name}.back.musicxml", fingering=name == "1")

    monkeypatch.setattr(script, "_run", convert)
    changed, same = script.open_in_musescore("mscore", [("0", first), ("1", second)], tmp_path)
    notes = {"other notes", "other onsets or pitches in its MIDI"}
    assert changed.differences == notes | {"other fingers", script.STRINGS} and not changed.is_same
    assert same.differences == frozenset() and same.is_same


def test_phrases_of_each_kind_are_chosen_in_turn() -> None:
    chosen = script.choose([*VARIED_PHRASES, *(phrase.transposed(2) for phrase in VARIED_PHRASES)], 4, seed=1)
    assert script.has_stops(chosen[0]) and script.has_tuplets(chosen[1]) and script.has_ties(chosen[2])
    assert chosen[3].meter.numerator == 3
    assert all(chosen.count(phrase) == 1 for phrase in chosen)
