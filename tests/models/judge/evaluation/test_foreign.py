from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from data_prep.corpus.store import PhraseStore
from models.judge.evaluation.foreign import abc_phrase, systems
from models.judge.files import composer_of, numeric_order
from models.judge.training.sources import own_store, own_works
from violin.midi import save_phrase
from violin.music import Meter, Note, Phrase

TUNE = "M:4/4\nK:Dmaj\n" + "A 2 | " + "D F A d f d A F | " * 8


def test_a_tune_of_tokens_is_read() -> None:
    phrase = abc_phrase(TUNE)
    assert phrase is not None
    assert phrase.bars == 8
    assert [note.pitch for note in phrase.notes[:5]] == [62, 66, 69, 74, 78]
    assert {note.duration_ticks for note in phrase.notes} == {24}


def test_accidentals_last_for_the_bar_and_swing_borrows() -> None:
    phrase = abc_phrase("M:4/4\nK:Cmaj\n" + "^F > F =F 2 z 2 (3 c d e | " * 8)
    assert phrase is not None
    first = [(note.onset_ticks, note.pitch, note.duration_ticks) for note in phrase.notes[:6]]
    assert first[:3] == [(0, 66, 36), (36, 66, 12), (48, 65, 48)]
    assert [pitch for _, pitch, _ in first[3:]] == [72, 74, 76]


def test_what_cannot_be_read_is_left_out() -> None:
    assert abc_phrase("M:6/8\nK:Cmaj\nC D E F G A | " * 9) is None
    assert abc_phrase("M:4/4\nK:Cmaj\n" + "C D E ? G A B c | " * 8) is None
    assert abc_phrase("M:4/4\nK:Cmaj\n" + "C D E | " * 8) is None
    assert abc_phrase("") is None


def test_systems_of_a_folder(tmp_path: Path, tunes: list[Phrase]) -> None:
    for place in ("net/machine/one", "net/human/a"):
        (tmp_path / place).mkdir(parents=True)
        save_phrase(tunes[1], tmp_path / place / "1.mid")
    (tmp_path / "net" / "machine" / "two.txt").write_text(f"{TUNE}\n\n{TUNE}\n")
    (tmp_path / "net" / "machine" / "one" / "2.mid").write_bytes(b"broken")
    found = {system.name: (len(system.lines), len(system.control)) for system in systems(tmp_path)}
    assert found == {"net/one": (1, 1), "net/two": (2, 1)}


def test_names_in_numeric_order_and_composers_of_folders() -> None:
    names = ["composer1/10.mid", "composer1/9.mid", "composer1/009b.mid"]
    assert sorted(names, key=numeric_order) == ["composer1/9.mid", "composer1/009b.mid", "composer1/10.mid"]
    assert composer_of(["data", "composer4"]) == "paganini"
    assert composer_of(["vivaldi", "set1"]) == "vivaldi"
    assert composer_of(["x"]) is None


def test_a_few_own_files_reach_every_split(tmp_path: Path, tunes: list[Phrase]) -> None:
    for number in range(6):
        save_phrase(tunes[number], tmp_path / f"{number}.mid")
    (tmp_path / "paganini").mkdir()
    save_phrase(tunes[7], tmp_path / "paganini" / "caprice.mid")
    (tmp_path / "odd.mid").write_bytes(b"no music")
    jig = Phrase(tuple(Note(24 * i, 69, 24) for i in range(48)), 8, Meter(6, 8))
    save_phrase(jig, tmp_path / "zjig.mid")
    reports: list[str] = []
    store = own_store(tmp_path, reports.append)
    assert len(reports) == 2 and "odd.mid" in reports[0] and "6/8, nothing in 3/4 or 4/4" in reports[1]
    assert {one.split for one in store} == {"train", "validation", "test"}
    assert len({(one.work_group, one.split) for one in store}) == 7
    assert [one.composer for one in store if "caprice" in one.work_group] == ["paganini"]
    more = tmp_path / "more"
    for number in range(100):
        (more / f"{number}").mkdir(parents=True)
        save_phrase(tunes[number], more / f"{number}" / f"{number}.mid")
    held = Counter(one.split for one in own_store(more))
    assert held["validation"] == 25 and held["test"] == 25
    kept = own_works(PhraseStore(replace(one, split="train") for one in store))
    assert [one.composer for one in kept] == ["paganini"]
