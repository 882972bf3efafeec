"""The two official league tables, of generators and of judges, with intervals.

A generator's score is the mean HCS of its phrases over all judges. A judge's is its mean HCS of
the human phrases plus the mean of 1 - HCS over generated ones. Intervals are the middle 95 % of
1,000 bootstrap draws of phrases (Efron 1979), the same draws in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from violin.challenge import official_score

HUMAN = "human"
DRAWS = 1_000
_LEVEL = (2.5, 97.5)

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a table: the score, its interval, and the score per composer slug."""

    name: str
    score: float
    low: float
    high: float
    composers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Board:
    """HCS by (entrant, judge): one number per phrase. The entrant `HUMAN` is the human phrases.
    `slugs` gives the composer folder of each phrase of an entrant. A judge given as files has no
    scores for other entrants' phrases."""

    hcs: Mapping[tuple[str, str], Scores]
    slugs: Mapping[str, Sequence[str]]

    @property
    def generators(self) -> list[str]:
        return [name for name in self.slugs if name != HUMAN]

    @property
    def judges(self) -> list[str]:
        return list(dict.fromkeys(judge for _, judge in self.hcs))

    @property
    def common_judges(self) -> list[str]:
        """The judges that scored every generator."""
        return [judge for judge in self.judges if all((name, judge) in self.hcs for name in self.generators)]

    def mean(self, entrant: str, judge: str) -> float | None:
        scores = self.hcs.get((entrant, judge))
        return None if scores is None else float(scores.mean())

    def generators_table(self) -> list[Place]:
        """Best first. Only judges that scored every generator count, so that all generators are
        compared on the same judges."""
        judges = self.common_judges
        if not judges:
            return []
        means = {
            name: np.mean([self.hcs[name, judge] for judge in judges], axis=0) for name in self.generators
        }
        return _ranked(
            _place(name, _generator_score, [(hcs, self.slugs[name])]) for name, hcs in means.items()
        )

    def judges_table(self) -> list[Place]:
        """Best first. A judge's score is over the human phrases and all generated ones that it has
        scored."""
        places = []
        for judge in self.judges:
            seen = [name for name in self.generators if (name, judge) in self.hcs]
            if not seen or (HUMAN, judge) not in self.hcs:
                continue
            human = (self.hcs[HUMAN, judge], self.slugs[HUMAN])
            machine = (
                np.concatenate([self.hcs[name, judge] for name in seen]),
                [slug for name in seen for slug in self.slugs[name]],
            )
            places.append(_place(judge, official_score, [human, machine]))
        return _ranked(places)


def _ranked(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (-place.score, place.name))


def _generator_score(hcs: float) -> float:
    """A generator's score is the mean HCS itself."""
    return hcs


def _place(
    name: str, score_of: Callable[..., float], groups: Sequence[tuple[Scores, Sequence[str]]]
) -> Place:
    """Apply `score_of` to the mean HCS of each group of phrases; the bootstrap draws phrases within
    their group. A group has the HCS and the folder's slug of each phrase."""
    random = np.random.default_rng(0)
    drawn = [hcs[random.integers(0, len(hcs), (DRAWS, len(hcs)))].mean(axis=1).tolist() for hcs, _ in groups]
    low, high = np.percentile([score_of(*means) for means in zip(*drawn, strict=True)], _LEVEL)
    composers = {}
    for slug in dict.fromkeys(groups[0][1]):
        own = [hcs[np.array([each == slug for each in slugs])] for hcs, slugs in groups]
        if all(len(part) for part in own):
            composers[slug] = score_of(*(float(part.mean()) for part in own))
    score = score_of(*(float(hcs.mean()) for hcs, _ in groups))
    return Place(name, score, float(low), float(high), composers)
