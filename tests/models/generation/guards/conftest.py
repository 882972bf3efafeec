"""Random middles that the decoder and a guard allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.spec import DecodeSpec
from constraints.language.vocabulary import VOCABULARY, Kind
from models.generation.sampling import Guard
from violin.music import Meter

RandomMiddles = Callable[[Guard, int, Mapping[Kind, float]], list[list[int]]]


@pytest.fixture
def random_middles() -> RandomMiddles:
    """A function (guard, rows, weights) that gives the onsets of each bar of each row's middle: 14 bars
    of 4/4 without given notes. The kind of each token is drawn first, with `weights` (1 if unnamed)."""

    def drawn(guard: Guard, rows: int, weights: Mapping[Kind, float]) -> list[list[int]]:
        random = np.random.default_rng(7)
        spec = DecodeSpec(16, 1, 1, Meter(4, 4), has_given_notes=False)
        decoder = ConstraintDecoder([spec] * rows, lowest=60, highest=67)  # no shifts, which take time
        share = np.array([weights.get(Kind(kind), 1.0) for kind in VOCABULARY.kind])
        share /= np.bincount(VOCABULARY.kind)[VOCABULARY.kind]
        bars: list[list[int]] = [[] for _ in range(rows)]
        while not decoder.done.all():
            mask = decoder.mask().copy()
            guard.restrict(mask)
            chances = (mask * share).cumsum(axis=1)
            tokens = (chances > random.random((rows, 1)) * chances[:, -1:]).argmax(axis=1)
            for row, kind in enumerate(VOCABULARY.kind[tokens]):
                if kind == Kind.BAR:
                    bars[row].append(0)
                elif kind == Kind.POSITION:
                    bars[row][-1] += 1
            decoder.advance(tokens)
            guard.advance(tokens)
        return bars

    return drawn
