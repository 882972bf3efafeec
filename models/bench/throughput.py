"""Throughput of the composer: one process per core, each with one thread.

With n processes, each composes every n-th request. An answer does not depend on the other requests in its
batch, so the distribution does not change the answers.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch
from joblib import Parallel, delayed

from constraints.language.vocabulary import VOCABULARY
from models.composer.config import ModelConfig
from models.generation.infill import infill
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from models.training.tasks import encoded_length
from violin.challenge import METERS, SLUGS
from violin.music import Key, Phrase
from violin.pair import Pair, free_pair, outer_pair

_SEED_PHRASES = 16


@dataclass(frozen=True, slots=True)
class Speed:
    """Wall-clock seconds from the first request to the last answer, without loading the models."""

    phrases: int
    bars: int
    workers: int
    seconds: float
    notes: int  # of the middle bars
    tokens: int
    megabytes: float  # the largest process

    @property
    def notes_per_second(self) -> float:
        return self.notes / self.seconds

    @property
    def tokens_per_second(self) -> float:
        return self.tokens / self.seconds


def sample_pairs(model: ComposerModel, bars: int) -> list[Pair]:
    """Given pairs without files: the outer bars of phrases that the model composes itself."""
    requests = [
        Request(free_pair(METERS[index % 2], Key(index % 7 - 3)), SLUGS[index % len(SLUGS)], bars, (index,))
        for index in range(_SEED_PHRASES)
    ]
    return [outer_pair(found.phrase) for found in infill(model, requests, guards=None)]


def measured(
    weights: Path | None,
    pairs: Sequence[Pair],
    phrases: int,
    bars: int,
    workers: int,
    options: SamplingOptions,
    int8: bool = False,
) -> Speed:
    """Compose `phrases` answers of `bars` bars, taking the pairs in turn and repeating them as needed."""
    requests = [
        Request(replace(pairs[index % len(pairs)], bars=None), SLUGS[index % len(SLUGS)], bars, (index,))
        for index in range(phrases)
    ]
    shares = [requests[worker::workers] for worker in range(workers)]
    with Parallel(n_jobs=workers, inner_max_num_threads=1) as pool:
        pool(delayed(_warm)(weights, int8) for _ in shares)
        began = time.perf_counter()
        done = pool(delayed(_write)(weights, int8, share, options) for share in shares)
        seconds = time.perf_counter() - began
    notes, tokens, megabytes = zip(*done, strict=True)
    return Speed(phrases, bars, workers, seconds, sum(notes), sum(tokens), max(megabytes))


def library_speed(config: ModelConfig, rows: int = 64, prompt: int = 100, tokens: int = 400) -> float:
    """Tokens per second of x-transformers' own `generate` in one process with one thread."""
    from models.composer.network import library_tokens

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    library_tokens(config, len(VOCABULARY), 2, prompt, 2)
    began = time.perf_counter()
    library_tokens(config, len(VOCABULARY), rows, prompt, tokens)
    seconds = time.perf_counter() - began
    torch.set_num_threads(threads)
    return rows * tokens / seconds


@lru_cache
def _loaded(weights: Path | None, int8: bool) -> ComposerModel:
    torch.set_num_threads(1)
    return ComposerModel.load(weights, int8=int8)


def _warm(weights: Path | None, int8: bool) -> None:
    infill(_loaded(weights, int8), [Request(free_pair(), None, 8)], guards=None)
    time.sleep(0.5)  # so that each process takes one share


def _write(
    weights: Path | None, int8: bool, requests: Sequence[Request], options: SamplingOptions
) -> tuple[int, int, float]:
    """The numbers of notes and tokens composed, and this process's memory in megabytes."""
    answers = infill(_loaded(weights, int8), requests, options, guards=None)
    middles = [
        _middle(answer.phrase, request.pair) for answer, request in zip(answers, requests, strict=True)
    ]
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    notes = sum(len(middle.notes) for middle in middles)
    return notes, sum(map(_middle_tokens, middles, requests)), kilobytes / 1024


def _middle(phrase: Phrase, pair: Pair) -> Phrase:
    """An answer on the grid with only the notes of its middle bars."""
    bar = phrase.bar_ticks
    first, last = pair.beginning_bars * bar, (phrase.bars - pair.ending_bars) * bar
    notes = tuple(note for note in phrase.notes if first <= note.onset_ticks < last)
    return replace(phrase, notes=notes).on_grid()


def _middle_tokens(middle: Phrase, request: Request) -> int:
    """The number of tokens composed for an answer: its middle bars and EOS, without the given bars."""
    header_and_marks_but_eos = 10
    return encoded_length(middle) - header_and_marks_but_eos - request.pair.given_bars
