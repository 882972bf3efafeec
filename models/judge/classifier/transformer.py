"""What the composer's own transformer thinks of a line: a second opinion, optional at run time.

The transformer reads a line as it would write one: header, last bar, first bar, then the bars
between. It never saw the works of the validation side, so the features below are honest there
without training it five times over; the second stage is fitted on those works alone
(`models.judge.classifier.stacking`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from constraints.language.tokenizer import Encoded, encode
from constraints.language.vocabulary import VOCABULARY, Kind
from models.judge.features.bars import Bars
from models.judge.features.canonical import Line, events_of, phrase_of_line
from models.judge.features.measures import (
    Array,
    Feature,
    Features,
    Values,
    correlation,
    deviation,
    mean,
    share,
)
from models.judge.features.table import Matrix
from violin.challenge import MAX_BARS, MIN_BARS
from violin.music import Key

if TYPE_CHECKING:
    from models.generation.infill import ComposerModel

_TOKENS_AT_ONCE = 8_192
_WINDOW = 8
_MIDDLE = 3  # `Encoded.part` of the bars between
_KINDS = (Kind.POSITION, Kind.PITCH, Kind.DURATION)
_LM = "next-token likelihood: GLTR, Gehrmann et al. 2019"

FEATURES: Features = {
    "net_note": Feature("surprise of the transformer a note of the inner bars", _LM),
    "net_outer": Feature("its surprise a note of the outer bars", _LM),
    "net_inner": Feature("its surprise at the inner bars less that at the outer bars", "CSMT 2020"),
    "net_pitch": Feature("its surprise at the pitches", _LM),
    "net_pitch_surplus": Feature(
        "its surprise at the pitches beyond what it expected", "typical set: Meister et al. 2023"
    ),
    "net_pitch_atypical": Feature("distance of that from what it expected, either way", "Meister 2023"),
    "net_pitch_curvature": Feature(
        "that in deviations of its own expectation", "Fast-DetectGPT: Bao et al. 2024"
    ),
    "net_pitch_rank": Feature(
        "how far down its list the pitches lie", "log-rank: Su et al., DetectLLM, 2023"
    ),
    "net_pitch_first": Feature("share of pitches that it thought likeliest", _LM),
    "net_pitch_worst": Feature("its surprise at the eight most surprising pitches in a row", _LM),
    "net_pitch_best": Feature("its surprise at the eight least surprising pitches in a row", _LM),
    "net_pitch_spread": Feature("unevenness of its surprise at the pitches", "Temperley 2019"),
    "net_pitch_drift": Feature("whether that surprise grows", "Temperley 2019"),
    "net_pitch_entropy": Feature("how open the next pitch is to it", "Shannon 1948"),
    "net_time": Feature("its surprise at the places in the bar", _LM),
    "net_time_surplus": Feature("that beyond what it expected", "Meister 2023"),
    "net_length": Feature("its surprise at the lengths", _LM),
    "net_length_surplus": Feature("that beyond what it expected", "Meister 2023"),
    "net_read": Feature("whether the transformer can read the line", "its vocabulary"),
}
NAMES: tuple[str, ...] = tuple(FEATURES)


def opinions(
    model: ComposerModel,
    lines: Sequence[Line],
    composers: Sequence[str],
    on_done: Callable[[int], None] = lambda count: None,
) -> Matrix:
    """The transformer's features of lines: float64[n, features]; a line that it cannot read (fewer
    than 8 bars, another meter) has zeros."""
    rows = np.zeros((len(lines), len(NAMES)))
    encoded = {index: row for index, row in enumerate(map(_encoded, lines, composers)) if row is not None}
    for batch in _batches({index: len(row) for index, row in encoded.items()}):
        for index, read in zip(batch, _read(model, [encoded[index] for index in batch]), strict=True):
            values = _measured(encoded[index], read)
            rows[index] = [values[name] for name in NAMES]
        on_done(len(batch))
    return np.nan_to_num(rows, nan=0.0, posinf=0.0, neginf=0.0)


def composer_reader(threads: int) -> tuple[Callable[[Sequence[Line], Sequence[str]], Matrix], str]:
    """What reads lines with the shipped composer, and the sha256 of its weights."""
    import torch

    from models.composer.checkpoint import weights_digest
    from models.generation.infill import SHIPPED_WEIGHTS, ComposerModel

    torch.set_num_threads(threads)
    return partial(opinions, ComposerModel.load()), weights_digest(SHIPPED_WEIGHTS)


def _encoded(line: Line, composer: str) -> Encoded | None:
    """The line with its outer bars given; the key is found, since the canonical form has none."""
    if not MIN_BARS <= line.bars <= MAX_BARS:
        return None
    key = Bars(line, events_of(line)).key
    fifths = (7 * (key.tonic + 3 * key.minor) + 6) % 12 - 6
    try:
        return encode(replace(phrase_of_line(line).on_grid(), key=Key(fifths, key.minor)), composer, 1, 1)
    except ValueError:
        return None


def _batches(lengths: dict[int, int]) -> Iterator[list[int]]:
    """Indices in batches of like length."""
    batch: list[int] = []
    for index in sorted(lengths, key=lambda index: (lengths[index], index)):
        if batch and (len(batch) + 1) * lengths[index] > _TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _read(model: ComposerModel, rows: Sequence[Encoded]) -> list[Array]:
    """For each row and each token after its first: surprise, entropy, variance of the surprise and
    rank, all among the tokens of its own kind; float64[4, length - 1]."""
    import torch

    length = max(len(row) for row in rows) - 1
    tokens = np.full((len(rows), length), VOCABULARY.PAD, np.int64)
    channels = np.zeros((len(rows), length, rows[0].channels.shape[1]), np.int64)
    for index, row in enumerate(rows):
        tokens[index, : len(row) - 1] = row.tokens[:-1]
        channels[index, : len(row) - 1] = row.channels[:-1]
    with torch.no_grad():
        device = model.net.device
        logits = model.net.sequence_logits(
            torch.from_numpy(tokens).to(device), torch.from_numpy(channels).to(device)
        )
        found = []
        for index, row in enumerate(rows):
            log_chance = torch.log_softmax(logits[index, : len(row) - 1], dim=-1)
            following = torch.from_numpy(row.tokens[1:].astype(np.int64)).to(device)
            own = log_chance.gather(1, following[:, None])
            chance = log_chance.exp()
            entropy = -(chance * log_chance).sum(-1)
            variance = (chance * log_chance**2).sum(-1) - entropy**2
            rank = (log_chance > own).sum(-1)
            found.append(torch.stack([-own[:, 0], entropy, variance, rank.float()]).double().cpu().numpy())
    return found


def _measured(row: Encoded, read: Array) -> Values:
    following, part = row.tokens[1:].astype(np.int64), row.part[1:]
    kind = VOCABULARY.kind[following]
    nll, entropy, variance, rank = read
    inner, note = part == _MIDDLE, kind == Kind.PITCH
    said = np.isin(kind, _KINDS)
    time, pitch, length = (inner & (kind == one) for one in _KINDS)
    in_bars = (part > 0) & said
    a_note = float(nll[inner & said].sum()) / max(1, int((inner & note).sum()))
    outer = float(nll[in_bars & ~inner].sum()) / max(1, int((note & (part > 0) & ~inner).sum()))
    surplus = mean((nll - entropy)[pitch])
    scale = float(np.sqrt(np.maximum(variance[pitch].sum(), 0)))
    windows = _windows(nll[pitch])
    return {
        "net_note": a_note,
        "net_outer": outer,
        "net_inner": a_note - outer,
        "net_pitch": mean(nll[pitch]),
        "net_pitch_surplus": surplus,
        "net_pitch_atypical": abs(surplus),
        "net_pitch_curvature": float((nll - entropy)[pitch].sum()) / scale if scale > 1e-9 else 0.0,
        "net_pitch_rank": mean(np.log1p(rank[pitch])),
        "net_pitch_first": share(rank[pitch] == 0),
        "net_pitch_worst": float(windows.max()),
        "net_pitch_best": float(windows.min()),
        "net_pitch_spread": deviation(nll[pitch]),
        "net_pitch_drift": correlation(np.arange(int(pitch.sum()), dtype=float), nll[pitch]),
        "net_pitch_entropy": mean(entropy[pitch]),
        "net_time": mean(nll[time]),
        "net_time_surplus": mean((nll - entropy)[time]),
        "net_length": mean(nll[length]),
        "net_length_surplus": mean((nll - entropy)[length]),
        "net_read": 1.0,
    }


def _windows(values: Array) -> Array:
    if len(values) <= _WINDOW:
        return np.array([mean(values)])
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray((sums[_WINDOW:] - sums[:-_WINDOW]) / _WINDOW)
