"""Chooses the best of several answers by a weighted mean of measures, each from 0 to 1 (best).

critic       the human probability of the critic, which is fitted against our composer
judge        the human probability of our judge, which is fitted against many kinds of machine music
likelihood   how near its bits per note are to the median of the candidates: too predictable and too
             surprising answers both lose (machine music is *more* likely to a model than human
             music)
seam         how small the leaps are at the two seams between the given bars and the middle
form         the share of form metrics inside the band of human phrases (`models.form.HUMAN_BANDS`)
novelty      how far its longest familiar run stays below the limit of the copy guard
tier         the share of easy stops: within third position, span at most 82 mm

The default weights were chosen on validation works (docs/composer.md). A measure that cannot be
computed for an answer counts as 1 for all candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from models.form import within_bands
from models.generation.request import Answer, Request
from models.judge.scorer import Judge, TrainedJudge
from models.novelty import shipped_index
from models.reranking.choice import Pick
from models.reranking.trained_critic import Critic, TrainedCritic
from violin.errors import SettingsError
from violin.instrument import Tier, tier
from violin.music import Phrase, sounding_sets

MEASURES = ("critic", "judge", "likelihood", "seam", "form", "novelty", "tier")
DEFAULT_SHARES: tuple[tuple[str, float], ...] = (
    ("critic", 1.0),
    ("judge", 0.3),
    ("form", 0.4),
    ("seam", 0.2),
    ("novelty", 0.1),
    ("tier", 0.1),
)
_SMALL_LEAP = 7  # semitones: up to a fifth is no leap on the violin
_UNMEASURED = 1.0


def parse_shares(text: str) -> tuple[tuple[str, float], ...]:
    """Parse 'judge=1,seam=.5'. An unknown measure raises SettingsError with the legal ones."""
    shares = {}
    for each in text.split(","):
        name, _, value = each.partition("=")
        try:
            shares[name.strip()] = float(value)
        except ValueError as error:
            raise SettingsError(f"share {each!r}; legal: a measure = a number, such as judge=1") from error
    unknown = [name for name in shares if name not in MEASURES]
    if unknown:
        raise SettingsError(f"unknown measure {unknown[0]!r}; legal: {', '.join(MEASURES)}")
    if min(shares.values()) < 0 or not any(shares.values()):
        raise SettingsError(f"shares {text!r}; legal: 0 or more, not all 0")
    return tuple(shares.items())


@dataclass(frozen=True, slots=True)
class Mixture:
    """Keeps the candidate with the greatest weighted mean of measures; the first one on a tie."""

    candidates: int
    judge: Judge
    shares: tuple[tuple[str, float], ...] = DEFAULT_SHARES
    critic: Critic | None = None

    @property
    def identity(self) -> str:
        critic = self.critic.identity if self.critic else "no critic"
        return f"best of {self.candidates} by {self.shares}, {self.judge.identity}, {critic}"

    @classmethod
    def shipped(cls, candidates: int, shares: tuple[tuple[str, float], ...] = DEFAULT_SHARES) -> Mixture:
        """The mixture with the shipped judge and, if there is one, the shipped critic."""
        from models.reranking.critic import SHIPPED_CRITIC

        return cls(candidates, TrainedJudge(), shares, TrainedCritic() if SHIPPED_CRITIC.is_file() else None)

    def pick(self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]) -> list[Pick]:
        return [self._best(columns) for columns in self._columns(requests, answers)]

    def appraise(self, request: Request, answers: Sequence[Answer]) -> list[dict[str, float]]:
        """The measures of each of several answers to one request, with their weighted mean as "mixture"."""
        if not answers:
            return []
        columns = self._columns([request], [answers])[0]
        columns = {"mixture": self._totals(columns), **columns}
        return [{name: column[place] for name, column in columns.items()} for place in range(len(answers))]

    def _columns(
        self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]
    ) -> list[dict[str, list[float]]]:
        """For each request the values of each measure, in the order of its answers."""
        wanted = {name for name, share in self.shares if share}
        marks = self._marks(requests, answers, wanted)
        found = []
        for index, (request, candidates) in enumerate(zip(requests, answers, strict=True)):
            columns: dict[str, list[float]] = {}
            for name, mark in marks.items():
                columns[name] = mark[index]
            if "likelihood" in wanted:
                columns["likelihood"] = _typical([candidate.bits_per_note for candidate in candidates])
            for name, measure in _ALONE.items():
                if name in wanted:
                    columns[name] = [measure(request, candidate.phrase) for candidate in candidates]
            found.append(columns)
        return found

    def _marks(
        self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]], wanted: set[str]
    ) -> dict[str, list[list[float]]]:
        """The scores of judge and critic if the mixture uses them, all candidates of a composer in
        one call."""
        names = [name for name in ("judge", "critic") if name in wanted and (name == "judge" or self.critic)]
        places: dict[str, list[int]] = defaultdict(list)
        for index, request in enumerate(requests):
            places[str(request.composer)].append(index)
        marks: dict[str, list[list[float]]] = {name: [[] for _ in requests] for name in names}
        for slug, indices in places.items() if names else ():
            phrases = [answer.phrase for index in indices for answer in answers[index]]
            for name, values in self._appraised(phrases, slug, names).items():
                upcoming = iter(values)
                for index in indices:
                    marks[name][index] = [next(upcoming) for _ in answers[index]]
        return marks

    def _appraised(
        self, phrases: Sequence[Phrase], slug: str, names: Sequence[str]
    ) -> dict[str, list[float]]:
        if self.critic is None or "critic" not in names:
            return {"judge": self.judge.score(phrases, slug)}
        judged, criticised = self.critic.appraise(phrases, slug)
        found = {"judge": judged, "critic": criticised}
        return {name: found[name] for name in names}

    def _best(self, columns: dict[str, list[float]]) -> Pick:
        totals = self._totals(columns)
        best = max(range(len(totals)), key=lambda place: (totals[place], -place))
        scores = {name: column[best] for name, column in columns.items()}
        return Pick(best, {"mixture": totals[best], "candidate": float(best + 1), **scores})

    def _totals(self, columns: dict[str, list[float]]) -> list[float]:
        """The weighted mean of the measures of each answer."""
        shares = {name: share for name, share in self.shares if name in columns}
        whole = sum(shares.values())
        return [
            sum(share * value for share, value in zip(shares.values(), values, strict=True)) / whole
            for values in zip(*(columns[name] for name in shares), strict=True)
        ]


def _typical(bits: Sequence[float | None]) -> list[float]:
    known = [value for value in bits if value is not None]
    if not known:
        return [_UNMEASURED] * len(bits)
    centre = median(known)
    return [_UNMEASURED if value is None else 1 / (1 + abs(value - centre)) for value in bits]


def _middle(request: Request, phrase: Phrase) -> tuple[int, int]:
    """The first and the end (exclusive) index of the composed bars, from 0."""
    return request.pair.beginning_bars, phrase.bars - request.pair.ending_bars


def _seam(request: Request, phrase: Phrase) -> float:
    """Mean over the seams: 1 for a leap up to a fifth, otherwise 7 semitones divided by the leap."""
    values = []
    for bar in _middle(request, phrase):
        tick = bar * phrase.bar_ticks
        before = [note for note in phrase.notes if note.onset_ticks < tick]
        after = [note for note in phrase.notes if note.onset_ticks >= tick]
        if before and after:
            # The melody is the top note of each chord: the highest pitch of an onset sorts last.
            first = max(note.pitch for note in after if note.onset_ticks == after[0].onset_ticks)
            values.append(_SMALL_LEAP / max(abs(first - before[-1].pitch), _SMALL_LEAP))
    return sum(values) / len(values) if values else _UNMEASURED


def _novelty(request: Request, phrase: Phrase) -> float:
    """1 if there is no familiar run, 0 if it is as long as the copy guard's limit."""
    index = shipped_index()
    if not index.norm.limit_notes:
        return _UNMEASURED
    first, end = _middle(request, phrase)
    run = index.longest_familiar_run(phrase.on_grid(), first, end)
    return max(0.0, 1 - run / index.norm.limit_notes)


def _tier(request: Request, phrase: Phrase) -> float:
    stops = [pitches for _, pitches in sounding_sets(phrase.notes) if len(pitches) > 1]
    if not stops:
        return _UNMEASURED
    return sum(tier(pitches) == Tier.EASY for pitches in stops) / len(stops)


def _form(request: Request, phrase: Phrase) -> float:
    return within_bands(phrase.on_grid())


_ALONE: dict[str, Callable[[Request, Phrase], float]] = {
    "seam": _seam,
    "form": _form,
    "novelty": _novelty,
    "tier": _tier,
}
