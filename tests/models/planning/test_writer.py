"""The network that writes plans: what it may choose, and plans drawn from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from constraints.language.plan_codes import (
    DENSITY,
    DISTANCE,
    RELATION,
    SILENCE,
    STEPS,
    codes_of,
    distance_code,
    plan_of_codes,
)
from data_prep.corpus.store import PhraseStore
from data_prep.plans.planning import plan_of
from models.composer.checkpoint import write_tensors
from models.planning.codes import cadence_of, pair_codes, plan_codes
from models.planning.drawing import draw_plans
from models.planning.network import ORDER, PlanNetwork, PlanTask, plan_batch, related_bars
from models.planning.train import bits_per_bar, train_planner
from models.planning.weights import load_planner, save_planner
from models.planning.writer import DRAWS, TEMPERATURE, PlanWriter, _misfit
from violin.errors import CorpusError, WeightsError
from violin.pair import outer_pair
from violin.plan import Cadence, Plan, Relation


@pytest.fixture(scope="module")
def writer() -> PlanWriter:
    torch.manual_seed(0)
    return PlanWriter(PlanNetwork(24))


@pytest.fixture(scope="module")
def task(small_store: PhraseStore) -> PlanTask:
    phrase = small_store[0].phrase
    return PlanTask(pair_codes(outer_pair(phrase), phrase.bars), 1, 1, phrase.meter, "bach")


@torch.no_grad()
def test_the_choices_of_a_bar_sum_to_one(writer: PlanWriter, task: PlanTask) -> None:
    """The third bar may be new, or one of four relations to two bars or the last one, or a sequence of them
    by 14 steps."""
    whole = writer.complete(task, 1)
    last = distance_code(2, len(whole.bars) - 1)
    rows = []
    for relation in range(1, 7):
        for distance in [0] if relation == 6 else [1, 2, last]:
            for steps in [code for code in range(1, 16) if code != 8] if relation == 3 else [0]:
                bars = whole.bars.copy()
                bars[2, [RELATION, DISTANCE, STEPS]] = relation, distance, steps
                rows.append(PlanTask(replace(whole, bars=bars), 1, 1, task.meter, "bach"))
    total = sum(_chosen(writer.network, each, 2) for each in rows)
    assert len(rows) == 1 + 4 * 3 + 3 * 14
    assert total == pytest.approx(1.0, abs=1e-5)


def _chosen(network: PlanNetwork, task: PlanTask, bar: int) -> float:
    """The probability of a bar's relation, distance and steps."""
    batch = plan_batch([task])
    before = torch.nn.functional.pad(batch.rows, (0, 0, 1, 0))[:, :-1]
    states, _ = network.gru(network.gru_input(before, batch.ending[:, None], batch.context))
    state, row, nats = states[:, bar], batch.rows[:, bar], 0.0
    related = batch.rows[0, related_bars(torch.tensor([bar]), row[:, DISTANCE])]
    for column in (RELATION, DISTANCE, STEPS):
        if network.is_open(column, row):
            logits = network.logits(column, state, batch.may_relate[:, bar]).log_softmax(-1)
            nats += float(logits[0, row[0, column]])
        state = network.taken(column, state, row[:, column], related)
    return float(np.exp(nats))


def test_a_plan_is_whole_and_legal(writer: PlanWriter, task: PlanTask) -> None:
    found = writer.complete(task, 5)
    plan = plan_of_codes(found)
    assert codes_of(plan).bars.tolist() == found.bars.tolist()
    assert Plan.parse(str(plan)) == plan
    assert (found.bars[1:-1, [0, 1, 2, 5, 6]] > 0).all()
    assert (found.bars[[0, -1]] == task.codes.bars[[0, -1]]).all()
    assert found.cadence == 1 + tuple(Cadence).index(cadence_of(found, 1))


def test_a_plan_depends_only_on_its_key(writer: PlanWriter, task: PlanTask) -> None:
    first = writer.complete(task, 5)
    writer.complete(replace(task, composer=None), 9)
    assert (writer.complete(task, 5).bars == first.bars).all()
    assert (writer.complete(task, 6).bars != first.bars).any()


def test_a_plan_is_the_same_in_any_batch(writer: PlanWriter, small_store: PhraseStore) -> None:
    tasks = []
    for index, given in enumerate(((1, 1), (2, 1), (1, 0), (0, 0), (1, 2)) * 2):
        phrase = small_store[index].phrase
        tasks.append(
            PlanTask(pair_codes(outer_pair(phrase, *given), phrase.bars), *given, phrase.meter, None)
        )
    keys = [*range(len(tasks))]
    together = writer.complete_all(tasks, keys)
    reversed_order = writer.complete_all(tasks[::-1], keys[::-1])[::-1]
    for task, key, one, other in zip(tasks, keys, together, reversed_order, strict=True):
        alone = writer.complete(task, key)
        assert (alone.bars == one.bars).all()
        assert (alone.bars == other.bars).all()
        assert alone.cadence == one.cadence == other.cadence


def test_the_first_of_the_best_draws_is_kept(writer: PlanWriter, task: PlanTask) -> None:
    """Some are drawn only where the first do not fit; the result is as if all were drawn."""
    kept = []
    for key in range(12):
        random = np.random.Generator(np.random.Philox(key=key))
        chances = random.random((len(task.codes.bars) - 2, len(ORDER), DRAWS))
        drawn = draw_plans(writer.network, [task], [chances], TEMPERATURE)[0]
        misfits = [_misfit(task, replace(task.codes, bars=bars)) for bars in drawn]
        kept.append(int(np.argmin(misfits)))
        assert (writer.complete(task, key).bars == drawn[kept[-1]]).all()
    assert min(kept) == 0
    assert max(kept) > 3


def test_draws_name_fewer_repeats_than_the_network_would(task: PlanTask) -> None:
    """Relations and distances of the third bar, drawn with a network for which all codes are equally
    likely."""
    network = PlanNetwork(24)
    for parameter in network.parameters():
        torch.nn.init.zeros_(parameter)
    middle = len(task.codes.bars) - 2
    chances = np.random.default_rng(1).random((middle, len(ORDER), 8000))
    bars = draw_plans(network, [task], [chances], 1.0)[0][:, 2]
    of = {relation: bars[:, RELATION] == code for code, relation in enumerate(Relation, start=1)}
    for relation, nats in ((Relation.SAME, -0.4), (Relation.VARIED, 0.4), (Relation.RHYTHM, -0.35)):
        ratio = of[relation].sum() / of[Relation.NEW].sum()
        assert np.log(ratio) == pytest.approx(nats, abs=0.12)
    near, far = (bars[:, DISTANCE] == distance for distance in (1, 2))
    assert np.log(near.sum() / far.sum()) == pytest.approx(-0.5, abs=0.12)


def test_requested_fields_stay(writer: PlanWriter, task: PlanTask) -> None:
    asked = task.codes.bars.copy()
    asked[3, [RELATION, DISTANCE, STEPS]] = 3, 2, 9
    asked[4, :2] = SILENCE, 8
    asked[5, DENSITY] = 6
    found = writer.complete(replace(task, codes=replace(task.codes, bars=asked, cadence=2)), 3)
    assert ((found.bars == asked) | (asked == 0)).all()
    assert found.cadence == 2


def test_given_bars_have_the_same_plan_in_a_phrase_and_in_a_pair(small_store: PhraseStore) -> None:
    for stored in list(small_store)[:20]:
        for given in ((1, 1), (2, 1), (1, 2)):
            phrase, pair = stored.phrase, outer_pair(stored.phrase, *given)
            rows = [*range(given[0]), *range(phrase.bars - given[1], phrase.bars)]
            one, other = plan_codes(phrase, *given), pair_codes(pair, phrase.bars)
            assert (one.bars[rows] == other.bars[rows]).all()
            assert (one.tonic, one.minor) == (other.tonic, other.minor)
            assert not other.bars[given[0] : phrase.bars - given[1]].any()


def test_training_lowers_the_bits(tmp_path: Path, small_store: PhraseStore) -> None:
    small_store.save(tmp_path)
    shares: list[float] = []
    path = tmp_path / "planner.safetensors"
    fit = train_planner(tmp_path, path, epochs=8, on_step=lambda share, text: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    unseen = [
        PlanTask(plan_codes(stored.phrase, 1, 1), 1, 1, stored.phrase.meter, stored.composer)
        for stored in small_store.select("validation")
    ]
    torch.manual_seed(0)
    assert (
        bits_per_bar(load_planner(path), plan_batch(unseen))
        < bits_per_bar(PlanNetwork(), plan_batch(unseen)) - 3
    )
    assert fit.phrases == len(small_store.select("train", windows=True))
    first = path.read_bytes()
    train_planner(tmp_path, path, epochs=8)
    assert path.read_bytes() == first


def test_a_store_without_phrases(tmp_path: Path) -> None:
    PhraseStore().save(tmp_path)
    with pytest.raises(CorpusError, match="no phrase in the train split"):
        train_planner(tmp_path, tmp_path / "planner.safetensors")


def test_damaged_weights(tmp_path: Path) -> None:
    path = tmp_path / "planner.safetensors"
    with pytest.raises(WeightsError, match="no such weight file"):
        load_planner(path)
    write_tensors(path, {"a": torch.zeros(2)}, {"format": "another"})
    with pytest.raises(WeightsError, match="not the weights of a plan writer"):
        load_planner(path)
    network = PlanNetwork(16)
    torch.nn.init.constant_(network.out[0].bias, float("nan"))
    save_planner(path, network, {})
    with pytest.raises(WeightsError, match="not finite"):
        load_planner(path)


def test_a_plan_of_music_comes_back_from_its_codes(small_store: PhraseStore) -> None:
    for stored in list(small_store)[:10]:
        plan = plan_of(stored.phrase)
        assert plan_of_codes(codes_of(plan)).bars == plan.bars
