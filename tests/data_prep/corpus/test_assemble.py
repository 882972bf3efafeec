from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest

from data_prep.corpus import assemble as assembly_module
from data_prep.corpus.assemble import assemble
from data_prep.corpus.cutting import attribution
from data_prep.corpus.leak import check_leaks
from data_prep.corpus.store import PhraseStore
from violin.music import Key, Meter, Note

GROUP_8 = "saintsaens-prokofiev-sibelius"


@dataclass(frozen=True)
class FakePart:
    notes: tuple[Note, ...]
    barlines: tuple[int, ...]
    work_group: str
    composer: str = "bach"
    role: str = "solo"
    path: str = "some.mxl"
    meters: tuple[tuple[int, Meter], ...] = ((0, Meter(4, 4)),)
    keys: tuple[tuple[int, Key], ...] = ((0, Key(0)),)
    tempos: tuple[tuple[int, int], ...] = ((0, 500_000),)
    double_bars: tuple[int, ...] = ()
    title: str = ""
    source: str = "somebody/scores@1"
    licence_class: str = "pd"
    quantise_error_beats: float = 0.0
    shortened_notes: int = 0
    total_notes: int = 0

    @property
    def work_id(self) -> str:
        return f"{self.work_group}:1"


def part(seed: int, bars: int = 30, **fields: object) -> FakePart:
    choice = random.Random(seed)
    notes = []
    for bar in range(bars):
        for beat in range(4):
            pitch = choice.randint(60, 80)
            notes.append(Note(192 * bar + 48 * beat, pitch, 24 if choice.random() < 0.5 else 48))
    base = FakePart(tuple(notes), tuple(range(0, 192 * bars + 1, 192)), f"bach:{seed}", path=f"{seed}.mxl")
    return replace(base, **fields)  # type: ignore[arg-type]


def run(parts: list[FakePart]) -> assembly_module.Assembly:
    return assemble(parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"composer": "bach"}, ("bach", "bach")),
        ({"composer": "other/haydn"}, ("other", "haydn")),
        ({"composer": GROUP_8, "work_group": "prokofiev:op115"}, (GROUP_8, "prokofiev")),
        ({"composer": GROUP_8, "work_group": "saintsaens:op40"}, (GROUP_8, "saint-saens")),
        ({"composer": GROUP_8, "work_group": "folder:x"}, (GROUP_8, GROUP_8)),
        ({"composer": "szymanowski", "role": "NONVIOLIN-voice"}, ("other", "szymanowski")),
    ],
)
def test_whose_music_a_part_is(fields: dict[str, object], expected: tuple[str, str]) -> None:
    assert attribution(part(1, **fields)) == expected  # type: ignore[arg-type]


def test_a_work_in_two_encodings_is_kept_once() -> None:
    once = run([part(1), part(2)])
    twice = run(
        [part(1), part(2), replace(part(1), path="1.mid"), replace(part(2), path="z.mid", role="violin1")]
    )
    assert [stored.phrase for stored in twice.phrases] == [stored.phrase for stored in once.phrases]
    assert sum(twice.dropped_phrases["bach"].values()) > 0


def test_a_work_under_two_names_stays_on_one_side() -> None:
    parts = [part(seed, 100) for seed in range(40)]
    half = tuple(note for note in parts[3].notes if note.onset_ticks < 50 * 192)
    rest = tuple(note.shifted(50 * 192) for note in part(77, 50).notes)
    result = run([*parts, replace(parts[3], notes=half + rest, work_group="x:y", path="y.mid")])
    sides = {stored.work_group: stored.split for stored in result.phrases}
    assert result.linked_works.get("x:y", "bach:3") == "bach:3"
    assert sides["x:y"] == sides["bach:3"]
    assert not check_leaks(PhraseStore(result.phrases)).leaks


def test_the_store_does_not_depend_on_the_order_of_the_parts() -> None:
    parts = [part(seed) for seed in range(8)]
    assert run(parts).phrases == run(parts[::-1]).phrases


def test_windows_are_for_training_alone_and_lie_on_kept_bars() -> None:
    result = run([part(seed, 60) for seed in range(20)])
    windows = [stored for stored in result.phrases if stored.window]
    assert windows and {stored.split for stored in windows} == {"train"}
    assert {stored.split for stored in result.phrases} == {"train", "validation", "test"}


def test_a_held_out_copy_of_training_music_is_dropped() -> None:
    parts = [part(seed, 60) for seed in range(20)]
    held_out = next(stored for stored in run(parts).phrases if stored.split == "test")
    shift = 60 * 192
    carriers = []
    for candidate in parts:
        notes = candidate.notes
        if candidate.work_group != held_out.work_group:
            copied = tuple(note.shifted(shift) for note in held_out.phrase.transposed(2).notes)
            notes = (*notes, *copied)
            bars = 60 + held_out.phrase.bars
            candidate = replace(candidate, notes=notes, barlines=tuple(range(0, bars * 192 + 1, 192)))
        carriers.append(candidate)
    assert not check_leaks(PhraseStore(run(carriers).phrases)).leaks


def test_a_refused_phrase_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        assembly_module, "faults", lambda phrases, workers, on_progress: ["P001 impossible"] * len(phrases)
    )
    result = run([part(1)])
    assert result.phrases == [] and result.dropped_phrases["bach"]["P001 impossible"] >= 2


def test_stand_ins_stay_others_and_carry_their_weight() -> None:
    result = run([part(1, composer="other/wieniawski"), part(2, composer="other/haydn"), part(3)])
    weights = {stored.source_composer: (stored.composer, stored.weight) for stored in result.phrases}
    assert weights["wieniawski"][0] == "other" and 0 < weights["wieniawski"][1] < 1
    assert weights["haydn"] == ("other", 1.0) and weights["bach"] == ("bach", 1.0)
