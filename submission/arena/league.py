"""The two official league tables over every generator and every judge, with intervals.

A generator's score is the mean HCS of its phrases over all judges. A judge's is its mean HCS of
the human phrases plus the mean of 1 - HCS over generated ones. Intervals are the middle 95 % of
1,000 bootstrap draws of phrases (Efron 1979), the same draws in every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HUMAN = "human"
DRAWS = 1_000
_LEVEL = (2.5, 97.5)

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a table: the score, its interval, and the score of each composer by slug."""

    name: str
    score: float
    low: float
    high: float
    composers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Board:
    """HCS by (entrant, judge): one number a phrase. Entrant `HUMAN` are the human phrases;
    `slugs` says whose folder each phrase of an entrant lies in. A judge that comes as files has no
    scores for entrants that it has never seen."""

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
        """Those that scored every generator."""
        return [judge for judge in self.judges if all((name, judge) in self.hcs for name in self.generators)]

    def mean(self, entrant: str, judge: str) -> float | None:
        scores = self.hcs.get((entrant, judge))
        return None if scores is None else float(scores.mean())

    def generators_table(self) -> list[Place]:
        """Best first. Only judges that scored every generator count, so that all are compared alike."""
        judges = self.common_judges
        return _ranked(
            _place(name, [np.mean([self.hcs[name, judge] for judge in judges], axis=0)], [self.slugs[name]])
            for name in self.generators
            if judges
        )

    def judges_table(self) -> list[Place]:
        """Best first: over the human phrases and all generated ones that a judge has scored."""
        places = []
        for judge in self.judges:
            seen = [name for name in self.generators if (name, judge) in self.hcs]
            if not seen or (HUMAN, judge) not in self.hcs:
                continue
            machine = np.concatenate([1 - self.hcs[name, judge] for name in seen])
            machine_slugs = [slug for name in seen for slug in self.slugs[name]]
            places.append(
                _place(judge, [self.hcs[HUMAN, judge], machine], [self.slugs[HUMAN], machine_slugs])
            )
        return _ranked(places)


def _ranked(places: Iterable[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (-place.score, place.name))


def _place(name: str, terms: Sequence[Scores], slugs: Sequence[Sequence[str]]) -> Place:
    """The sum of the terms' means with its interval, each term's phrases drawn apart."""
    random = np.random.default_rng(0)
    totals = np.zeros(DRAWS)
    for term in terms:
        totals += term[random.integers(0, len(term), (DRAWS, len(term)))].mean(axis=1)
    low, high = np.percentile(totals, _LEVEL)
    composers = {}
    for slug in dict.fromkeys(slugs[0]):
        parts = [
            term[np.array([each == slug for each in whose])] for term, whose in zip(terms, slugs, strict=True)
        ]
        if all(len(part) for part in parts):
            composers[slug] = float(sum(part.mean() for part in parts))
    return Place(name, float(sum(term.mean() for term in terms)), float(low), float(high), composers)
