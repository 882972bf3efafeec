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
def test_the_composer_and_source_composer_of_a_part(
    fields: dict[str, object], expected: tuple[str, str]
) -> None:
    assert attribution(part(1, **fields)) == expected  # type: ignore[arg-type]


def test_a_work_in_two_encodings_is_kept_once() -> None:
    once = run([part(1), part(2)])
    twice = run(
        [part(1), part(2), replace(part(1), path="1.mid"), replace(part(2), path="z.mid", role="violin1")]
    )
    assert [stored.phrase for stored in twice.phrases] == [stored.phrase for stored in once.phrases]
    assert sum(twice.dropped_phrases["bach"].values()) > 0


def test_a_work_under_two_names_stays_in_one_split() -> None:
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


def test_windows_are_only_for_training_and_lie_on_kept_bars() -> None:
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


def in_two_four(seed: int, bars: int = 60, **fields: object) -> FakePart:
    """The same kind of music in 2/4: two bars are as long as one of `part`."""
    base = part(seed, bars // 2)
    lines = tuple(range(0, 96 * bars + 1, 96))
    return replace(base, barlines=lines, meters=((0, Meter(2, 4)),), **fields)  # type: ignore[arg-type]


def test_rebarred_music_is_for_training_and_is_never_held_out() -> None:
    parts = [part(seed, 60) for seed in range(20)]
    parts += [in_two_four(100 + seed, work_group=f"bach:{seed}", path=f"{seed}b.mxl") for seed in range(20)]
    store = PhraseStore(run(parts).phrases)
    rebarred = [stored for stored in store if stored.rebarred]
    held_out = {stored.work_group for stored in store if stored.split != "train"}
    assert {stored.split for stored in rebarred} == {"train"}
    assert {stored.window for stored in rebarred} == {False, True}
    assert held_out and not held_out & {stored.work_group for stored in rebarred}
    assert {stored.written_meter for stored in rebarred} == {"2/4"}
    assert {stored.phrase.meter for stored in rebarred} == {Meter(4, 4)}
    assert not any(stored.rebarred for stored in store.select())
    assert any(stored.rebarred for stored in store.select("train", windows=True))
    assert not check_leaks(store).leaks


def test_a_work_with_only_other_meters_goes_to_training() -> None:
    result = run([in_two_four(seed) for seed in range(6)])
    assert {stored.split for stored in result.phrases} == {"train"}
    assert len({stored.work_group for stored in result.phrases}) == 6


def test_a_work_written_in_two_meters_is_kept_once_as_it_is_written_in_the_challenge_meter() -> None:
    twice = run([in_two_four(1, work_group="bach:1", path="a.mxl"), part(1)])
    assert not any(stored.rebarred for stored in twice.phrases)
    assert twice.dropped_phrases["bach"]["copy of an earlier phrase"] > 0


def test_a_rebarred_copy_of_a_held_out_phrase_is_dropped_and_the_phrase_stays() -> None:
    parts = [part(seed, 60) for seed in range(20)]
    held_out = next(stored for stored in run(parts).phrases if stored.split == "test")
    number = int(held_out.work_group.partition(":")[2])
    other = in_two_four(number, 120, work_group="other:copy", path="copy.krn", composer="other/nobody")
    result = run([*parts, other])
    assert held_out.phrase in [stored.phrase for stored in result.phrases if stored.split == "test"]
    assert not any(stored.rebarred for stored in result.phrases if stored.work_group == "other:copy")
    assert not check_leaks(PhraseStore(result.phrases)).leaks


def test_the_tunes_of_a_book_keep_their_own_windows() -> None:
    """Windows of a tune that was dropped as a copy do not stay on the bars of another tune."""
    first, second = part(1, 40), part(2, 40)
    book = [
        replace(first, path="book.abc", work_group="b:1"),
        replace(second, path="book.abc", work_group="b:2"),
    ]
    result = run([replace(first, path="a.krn", work_group="a:1"), *book])
    assert not any(stored.work_group == "b:1" for stored in result.phrases)
    assert any(stored.window and stored.work_group == "b:2" for stored in result.phrases)


def test_every_phrase_has_its_texture() -> None:
    parts = [part(1), part(2, role="violin1", path="some_symphony.mid", work_group="mozart:k1")]
    textures = {stored.work_group: stored.texture for stored in run(parts).phrases}
    assert textures == {"bach:1": "solo", "mozart:k1": "section"}


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


def test_parts_of_other_instruments_are_for_training_and_are_never_held_out() -> None:
    parts = [part(seed, 60) for seed in range(20)]
    before = run(parts).phrases
    violas = [part(100 + seed, 60, work_group=f"bach:{seed}", role="moved+7:1") for seed in range(20)]
    store = PhraseStore(run(parts + violas).phrases)
    moved = [stored for stored in store if stored.moved]
    assert {(stored.split, stored.composer, stored.texture) for stored in moved} == {
        ("train", "other", "section")
    }
    assert {stored.window for stored in moved} == {False, True}
    assert not any(stored.moved for stored in store.select())
    assert [stored for stored in store if not stored.moved] == before
    assert not check_leaks(store).leaks


def test_a_viola_that_doubles_the_violin_or_only_accompanies_is_dropped() -> None:
    violin = part(1, 60)
    doubling = replace(violin, role="moved+7:1", path="1b.mxl")
    notes = tuple(Note(24 * index, 67 + index % 2 * 4, 24) for index in range(8 * 60))
    accompaniment = replace(violin, notes=notes, role="moved+7:2", path="1c.mxl")
    result = run([violin, doubling, accompaniment])
    assert not any(stored.moved for stored in result.phrases)
