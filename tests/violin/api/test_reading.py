"""`violin.read` and `violin.read_pair`: each kind of file, by path, bytes and open file."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

import violin
from violin import Key, Meter, Note, Phrase
from violin.api.reading import kind_of
from violin.notation.abc import abc_text
from violin.notation.musicxml import mxl_bytes

PHRASE = Phrase(tuple(Note(48 * beat, 62 + beat, 48) for beat in range(12)), 4, Meter(3, 4), Key(1))
FORMS = {
    "a.mid": PHRASE.to_midi(),
    "a.musicxml": PHRASE.to_musicxml(),
    "a.mxl": mxl_bytes(PHRASE.to_musicxml()),
    "a.abc": abc_text(PHRASE).encode(),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_kind_by_path_bytes_and_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name])
    with path.open("rb") as file:
        found = [
            violin.read(source) for source in (path, str(path), FORMS[name], file, io.BytesIO(FORMS[name]))
        ]
    assert all(one.on_grid() == PHRASE for one in found)
    assert kind_of(FORMS[name]) == {"mid": "midi"}.get(path.suffix[1:], path.suffix[1:])


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FORMS["a.musicxml"])))
    assert violin.read("-") == PHRASE


def test_a_pair_from_a_score_is_that_from_midi() -> None:
    gapped = Phrase((*PHRASE.notes[:6], Note(9 * 144, 74, 144)), 10, Meter(3, 4), Key(1))
    by_midi, by_score = violin.read_pair(gapped.to_midi()), violin.read_pair(gapped.to_musicxml())
    assert by_midi == by_score == violin.read_pair(gapped)
    assert (by_score.beginning_bars, by_score.ending_bars, by_score.bars) == (2, 1, 10)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.mid", "nowhere.mid: cannot be read: No such file"),
        (b"", "<bytes>: "),
        (b"<score-partwise/>", "<bytes>: "),
        (b"PK\x03\x04", "<bytes>: "),
    ],
)
def test_what_cannot_be_read_is_one_line(source: str | bytes, message: str) -> None:
    with pytest.raises(violin.ViolinError) as caught:
        violin.read(source)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_part_of_a_midi_file_cannot_be_chosen() -> None:
    with pytest.raises(violin.ViolinError, match="a MIDI file is read whole"):
        violin.read(FORMS["a.mid"], part="Violin I")
