from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from data_prep.grid.raw_part import ScoreError
from data_prep.readers.scores import KNOWN_SUFFIXES, SUFFIXES, read_music
from violin.music import Key, Meter


def musicxml(*names: str, extra: str = "") -> str:
    """A score of three bars of 3/4 in G minor for each name, the second part an octave lower."""
    listed = "".join(
        f'<score-part id="P{n}"><part-name>{name}</part-name></score-part>' for n, name in enumerate(names)
    )
    parts = ""
    for n, _ in enumerate(names):
        bars = ""
        for bar in range(3):
            notes = "".join(
                f"<note><pitch><step>{step}</step><octave>{5 - n}</octave></pitch>"
                "<duration>2</duration><type>quarter</type></note>"
                for step in "GAC"
            )
            start = (
                "<attributes><divisions>2</divisions><key><fifths>-2</fifths><mode>minor</mode></key>"
                "<time><beats>3</beats><beat-type>4</beat-type></time>"
                f"<clef><sign>G</sign><line>2</line></clef></attributes>{extra}"
                if not bar
                else ""
            )
            bars += f'<measure number="{bar + 1}">{start}{notes}</measure>'
        parts += f'<part id="P{n}">{bars}</part>'
    return f'<score-partwise version="4.0"><part-list>{listed}</part-list>{parts}</score-partwise>'


def test_musicxml_gives_each_violin_and_no_other_part(tmp_path: Path) -> None:
    file = tmp_path / "trio.musicxml"
    file.write_text(musicxml("Violin I", "Violin II", "Piano"))
    music, faults = read_music(file)
    assert [(part.role, part.notes[0].pitch) for part in music] == [("violin1", 79), ("violin2", 67)]
    assert music[0].meters == ((0, Meter(3, 4)),)
    assert music[0].keys == ((0, Key(-2, True)),)
    assert music[0].barlines == (0, 144, 288, 432)
    assert not faults


def longer(score: str, times: int = 7) -> str:
    """The score with each part's last bar repeated."""
    return re.sub(r'(<measure number="3">.*?</measure>)', lambda found: found.group() * times, score)


def test_other_instruments_follow_the_violins_if_wanted(tmp_path: Path) -> None:
    file = tmp_path / "trio.musicxml"
    file.write_text(longer(musicxml("Violin", "Viola", "Piano"), 20))
    music, _ = read_music(file, other_instruments=True)
    assert [(part.role, part.notes[0].pitch) for part in music] == [("solo", 79), ("moved+7:1", 74)]
    assert music[1].keys == ((0, Key(-1, True)),)
    assert [part.role for part in read_music(file)[0]] == ["solo"]


def test_other_instruments_of_a_humdrum_score(tmp_path: Path) -> None:
    rows = ["**kern\t**kern", "*Icello\t*Ivioln", "*clefF4\t*clefG2", "*M4/4\t*M4/4", "=1\t=1"]
    for bar in range(2, 20):
        rows += ["4C\t4g", "4D\t4a", "4E\t4b", "4F\t4cc", f"={bar}\t={bar}"]
    file = tmp_path / "duo.krn"
    file.write_text("\n".join([*rows, "*-\t*-"]) + "\n")
    music, _ = read_music(file, other_instruments=True)
    assert [(part.role, part.notes[0].pitch) for part in music] == [("solo", 67), ("moved+19:0", 67)]


def test_a_manifest_may_choose_parts_by_number(tmp_path: Path) -> None:
    file = tmp_path / "trio.xml"
    file.write_text(musicxml("A", "B"))
    music, _ = read_music(file, violin_tracks="1", roles="solo")
    assert [(part.role, part.notes[0].pitch) for part in music] == [("solo", 67)]


def test_an_odd_mark_does_not_stop_the_reader(tmp_path: Path) -> None:
    odd = "<direction><direction-type><metronome><beat-unit/></metronome></direction-type></direction>"
    file = tmp_path / "odd.musicxml"
    file.write_text(musicxml("Violin", extra=odd))
    assert len(read_music(file)[0]) == 1


def test_a_metronome_mark_is_the_tempo(tmp_path: Path) -> None:
    mark = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>120</per-minute>"
        "</metronome></direction-type></direction>"
    )
    file = tmp_path / "fast.musicxml"
    file.write_text(musicxml("Violin", extra=mark))
    assert read_music(file)[0][0].tempos == ((0, 500_000),)


def test_a_packed_score_is_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "solo.mxl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("score.xml", musicxml("Violin"))
    assert len(read_music(file)[0]) == 1


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.mid", b"", "the file is empty"),
        ("text.musicxml", b"hello", "not well-formed MusicXML"),
        ("broken.mxl", b"PK\x03\x04junk", "not well-formed MusicXML"),
        ("page.xml", b"<html/>", "legal: score-partwise"),
        ("time.xml", b"<score-timewise/>", "export it by part"),
        ("text.krn", b"hello", "no \\*\\*kern spine"),
        ("piano.musicxml", musicxml("Piano", "Flute").encode(), "no violin part among Flute, Piano"),
        ("own.mscz", b"PK", "export it as MusicXML"),
        ("own.ly", b"", "compile it to MIDI first"),
        ("own.doc", b"", "unknown kind of file '.doc'"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ScoreError, match=message):
        read_music(tmp_path / name)


def test_known_suffixes_are_read_or_explained() -> None:
    assert SUFFIXES < KNOWN_SUFFIXES
