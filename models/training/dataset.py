"""Training batches: chooses the phrases, their tasks, transpositions and order.

Everything is determined by a seed. Steps are made in blocks of `STEPS_PER_BLOCK`. A block draws
phrases with a generator seeded with (seed, block), makes a task of each, sorts the tasks by length
and cuts them into steps of equal token count, which keeps padding low. Then it shuffles the steps.
With n processes, each takes every n-th row of a step.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constraints.language.tokenizer import Encoded
from constraints.language.vocabulary import OTHER
from data_prep.corpus.stand_ins import STAND_INS, stand_in_weight
from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.composer.batch import Batch, batch_of
from models.composer.config import ModelConfig, TrainingConfig
from models.composer.padding import padded
from models.planning.codes import plan_codes
from models.training.plans import partial_plan
from models.training.tasks import Task, draw_task, encoded_length, validation_task
from violin.errors import CorpusError

STEPS_PER_BLOCK = 8
VALIDATION_PHRASES = 320


class BatchSource:
    """An endless stream of training batches over the training split of a store.

    A phrase is trained with its own composer's token. A phrase by a stand-in composer
    (`data_prep.corpus.stand_ins`) is also trained with the token of the replaced composer, with the
    weight given there.
    """

    def __init__(
        self, store: PhraseStore, training: TrainingConfig, model: ModelConfig, seed: int = 1
    ) -> None:
        self.training, self.model, self.seed = training, model, seed
        fitting = [
            stored
            for stored in store.select("train", windows=True)
            if encoded_length(stored.phrase) <= model.max_tokens
        ]
        if not fitting:
            raise CorpusError("the phrase store has no phrase to train on; make one: violin prepare")
        self._pool = _pool(fitting)
        self._lengths = np.array([encoded_length(stored.phrase) for stored, _, _ in self._pool])
        names = sorted({token for _, token, _ in self._pool})
        self.description: dict[str, Any] = {
            "phrases": len(fitting),
            "works": len({stored.work_id for stored in fitting}),
            "phrases_of_each_length": _lengths_in_bars(fitting),
            "phrases_under_each_token": {
                name: sum(token == name for _, token, _ in self._pool) for name in names
            },
        }

    def chances(self, balanced: bool) -> NDArray[np.float64]:
        """The sampling probability of each pool entry: its composer's number of phrases to a power,
        divided among the composer's phrases by weight."""
        training = self.training
        power = training.fine_balance if balanced else training.balance
        weights = np.array([weight for _, _, weight in self._pool])
        tokens = np.array([token for _, token, _ in self._pool])
        chances = np.zeros(len(self._pool))
        for token in np.unique(tokens):
            mine = tokens == token
            total = weights[mine].sum()
            share = total**power
            if balanced and token == OTHER:
                share *= training.fine_other
            chances[mine] = weights[mine] * share / total
        return chances / chances.sum()

    def from_step(
        self, step: int, *, rank: int = 0, world: int = 1, share: Callable[[int], float] = lambda _: 0.0
    ) -> Iterator[Batch]:
        """The batches of this process from a step on. `share` maps a step to the finished share of
        the run, which determines the balance and the size of a step. It is called with the first
        step of each block. The next block is made while the previous one is trained on."""
        with ThreadPoolExecutor(1) as maker:
            block = step // STEPS_PER_BLOCK

            def started(block: int) -> Future[list[Batch]]:
                return maker.submit(self._block, block, share(block * STEPS_PER_BLOCK), rank, world)

            coming = started(block)
            skip = step % STEPS_PER_BLOCK
            while True:
                batches = coming.result()
                block += 1
                coming = started(block)
                yield from batches[skip:]
                skip = 0

    def tokens_per_step(self, share: float) -> float:
        """The number of tokens per step after a share of the run. Early in training, many small
        steps are more efficient than few large ones."""
        first, last = self.training.first_tokens_per_step, self.training.tokens_per_step
        return float(first * (last / first) ** share)

    def _block(self, block: int, share: float, rank: int, world: int) -> list[Batch]:
        random = np.random.default_rng((self.seed, block))
        chances = self.chances(share >= self.training.balanced_from)
        wanted = STEPS_PER_BLOCK * self.tokens_per_step(share)
        mean = float(self._lengths @ chances)
        count = max(STEPS_PER_BLOCK * world, round(wanted / mean))
        drawn = random.choice(len(self._pool), count, p=chances)
        tasks = []
        for index in drawn:
            tasks.append((int(self._lengths[index]), self._task(index, random)))
        tasks.sort(key=lambda pair: pair[0])
        steps = _cut([length for length, _ in tasks], world)
        random.shuffle(steps)
        rows = ([task.encoded() for _, task in tasks[first:last][rank::world]] for first, last in steps)
        return [padded(batch_of(each, self.training, self.model)) for each in rows]

    def rows(self, count: int, random: np.random.Generator) -> list[Encoded]:
        """`count` rows of the training mix, drawn with the balance of fine-tuning."""
        drawn = random.choice(len(self._pool), count, p=self.chances(balanced=True))
        return [self._task(index, random).encoded() for index in drawn]

    def _task(self, index: int, random: np.random.Generator) -> Task:
        """A task of a pool entry, with the part of its plan that it contains."""
        token, stored = self._pool[index][1], self._phrase(index, random)
        task = draw_task(stored, token, self.training, random, self.model.language)
        if self.model.plan:
            codes = plan_codes(stored.phrase, task.beginning_bars, task.ending_bars, task.semitones)
            task = replace(task, plan=partial_plan(codes, self.training, random))
        return task

    def _phrase(self, index: int, random: np.random.Generator) -> StoredPhrase:
        """The phrase of a pool entry."""
        return self._pool[index][0]


def _lengths_in_bars(phrases: Sequence[StoredPhrase]) -> dict[str, int]:
    counts = Counter(stored.phrase.bars for stored in phrases if not stored.window)
    return {str(bars): counts[bars] for bars in sorted(counts)}


def _cut(lengths: list[int], world: int) -> list[tuple[int, int]]:
    """(first, last) of each step: equal sums of length and at least one row per process."""
    totals = np.cumsum(lengths)
    bounds = [0]
    for step in range(1, STEPS_PER_BLOCK):
        at = int(np.searchsorted(totals, totals[-1] * step / STEPS_PER_BLOCK))
        latest = len(lengths) - (STEPS_PER_BLOCK - step) * world
        bounds.append(min(max(at, bounds[-1] + world), latest))
    bounds.append(len(lengths))
    return list(pairwise(bounds))


def _pool(phrases: Sequence[StoredPhrase]) -> list[tuple[StoredPhrase, str, float]]:
    """(phrase, token, weight): each phrase with its own composer's token, stand-ins also with the
    composer they replace."""
    borrowers = sorted({line.composer for line in STAND_INS})
    pool = []
    for stored in phrases:
        pool.append((stored, stored.composer, 1.0))
        for slug in borrowers:
            weight = stand_in_weight(slug, stored.source_composer, stored.work_group)
            if weight > 0 and stored.composer != slug:
                pool.append((stored, slug, weight))
    return pool


def validation_phrases(
    store: PhraseStore, model: ModelConfig, count: int | None = VALIDATION_PHRASES, seed: int = 0
) -> list[StoredPhrase]:
    """A fixed sample of phrases of unseen works, spread evenly over the composers."""
    fitting = [
        stored for stored in store.select("validation") if encoded_length(stored.phrase) <= model.max_tokens
    ]
    random = np.random.default_rng(seed)
    by_composer: dict[str, list[StoredPhrase]] = defaultdict(list)
    for index in random.permutation(len(fitting)):
        by_composer[fitting[index].composer].append(fitting[index])
    chosen: list[StoredPhrase] = []
    depth = 0
    while len(chosen) < min(len(fitting), count or len(fitting)):
        for composer in sorted(by_composer):
            chosen += by_composer[composer][depth : depth + 1]
        depth += 1
    return chosen[:count]


def validation_tasks(
    phrases: Sequence[StoredPhrase], seed: int = 0, language: int = 1, plan: bool = False
) -> list[Task]:
    """The challenge's task for each phrase with its own composer's token; the same in every call.
    With `plan`, each contains the whole plan of its phrase."""
    random = np.random.default_rng(seed)
    tasks = [validation_task(stored, stored.composer, random, language) for stored in phrases]
    return [task.with_own_plan() for task in tasks] if plan else tasks


def task_batches(
    tasks: Sequence[Task], training: TrainingConfig, model: ModelConfig, tokens_per_batch: int = 16_384
) -> list[Batch]:
    """Tasks in batches of similar length for evaluation: every task once, not in the original order."""
    rows = sorted((task.encoded() for task in tasks), key=lambda row: len(row.tokens))
    batches: list[Batch] = []
    current: list[Encoded] = []
    for row in rows:
        if current and (len(current) + 1) * len(row.tokens) > tokens_per_batch:
            batches.append(batch_of(current, training, model))
            current = []
        current.append(row)
    if current:
        batches.append(batch_of(current, training, model))
    return batches
