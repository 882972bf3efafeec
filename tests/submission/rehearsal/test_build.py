"""A rehearsal: datasets in the published formats, a key, the same bytes for the same seed."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from stored_phrases import stored_phrase
from submission_fakes import COMMON, SCALE, FakeComposer, FakeJudge

from data_prep.corpus.held_out import held_out_works, write_held_out
from data_prep.corpus.store import PhraseStore, StoredPhrase
from submission.assignments import dataset_assignments
from submission.datasets import read_dataset
from submission.generator import build_generator_archive
from submission.judge import build_judge_archive
from submission.rehearsal import unseen
from submission.rehearsal.build import Layout, build_rehearsal, laid_out
from submission.rehearsal.labels import HUMAN, read_key, score_against_key
from submission.rehearsal.unseen import HumanPhrase, unseen_phrases
from submission.verify import verify_archive
from violin.errors import CorpusError
from violin.midi import phrase_bytes, read_phrase
from violin.music import Key, Meter, Note, Phrase
from violin.pair import pair_of


def _melody(seed: int, bars: int = 10) -> Phrase:
    random = Random(seed)
    meter = COMMON if seed % 2 else Meter(3, 4)
    beats = range(bars * meter.numerator)
    notes = tuple(
        Note(48 * beat, random.choice(SCALE), 48) for beat in beats if random.random() < 0.9 or not beat
    )
    last = (bars - 1) * meter.bar_ticks()
    return Phrase(
        tuple({*notes, Note(last, 69, 48)} - {n for n in notes if n.onset_ticks == last}), bars, meter, Key(2)
    )


@pytest.fixture(scope="module")
def humans() -> list[HumanPhrase]:
    owners = ["bach"] * 6 + ["mozart"] * 2 + ["other"] * 6
    return [
        HumanPhrase(_melody(seed, 8 + seed % 9), owner, f"work {seed}") for seed, owner in enumerate(owners)
    ]


@pytest.mark.parametrize("layout", Layout)
def test_a_rehearsal_can_be_answered_and_verified(
    humans: list[HumanPhrase], tmp_path: Path, layout: Layout
) -> None:
    items = build_rehearsal(tmp_path, humans, FakeComposer(), per_composer=4, layout=layout, seed=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "generator_evaluation_dataset.zip",
        "judge_evaluation_dataset_final.zip",
        "judge_key.csv",
        "judge_key.json",
    ]
    given = read_dataset(tmp_path / "generator_evaluation_dataset.zip")
    assert len(given) == len(items) == 32
    assert given.notices == (f"other than 200 files: {', '.join(f'composer{n} 4' for n in range(1, 9))}",)
    bach = [item for item in items if item.folder.slug == "bach"]
    assert {item.human.composer for item in bach} == {"bach"}
    mozart = [item.human.composer for item in items if item.folder.slug == "mozart"]
    assert mozart[:2] == ["mozart", "mozart"]
    assert "mozart" not in mozart[2:]
    assert len({item.phrase for item in bach}) == 4
    layouts = {item.layout for item in items}
    assert layouts == ({Layout.SIDE_BY_SIDE, Layout.GAP} if layout is Layout.BOTH else {layout})

    assignments = dataset_assignments(given, seed=1)
    assert not any(each.remarks for each in assignments)
    by_name = {each.name: each for each in assignments}
    for item in items:
        if item.layout is Layout.GAP:
            assert by_name[item.name].bars == item.phrase.bars
    out = tmp_path / "generator_output_final.zip"
    build_generator_archive(out, assignments, FakeComposer())
    assert verify_archive(out, given).faults == ()

    judged = read_dataset(tmp_path / "judge_evaluation_dataset_final.zip")
    labels = read_key(tmp_path / "judge_key.json")
    assert len(judged) == len(labels) == 64
    assert list(labels.values()).count(HUMAN) == 32
    for file in judged:
        assert read_phrase(file.data).ticks_per_beat == 480
    scores = build_judge_archive(tmp_path / "judge_output_final.zip", judged, FakeJudge())
    score_against_key({score.name: score.human_probability for score in scores}, labels)


def test_the_machine_has_the_same_outer_bars(humans: list[HumanPhrase], tmp_path: Path) -> None:
    items = build_rehearsal(tmp_path, humans, FakeComposer(), per_composer=2, seed=5)
    phrases = {
        file.name: read_phrase(file.data)
        for file in read_dataset(tmp_path / "judge_evaluation_dataset_final.zip")
    }
    lasts = [phrase.slice_bars(phrase.bars - 1, 1) for phrase in phrases.values()]
    for item in items:
        ending = item.phrase.slice_bars(item.phrase.bars - 1, 1)
        assert lasts.count(ending) >= 2
        assert pair_of(laid_out(item.pair)) == item.pair


def test_the_same_seed_gives_the_same_datasets(humans: list[HumanPhrase], tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        build_rehearsal(tmp_path / name, humans, FakeComposer(), per_composer=2, seed=seed)
    for file in ("generator_evaluation_dataset.zip", "judge_evaluation_dataset_final.zip", "judge_key.json"):
        contents = [(tmp_path / name / file).read_bytes() for name in "abc"]
        assert contents[0] == contents[1] != contents[2]


def test_few_phrases_give_many(humans: list[HumanPhrase], tmp_path: Path) -> None:
    items = build_rehearsal(tmp_path, humans, FakeComposer(), per_composer=30, seed=1)
    for number in range(1, 9):
        assert len({item.phrase for item in items if item.folder.number == number}) == 30


def test_none_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no human phrase"):
        build_rehearsal(tmp_path, [], FakeComposer(), per_composer=1)
    short = [HumanPhrase(_melody(1, 8), "bach", "one")]
    with pytest.raises(CorpusError, match="too few"):
        build_rehearsal(tmp_path, short, FakeComposer(), per_composer=2)


def _stored(seed: int, composer: str, split: str) -> StoredPhrase:
    group = f"{composer}:{split}:{seed % 3}"
    return stored_phrase(_melody(seed), composer, group, split)


def test_a_store_gives_its_test_split_or_else_its_validation_split(tmp_path: Path) -> None:
    stored = [_stored(seed, "bach", split) for split in ("train", "validation", "test") for seed in range(3)]
    stored += [_stored(seed, "mozart", split) for split in ("train", "validation") for seed in range(3)]
    store = PhraseStore(stored)
    store.save(tmp_path / "store")
    found = unseen_phrases(str(tmp_path / "store"), wanted=2)
    assert sorted(human.source.split()[0] for human in found) == sorted(
        each.work_id
        for each in stored
        if (each.composer, each.split) in {("bach", "test"), ("mozart", "validation")}
    )
    chosen = unseen_phrases(str(tmp_path / "store"), wanted=2, side="validation")
    assert {human.source.split()[0].split(":")[1] for human in chosen} == {"validation"}
    assert {human.composer for human in chosen} == {"bach", "mozart"}
    with pytest.raises(CorpusError, match="no phrase"):
        PhraseStore([_stored(1, "bach", "train")]).save(tmp_path / "train")
        unseen_phrases(str(tmp_path / "train"), wanted=2)

    assert write_held_out(store, tmp_path / "held_out.json") == 9
    sides = held_out_works(tmp_path / "held_out.json")
    assert sides["bach:test:1"] == "test"
    assert sides["mozart:validation:0"] == "validation"
    assert not any("train" in group for group in sides)
    assert held_out_works(tmp_path / "absent.json") == {}


def test_a_folder_of_scores_is_assumed_to_be_unseen(tmp_path: Path) -> None:
    (tmp_path / "scores").mkdir()
    for seed in range(2):
        (tmp_path / "scores" / f"violin {seed}.mid").write_bytes(phrase_bytes(_melody(seed, 12)))
    read: list[str] = []
    found = unseen_phrases(str(tmp_path / "scores"), wanted=1, on_read=read.append)
    assert found
    assert len(read) == 2
    with pytest.raises(CorpusError, match="no such folder"):
        unseen_phrases(str(tmp_path / "absent"), wanted=1)


def test_of_a_corpus_only_the_held_out_works_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(8):
        (tmp_path / f"{seed}.mid").write_bytes(phrase_bytes(_melody(seed, 12)))
    (tmp_path / "manifest.csv").write_text(
        "path,composer,work_group\n"
        + "".join(f"{seed}.mid,{'bach' if seed < 6 else 'mozart'},work{seed}\n" for seed in range(8))
    )
    monkeypatch.setattr(unseen, "held_out_works", dict)
    with pytest.raises(CorpusError, match="list of held-out works"):
        unseen_phrases(str(tmp_path), wanted=1)
    sides = {"work1": "test", "work2": "test", "work3": "validation", "work7": "validation"}
    monkeypatch.setattr(unseen, "held_out_works", lambda: sides)
    read: list[str] = []
    found = unseen_phrases(str(tmp_path), wanted=9, on_read=read.append)
    assert sorted(read) == ["1.mid", "2.mid", "7.mid"]  # no test work of mozart's: validation
    assert {human.composer for human in found} == {"bach", "mozart"}
    again = unseen_phrases(str(tmp_path), wanted=9)
    assert again == found
    read.clear()
    unseen_phrases(str(tmp_path), wanted=9, on_read=read.append, side="validation")
    assert sorted(read) == ["3.mid", "7.mid"]
    monkeypatch.setattr(unseen, "held_out_works", lambda: {"another": "test"})
    with pytest.raises(CorpusError, match="none of its 8 scores was held out"):
        unseen_phrases(str(tmp_path), wanted=1)


def test_the_number_in_a_folder_does_not_depend_on_the_label(
    humans: list[HumanPhrase], tmp_path: Path
) -> None:
    build_rehearsal(tmp_path, humans, FakeComposer(), per_composer=4, seed=2)
    labels = read_key(tmp_path / "judge_key.json")
    orders = [
        [labels[f"composer{composer}/{number:03d}.mid"] == HUMAN for number in range(1, 9)]
        for composer in range(1, 9)
    ]
    assert all(sum(order) == 4 for order in orders)
    assert not any(order == sorted(order, reverse=True) for order in orders)
    by_place = [sum(place) for place in zip(*orders, strict=True)]
    assert min(by_place) > 0 and max(by_place) < 8
