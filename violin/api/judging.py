"""The judge with the methods of a scikit-learn classifier."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from violin.errors import optional_libraries
from violin.music import Phrase

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.judge.explain import Reason
    from models.judge.score import Judge as TrainedJudge


class Judge:
    """Distinguishes human from machine phrases; `Judge.load()` reads the shipped judge.

    `classes_` are the columns of `predict_proba`.
    """

    classes_ = ("machine", "human")

    def __init__(self, trained: TrainedJudge) -> None:
        self._trained = trained

    @classmethod
    @optional_libraries()
    def load(cls, path: str | os.PathLike[str] | None = None, mode: str = "self-negatives") -> Judge:
        """A judge from its weight file, the shipped one by default; `mode` is "positives-only",
        "self-negatives" or "open". WeightsError if the file does not fit."""
        from models.judge.score import Judge as TrainedJudge

        return cls(TrainedJudge.load(Path(path) if path is not None else None, mode))

    @optional_libraries()
    def predict_proba(self, phrases: Sequence[Phrase], *, composer: str) -> NDArray[np.float64]:
        """Probabilities at equal priors: float64[n, 2], the columns in the order of `classes_`.

        `composer` is the slug of the composer whose style the phrases claim to have. A phrase without
        notes gets .5.
        """
        import numpy as np

        human = np.array(self._trained.score(list(phrases), composer), np.float64)
        return np.stack([1 - human, human], axis=1)

    def predict(self, phrases: Sequence[Phrase], *, composer: str) -> list[str]:
        """ "human" or "machine" for each phrase, whichever is likelier."""
        return [self.classes_[int(row[1] >= 0.5)] for row in self.predict_proba(phrases, composer=composer)]

    @optional_libraries()
    def explain(self, phrase: Phrase, *, composer: str, count: int = 5) -> list[Reason]:
        """The features that moved the judgement of one phrase most, strongest first."""
        return self._trained.explain(phrase, composer, count)
