"""Chooses the best of several answers by a weighted mean of measures, each from 0 to 1 (best).

critic       the human probability of the critic, which is fitted against our composer. The composer's own
             network reads each candidate for it, which takes half as long as composing the candidate
judge        the human probability of our judge, which is fitted against many kinds of machine music
likelihood   how near the answer's bits per note are to the median of the candidates. Too predictable and
             too surprising answers both lose (machine music is *more* likely to a model than human music)
seam         how human the leaps at the two seams between the given bars and the middle are
form         the share of form metrics inside the band of human phrases (`models.form.HUMAN_BANDS`)
novelty      how far the longest familiar run stays below the limit of the copy guard
tier         the share of easy stops: within third position, span at most 82 mm
close        for a phrase without a given ending: how well it closes
full         the share of composed bars with more than one onset, if every given bar has more than one

The default shares are in the critic's file, tuned for the same composer model on validation works
(`models.reranking.tuning`). The judge has none: beside this critic, it makes the choice easier to tell
from human music. A measure that cannot be computed for an answer counts as 1 for all candidates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from models.generation.request import Answer, Request
from models.judge.scorer import Judge, TrainedJudge
from models.reranking.choice import Pick
from models.reranking.measures import ALONE, typical
from models.reranking.trained_critic import Critic, TrainedCritic
from violin.errors import SettingsError

MEASURES = ("critic", "judge", "likelihood", "seam", "form", "novelty", "tier", "close", "full")
Shares = tuple[tuple[str, float], ...]
PLAIN_SHARES: Shares = (
    ("form", 0.4),
    ("seam", 0.2),
    ("novelty", 0.1),
    ("tier", 0.1),
    ("close", 3.0),
    ("full", 0.5),
)
"""The shares without a critic."""


def parse_shares(text: str) -> Shares:
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


def shipped_shares() -> Shares:
    """The shares in the shipped critic's file; without a critic `PLAIN_SHARES`."""
    from models.reranking.critic import SHIPPED_CRITIC

    return TrainedCritic().shares if SHIPPED_CRITIC.is_file() else PLAIN_SHARES


@dataclass(frozen=True, slots=True)
class Mixture:
    """Keeps the candidate with the greatest weighted mean of measures; the first one on a tie."""

    candidates: int
    judge: Judge
    shares: Shares = PLAIN_SHARES
    critic: Critic | None = None

    @property
    def identity(self) -> str:
        critic = self.critic.identity if self.critic else "no critic"
        judge = self.judge.identity if dict(self.shares).get("judge") else "no judge"
        shares = ", ".join(f"{name} {share:g}" for name, share in self.shares)
        return f"best of {self.candidates} by {shares}; {judge}; {critic}"

    @classmethod
    def shipped(cls, candidates: int, shares: Shares | None = None) -> Mixture:
        """The mixture with the shipped judge and, if there is one, the shipped critic. `shares` None:
        those of the critic's file."""
        from models.reranking.critic import SHIPPED_CRITIC

        critic = TrainedCritic() if SHIPPED_CRITIC.is_file() else None
        return cls(candidates, TrainedJudge(), shares or shipped_shares(), critic)

    def pick(self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]) -> list[Pick]:
        return [self._best(columns) for columns in self.columns(requests, answers)]

    def appraise(self, request: Request, answers: Sequence[Answer]) -> list[dict[str, float]]:
        """The measures of each of several answers to one request, with their weighted mean as "mixture"."""
        if not answers:
            return []
        columns = self.columns([request], [answers])[0]
        columns = {"mixture": self._totals(columns), **columns}
        return [{name: column[place] for name, column in columns.items()} for place in range(len(answers))]

    def columns(
        self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]
    ) -> list[dict[str, list[float]]]:
        """For each request, the measures that have a share, with one value per candidate."""
        wanted = {name for name, share in self.shares if share}
        found: list[dict[str, list[float]]] = [{} for _ in requests]
        if "critic" in wanted and self.critic is not None:
            asked = [request for request, each in zip(requests, answers, strict=True) for _ in each]
            marks = iter(self.critic.score(asked, [one.phrase for each in answers for one in each]))
            for columns, each in zip(found, answers, strict=True):
                columns["critic"] = [next(marks) for _ in each]
        if "judge" in wanted:
            for columns, judged in zip(found, self._judged(requests, answers), strict=True):
                columns["judge"] = judged
        for columns, request, each in zip(found, requests, answers, strict=True):
            if "likelihood" in wanted:
                columns["likelihood"] = typical([one.bits_per_note for one in each])
            for name, measure in ALONE.items():
                if name in wanted:
                    columns[name] = [measure(request, one.phrase) for one in each]
        return found

    def _judged(self, requests: Sequence[Request], answers: Sequence[Sequence[Answer]]) -> list[list[float]]:
        """The judge's scores, all candidates of a composer in one call."""
        places: dict[str, list[int]] = defaultdict(list)
        for index, request in enumerate(requests):
            places[str(request.composer)].append(index)
        marks: list[list[float]] = [[] for _ in requests]
        for slug, indices in places.items():
            phrases = [one.phrase for index in indices for one in answers[index]]
            upcoming = iter(self.judge.score(phrases, slug))
            for index in indices:
                marks[index] = [next(upcoming) for _ in answers[index]]
        return marks

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
