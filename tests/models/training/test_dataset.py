"""What a batch holds, and that the order of the data follows from the seed."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch

from constraints.language.tokenizer import encode
from constraints.language.vocabulary import VOCABULARY, Kind
from data_prep.corpus.store import PhraseStore
from models.composer.batch import token_batch
from models.composer.config import Config
from models.training.dataset import (
    STEPS_PER_BLOCK,
    BatchSource,
    validation_phrases,
    validation_tasks,
)
from models.training.tasks import Task, allowed_transpositions, draw_task, encoded_length
from violin.errors import CorpusError
from violin.music import Note, Phrase


def test_weights_fall_on_what_is_to_be_learned(small_store: PhraseStore, tiny: Config) -> None:
    phrase = small_store[0].phrase
    row = encode(phrase, "bach", 2, 1)
    batch = token_batch([row, encode(small_store[1].phrase, None, 1, 1)], tiny.training)
    names = [VOCABULARY.names[token] for token in row.tokens]
    middle = names.index("MID")
    weights = batch.weights[0].tolist()  # of the token that follows each place
    assert weights[: names.index("END")] == [0.0] * names.index("END")
    assert weights[names.index("END")] == pytest.approx(tiny.training.given_weight)
    assert weights[middle - 1] == 0.0
    assert weights[middle] == 1.0
    assert weights[len(names) - 2] == 1.0
    assert names[-1] == "EOS"
    assert not batch.middle[0, :middle].any()
    assert batch.middle[0, middle : len(names) - 1].all()
    bar = phrase.bar_ticks
    inside = [note for note in phrase.notes if 2 * bar <= note.onset_ticks < (phrase.bars - 1) * bar]
    assert batch.notes[0] == len(inside)
    assert torch.equal(batch.targets[0, : len(names) - 1], torch.from_numpy(row.tokens[1:].astype(np.int64)))


def test_the_count_of_tokens_is_exact(small_store: PhraseStore) -> None:
    long = Phrase((Note(0, 60, 500), Note(500, 62, 385), Note(500, 69, 192)), 8)
    for phrase in [*[stored.phrase for stored in small_store][:10], long]:
        assert encoded_length(phrase) == len(encode(phrase, None, 0, 0))


def test_the_same_seed_gives_the_same_steps_from_any_step(small_store: PhraseStore, tiny: Config) -> None:
    def steps(first: int, count: int, seed: int = 1) -> list[torch.Tensor]:
        source = BatchSource(small_store, tiny.training, tiny.model, seed)
        return [batch.tokens for batch in islice(source.from_step(first), count)]

    whole = steps(0, STEPS_PER_BLOCK + 3)
    late = steps(5, STEPS_PER_BLOCK - 2)
    assert all(torch.equal(one, two) for one, two in zip(whole[5:], late, strict=True))
    assert not torch.equal(whole[0], steps(0, 1, seed=2)[0])


def test_processes_share_the_rows_of_a_step(small_store: PhraseStore, tiny: Config) -> None:
    source = BatchSource(small_store, tiny.training, tiny.model)

    def rows(rank: int, world: int) -> list[list[tuple[int, ...]]]:
        found = []
        for batch in islice(source.from_step(0, rank=rank, world=world), STEPS_PER_BLOCK):
            found.append([tuple(row[row != VOCABULARY.PAD].tolist()) for row in batch.tokens])
        return found

    for both, one, two in zip(rows(0, 1), rows(0, 2), rows(1, 2), strict=True):
        assert sorted(both) == sorted(one + two)


def test_a_step_keeps_to_its_tokens_and_little_of_it_is_padding(
    small_store: PhraseStore, tiny: Config
) -> None:
    source = BatchSource(small_store, tiny.training, tiny.model)
    batches = list(islice(source.from_step(0), 2 * STEPS_PER_BLOCK))
    mean = sum(batch.real_tokens for batch in batches) / len(batches)
    assert mean == pytest.approx(tiny.training.tokens_per_step, rel=0.25)
    assert sum(batch.tokens.numel() for batch in batches) < 1.25 * sum(b.real_tokens for b in batches)


def test_steps_grow_over_the_run(small_store: PhraseStore, tiny: Config) -> None:
    training = replace(tiny.training, first_tokens_per_step=500, tokens_per_step=2000)
    source = BatchSource(small_store, training, tiny.model)
    assert [source.tokens_per_step(share) for share in (0, 0.5, 1)] == [500, 1000, 2000]
    late = next(source.from_step(0, share=lambda _: 1.0))
    assert late.real_tokens > 2 * next(source.from_step(0)).real_tokens


def test_version_two_has_texture_and_extent(small_store: PhraseStore, tiny: Config) -> None:
    random = np.random.default_rng(0)
    window = replace(small_store[0], window=True)
    facts = {
        tuple(draw_task(window, "bach", tiny.training, random, language=2).encoded().tokens[7:9])
        for _ in range(40)
    }
    assert facts == {(VOCABULARY.texture(texture), VOCABULARY.extent("window")) for texture in ("solo", None)}
    [task] = validation_tasks(small_store[:1], language=2)
    assert task.encoded().tokens[7:9].tolist() == [VOCABULARY.texture(None), VOCABULARY.extent("phrase")]


def test_balance_favours_rare_composers(small_store: PhraseStore, tiny: Config) -> None:
    source = BatchSource(small_store, replace(tiny.training, balance=1.0, fine_balance=0.0), tiny.model)
    assert source.chances(False).sum() == pytest.approx(1)
    assert source.chances(True).sum() == pytest.approx(1)
    assert source.chances(False).std() < source.chances(True).std()


def test_the_probability_of_a_composer_is_a_power_of_his_number_of_phrases(
    small_store: PhraseStore, tiny: Config
) -> None:
    fine_other = tiny.training.fine_other
    store = PhraseStore(s for i, s in enumerate(small_store) if s.composer != "mozart" or i % 4 == 0)
    for power in (0.0, 0.5, 1.0):
        training = replace(tiny.training, balance=power, fine_balance=power)
        source = BatchSource(store, training, tiny.model)
        tokens = np.array([token for _, token, _ in source._pool])
        weights = np.array([weight for _, _, weight in source._pool])
        assert weights[tokens == "mozart"].sum() < weights[tokens == "bach"].sum() / 2
        for balanced in (False, True):
            shares = {token: weights[tokens == token].sum() ** power for token in set(tokens.tolist())}
            if balanced:
                shares["other"] *= fine_other
            chances = source.chances(balanced)
            for token, share in shares.items():
                assert chances[tokens == token].sum() == pytest.approx(share / sum(shares.values()))


def test_tasks_stay_in_the_mix(small_store: PhraseStore, tiny: Config) -> None:
    random = np.random.default_rng(0)
    tasks = [draw_task(small_store[0], "bach", tiny.training, random) for _ in range(600)]
    bars = small_store[0].phrase.bars
    free = sum(task.beginning_bars + task.ending_bars == 0 for task in tasks)
    short = sum(
        1 <= task.beginning_bars <= 2 and 1 <= task.ending_bars <= 2 and task.beginning_bars > 0
        for task in tasks
    )
    assert 35 <= free <= 95
    assert 400 <= short <= 480
    assert all(0 <= task.beginning_bars + task.ending_bars < bars for task in tasks)
    assert 40 <= sum(task.composer is None for task in tasks) <= 110
    assert {task.semitones for task in tasks} <= set(allowed_transpositions(small_store[0].phrase))
    assert len({task.semitones for task in tasks}) > 3
    header = tasks[0].encoded().tokens[:2]
    assert VOCABULARY.kind[header[1]] == Kind.COMPOSER


def test_transposition_keeps_to_the_violin() -> None:
    phrase = Phrase((Note(0, 55, 48), Note(48, 104, 48)), 8)
    assert allowed_transpositions(phrase) == (0, 1, 2, 3, 4)
    # an open fifth on the lowest strings: one semitone lower there is no string left
    assert min(allowed_transpositions(Phrase((Note(0, 55, 48), Note(0, 62, 48)), 8))) == 0


def test_validation_is_always_the_same(small_store: PhraseStore, tiny: Config) -> None:
    phrases = validation_phrases(small_store, tiny.model, 7)
    assert phrases == validation_phrases(small_store, tiny.model, 7)
    assert {stored.split for stored in phrases} == {"validation"}
    assert {stored.composer for stored in phrases} == {"bach", "mozart", "other"}
    assert validation_tasks(phrases) == validation_tasks(phrases)
    assert isinstance(validation_tasks(phrases)[0], Task)


def test_an_empty_store_says_what_to_do(tiny: Config) -> None:
    with pytest.raises(CorpusError, match="violin prepare"):
        BatchSource(PhraseStore(), tiny.training, tiny.model)
