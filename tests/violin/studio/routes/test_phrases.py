"""One phrase over HTTP: what the page shows of it, its picture, its sound, its files, its fixes."""

from __future__ import annotations

import io
import wave
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from studio_client import PAIR, WHOLE, Client

from violin.midi import phrase_bytes, read_phrase
from violin.music import Note, Phrase

pytest.importorskip("verovio", reason="verovio is not installed")


def test_the_view_has_what_the_page_draws(client: Client) -> None:
    path = client.session(WHOLE)
    view = client.get(f"{path}/phrases/p1")
    assert (view["kind"], view["bars"], view["meter"], view["key"]) == ("phrase", 8, "4/4", "G major")
    assert len(view["notes"]) == len(view["steps"]) == 32
    assert view["playable"] and [one for one in view["findings"] if one["severity"] == "error"] == []


def test_findings_name_their_notes_and_explain_themselves(client: Client) -> None:
    low = Phrase((Note(0, 69, 48), Note(48, 50, 48), *WHOLE.notes[4:]), 8, key=WHOLE.key)
    path = client.session(low)
    found = [one for one in client.get(f"{path}/phrases/p1")["findings"] if one["code"] == "C041"]
    assert [(one["bar"], one["beat"], one["notes"]) for one in found] == [(1, 2.0, ["n1"])]
    assert found[0]["why"] and found[0]["what"] and found[0]["severity"] == "error"


@pytest.mark.parametrize(
    ("query", "width"), [("width=500", "500px"), ("width=9999", "2400px"), ("width=x", "840px")]
)
def test_the_score_has_ids_and_shaded_bars(client: Client, query: str, width: str) -> None:
    path = client.session(PAIR)
    status, data, headers = client.raw("GET", f"/{client.token}/{path}/phrases/p1/score.svg?{query}")
    root = ET.fromstring(data)
    assert (status, headers["content-type"], root.get("width")) == (200, "image/svg+xml", width)
    classes = [(one.get("class"), one.get("id")) for one in root.iter()]
    assert [name for kind, name in classes if kind == "note"] == [f"n{index}" for index in range(8)]
    assert [kind for kind, _ in classes].count("given") == 2


def test_the_sound_is_sent_whole_or_in_ranges(client: Client) -> None:
    place = f"/{client.token}/{client.session(WHOLE)}/phrases/p1/sound.wav"
    status, data, headers = client.raw("GET", place)
    with wave.open(io.BytesIO(data)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(16.8, abs=0.05)
    assert (status, headers["accept-ranges"]) == (200, "bytes")
    status, part, headers = client.raw("GET", place, headers={"Range": "bytes=10-19"})
    assert (status, part, headers["content-range"]) == (206, data[10:20], f"bytes 10-19/{len(data)}")
    assert client.raw("GET", place, headers={"Range": f"bytes={len(data) - 4}-"})[1] == data[-4:]


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        ("mid", b"MThd"),
        ("musicxml", b"<?xml"),
        ("mxl", b"PK"),
        ("abc", b"X:"),
        ("pdf", b"%PDF"),
        ("svg", b"<svg"),
    ],
)
def test_a_phrase_is_downloaded_in_each_format(client: Client, suffix: str, start: bytes) -> None:
    path = client.session(WHOLE)
    status, data, headers = client.raw("GET", f"/{client.token}/{path}/phrases/p1/take/a.{suffix}")
    assert status == 200 and data.startswith(start)
    assert headers["content-disposition"] == "attachment"


def test_the_midi_file_is_the_phrase(client: Client) -> None:
    path = client.session(WHOLE)
    data = client.raw("GET", f"/{client.token}/{path}/phrases/p1/take/a.mid")[1]
    assert data == phrase_bytes(WHOLE)


def test_an_unknown_format_is_refused(client: Client) -> None:
    status, words = client.refused(f"{client.session(WHOLE)}/phrases/p1/take/a.exe")
    assert status == 400 and "unknown suffix; legal: .mid" in words


def test_a_fix_is_a_new_phrase_and_can_be_undone(client: Client) -> None:
    doubled = replace(WHOLE, notes=(Note(0, 69, 96), Note(48, 69, 48), *WHOLE.notes[3:]))
    path = client.session(doubled)
    before = client.get(f"{path}/phrases/p1")
    assert [(one["code"], one["fix"]) for one in before["findings"]] == [("N003", "unsafe")]
    assert before["findings"][0]["fix_words"]
    found = client.post(f"{path}/phrases/p1/fix", {"unsafe": True})
    assert (found["phrase"]["kind"], found["phrase"]["parent"], found["session"]["current"]) == (
        "fixed",
        "p1",
        "p2",
    )
    after = client.get(f"{path}/phrases/p2")
    assert after["findings"] == []
    assert client.post(f"{path}/undo")["current"] == "p1"
    assert client.get(f"{path}/phrases/p1") == before


def test_nothing_to_fix_is_reported(client: Client) -> None:
    path = client.session(WHOLE)
    assert "nothing here can be fixed" in client.refused(f"{path}/phrases/p1/fix", {"unsafe": False})[1]


def test_a_phrase_is_read_as_a_pair_and_back(client: Client) -> None:
    path = client.session(PAIR)
    assert client.get(path)["phrases"][0]["split"] == [1, 1]
    found = client.post(f"{path}/phrases/p1/reading", {"kind": "phrase"})["phrases"][0]
    assert (found["kind"], found["given"], found["split"]) == ("phrase", [], None)
    found = client.post(f"{path}/phrases/p1/reading", {"kind": "pair", "beginning": 2, "ending": 1})[
        "phrases"
    ][0]
    assert (found["kind"], found["given"], found["split"]) == ("pair", [1, 2, 8], [2, 1])
    assert (
        client.refused(f"{path}/phrases/p1/reading", {"kind": "pair", "beginning": 9, "ending": 1})[0] == 400
    )


@pytest.mark.parametrize("data", [b"", b"MThd", b"<score/>", b"PK\x03\x04", bytes(range(256)) * 40])
def test_a_file_that_is_not_music_gets_a_sentence(client: Client, data: bytes) -> None:
    path = client.session()
    status, words = client.refused(f"{path}/files?name=odd.mid", data)
    assert status == 400 and words.startswith("odd")
    assert client.get(path)["phrases"] == []


def test_written_notes_become_a_pair(client: Client) -> None:
    path = client.session()
    notes = {"notes": [[0, 69, 192], [192, 71, 192]], "bars": 2, "meter": "4/4", "key": "D major"}
    found = client.post(f"{path}/phrases", {"phrase": notes, "title": "Two bars"})["phrase"]
    assert (found["kind"], found["split"], found["title"]) == ("pair", [1, 1], "Two bars")
    assert read_phrase(client.raw("GET", f"/{client.token}/{path}/phrases/p1/take/a.mid")[1]).bars == 2
