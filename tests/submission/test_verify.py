"""`verify` finds each of the seeded faults and none in the good archives."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from submission_fakes import FakeComposer, FakeJudge, write_dataset

from submission.archive import write_archive
from submission.assignments import dataset_assignments
from submission.datasets import Dataset, read_dataset
from submission.generator import build_generator_archive
from submission.judge import build_judge_archive
from submission.verify import Kind, verify_archive
from violin.midi import phrase_bytes, read_phrase
from violin.music import Key, Meter, Note, Phrase

PLACE = "composer3/002.mid"
Files = dict[str, bytes]
Fault = Callable[[Files], None]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_dataset(tmp_path_factory.mktemp("verify") / "dataset"))


@pytest.fixture(scope="module")
def generated(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("generated") / "generator_output_final.zip"
    build_generator_archive(out, dataset_assignments(dataset, seed=1), FakeComposer(), seed=1)
    return out


@pytest.fixture(scope="module")
def judged(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("judged") / "judge_output_final.zip"
    build_judge_archive(out, dataset, FakeJudge())
    return out


def _files(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _phrase(change: Callable[[Phrase], Phrase]) -> Fault:
    def spoil(files: Files) -> None:
        files[PLACE] = phrase_bytes(change(read_phrase(files[PLACE])))

    return spoil


def _note(index: int, change: Callable[[Note], Note]) -> Fault:
    def spoil(phrase: Phrase) -> Phrase:
        notes = list(phrase.notes)
        notes[index] = change(notes[index])
        return replace(phrase, notes=tuple(notes))

    return _phrase(spoil)


def _bytes(old: bytes, new: bytes) -> Fault:
    def spoil(files: Files) -> None:
        assert old in files[PLACE]
        files[PLACE] = files[PLACE].replace(old, new, 1)

    return spoil


def _event(event: bytes) -> Fault:
    """Put an event before the first program change."""

    def spoil(files: Files) -> None:
        data = files[PLACE].replace(b"\x00\xc0\x28", event + b"\x00\xc0\x28", 1)
        length = int.from_bytes(data[18:22], "big") + len(event)
        files[PLACE] = data[:18] + length.to_bytes(4, "big") + data[22:]

    return spoil


def _rename(old: str, new: str) -> Fault:
    def spoil(files: Files) -> None:
        files[new] = files.pop(old)

    return spoil


def _into(folder: str) -> Fault:
    def spoil(files: Files) -> None:
        for name in list(files):
            files[f"{folder}/{name}"] = files.pop(name)

    return spoil


def _late(note: Note) -> Note:
    return replace(note, onset_ticks=note.onset_ticks + 1, duration_ticks=note.duration_ticks - 1)


def _added(phrase: Phrase) -> Phrase:
    return replace(phrase, notes=(*phrase.notes, Note(0, 79, 24)))


def _tied(phrase: Phrase) -> Phrase:
    """The last middle note sounds a tick into the ending."""
    ending = 7 * phrase.bar_ticks
    notes = [replace(n, duration_ticks=n.duration_ticks + (n.end_ticks == ending)) for n in phrase.notes]
    return replace(phrase, notes=tuple(notes))


def _longer(phrase: Phrase) -> Phrase:
    bars = 17 - phrase.bars
    shift = bars * phrase.bar_ticks
    given = phrase.bar_ticks
    moved = tuple(note.shifted(shift) if note.onset_ticks >= 7 * given else note for note in phrase.notes)
    return replace(phrase, notes=moved, bars=17)


def _five_voices(phrase: Phrase) -> Phrase:
    start = 3 * phrase.bar_ticks
    chord = tuple(Note(start, pitch, 48) for pitch in (55, 59, 66, 74, 83))
    return replace(phrase, notes=phrase.notes + chord)


GENERATOR_FAULTS: dict[str, Fault] = {
    "a missing file": lambda files: files.pop(PLACE) and None,
    "a missing folder": lambda files: [files.pop(n) for n in list(files) if "composer8/" in n] and None,
    "a file too many": lambda files: files.update({"composer3/004.mid": files[PLACE]}),
    "two digits": _rename(PLACE, "composer3/02.mid"),
    "upper case": _rename(PLACE, "composer3/002.MID"),
    "folder with a space": _rename(PLACE, "composer 3/002.mid"),
    "ninth composer": lambda files: files.update({"composer9/001.mid": files[PLACE]}),
    "a stray file": lambda files: files.update({"readme.txt": b"hello"}),
    "system files": lambda files: files.update({"__MACOSX/composer3/._002.mid": b"x"}),
    "top folder": _into("generator_output_final"),
    "empty file": lambda files: files.update({PLACE: b""}),
    "cut file": lambda files: files.update({PLACE: files[PLACE][:-20]}),
    "text": lambda files: files.update({PLACE: b"no music"}),
    "given file handed back": lambda files: files.update({PLACE: files["composer3/001.mid"]}),
    "given note a tick late": _note(0, _late),
    "given note a tick short": _note(-1, lambda note: replace(note, duration_ticks=note.duration_ticks - 1)),
    "given note a semitone up": _note(1, lambda note: replace(note, pitch=note.pitch + 1)),
    "given note missing": _phrase(lambda phrase: replace(phrase, notes=phrase.notes[1:])),
    "note added to the given": _phrase(_added),
    "tempo changed": _phrase(lambda phrase: replace(phrase, tempo_us_per_beat=phrase.tempo_us_per_beat + 1)),
    "key changed": _phrase(lambda phrase: replace(phrase, key=Key(5))),
    "key left out": _phrase(lambda phrase: replace(phrase, key=None)),
    "meter changed": _bytes(b"\xff\x58\x04\x03", b"\xff\x58\x04\x04"),
    "format 1": _bytes(b"\x00\x00\x00\x06\x00\x00", b"\x00\x00\x00\x06\x00\x01"),
    "17 bars": _phrase(_longer),
    "piano": _bytes(b"\x00\xc0\x28", b"\x00\xc0\x00"),
    "sustain pedal": _event(b"\x00\xb0\x40\x7f"),
    "pitch bend": _event(b"\x00\xe0\x00\x50"),
    "second tempo": _event(b"\x00\xff\x51\x03\x01\x02\x03"),
    "two velocities": _bytes(b"\x50\x60", b"\x40\x60"),
    "below the open G": _note(8, lambda note: replace(note, pitch=50)),
    "five voices": _phrase(_five_voices),
    "tied into the ending": _phrase(_tied),
}  # fmt: skip


WHERE = {
    "a missing folder": ("composer8/",),
    "a file too many": ("composer3/004.mid",),
    "folder with a space": (PLACE, "composer 3"),
    "ninth composer": ("composer9/",),
    "a stray file": ("readme.txt",),
    "system files": ("__MACOSX",),
    "top folder": ("composer1/", "generator_output_final"),
}


def test_there_are_thirty_faults_of_either_kind() -> None:
    assert len(GENERATOR_FAULTS) >= 30
    assert len(JUDGE_FAULTS) >= 20


def test_no_fault_in_a_good_generator_archive(dataset: Dataset, generated: Path) -> None:
    proof = verify_archive(generated, dataset)
    assert (proof.kind, proof.files, proof.faults) == (Kind.GENERATOR, 24, ())
    assert verify_archive(generated, per_composer=3).faults == ()


@pytest.mark.parametrize("fault", GENERATOR_FAULTS)
def test_a_fault_in_a_generator_archive(
    dataset: Dataset, generated: Path, tmp_path: Path, fault: str
) -> None:
    files = _files(generated)
    GENERATOR_FAULTS[fault](files)
    assert files != _files(generated)
    write_archive(tmp_path / "bad.zip", files)
    faults = verify_archive(tmp_path / "bad.zip", dataset).faults
    assert faults
    assert len(faults) < 60
    assert any(place in faults[0].place for place in WHERE.get(fault, (PLACE,)))
    assert all("\n" not in str(fault) for fault in faults)


def test_without_a_dataset_the_challenges_counts_hold(generated: Path) -> None:
    missing = [fault for fault in verify_archive(generated).faults if fault.message == "missing"]
    assert len(missing) == 1600 - 24


def _lines(change: Callable[[bytes], bytes]) -> Fault:
    def spoil(files: Files) -> None:
        files["composer4.txt"] = change(files["composer4.txt"])

    return spoil


JUDGE_FAULTS: dict[str, Fault] = {
    "LF for CRLF": _lines(lambda data: data.replace(b"\r\n", b"\n")),
    "one LF for CRLF": _lines(lambda data: data.replace(b"\r\n", b"\n", 1)),
    "CR for CRLF": _lines(lambda data: data.replace(b"\r\n", b"\r")),
    "no last line end": _lines(lambda data: data[:-2]),
    "two decimals": _lines(lambda data: data[:4] + data[5:]),
    "four decimals": _lines(lambda data: data[:5] + b"0" + data[5:]),
    "more than one": _lines(lambda data: b"1.001" + data[5:]),
    "negative": _lines(lambda data: b"-0.50" + data[5:]),
    "comma": _lines(lambda data: data.replace(b".", b",", 1)),
    "exponent": _lines(lambda data: b"5e-01" + data[5:]),
    "not a number": _lines(lambda data: b"nan" + data[5:]),
    "leading space": _lines(lambda data: b" " + data),
    "byte order mark": _lines(lambda data: b"\xef\xbb\xbf" + data),
    "a line too many": _lines(lambda data: data + b"0.500\r\n"),
    "a line too few": _lines(lambda data: data[7:]),
    "a blank line": _lines(lambda data: data + b"\r\n"),
    "empty": _lines(lambda data: b""),
    "a missing file": lambda files: files.pop("composer4.txt") and None,
    "a wrong name": _rename("composer4.txt", "composer04.txt"),
    "a file too many": lambda files: files.update({"composer9.txt": files["composer1.txt"]}),
    "a foreign top folder": _into("scores"),
    "files in two places": _rename("composer4.txt", "judge_output_final/composer4.txt"),
}


def test_no_fault_in_a_good_judge_archive(dataset: Dataset, judged: Path, tmp_path: Path) -> None:
    proof = verify_archive(judged, dataset)
    assert (proof.kind, proof.files, proof.faults) == (Kind.JUDGE, 8, ())
    build_judge_archive(tmp_path / "top.zip", dataset, FakeJudge(), top_folder="judge_output_final")
    assert verify_archive(tmp_path / "top.zip", dataset).faults == ()


@pytest.mark.parametrize("fault", JUDGE_FAULTS)
def test_a_fault_in_a_judge_archive(dataset: Dataset, judged: Path, tmp_path: Path, fault: str) -> None:
    files = _files(judged)
    JUDGE_FAULTS[fault](files)
    write_archive(tmp_path / "bad.zip", files)
    assert verify_archive(tmp_path / "bad.zip", dataset).faults


def test_the_gap_decides_the_length(tmp_path: Path) -> None:
    notes = tuple(Note(48 * beat, 69, 48) for beat in (0, 1, 2, 3, 36, 37, 38, 39))
    folder = tmp_path / "set" / "composer1"
    folder.mkdir(parents=True)
    (folder / "001.mid").write_bytes(phrase_bytes(Phrase(notes, 10, Meter(4, 4))))
    dataset = read_dataset(tmp_path / "set")
    out = tmp_path / "out.zip"
    answers = build_generator_archive(out, dataset_assignments(dataset, bars=8), FakeComposer())
    assert answers[0].bars == 10
    assert verify_archive(out, dataset).faults == ()
    phrase = read_phrase(answers[0].data)
    for bars in (9, 11):  # a bar of the middle left out, or put in
        ending = 9 * phrase.bar_ticks
        notes = tuple(
            note.shifted((bars - 10) * phrase.bar_ticks) if note.onset_ticks >= ending else note
            for note in phrase.notes
            if not bars * phrase.bar_ticks - phrase.bar_ticks <= note.onset_ticks < ending
        )
        write_archive(out, {"composer1/001.mid": phrase_bytes(replace(phrase, notes=notes, bars=bars))})
        faults = [str(fault) for fault in verify_archive(out, dataset).faults]
        assert f"composer1/001.mid: {bars} bars; the given gap asks for 10" in faults
