"""Machine lines by the project's own composer, between outer bars of human phrases.

Our composer is the strongest generator that we can sample freely, so it is the hardest test of the
judge. It is a separate cluster, with one family per checkpoint and sampling setting. The evaluation
leaves all of them out together. The composer was trained only on human music, so its lines belong to the
self-negatives mode.

Each answer also gives a second line, which repeats bars where the human phrase repeats them
(`negatives.replanned`). So the judge cannot recognise our composer by its repetition.

The lines take minutes to compose, so they are kept in a phrase store. Its field `source` names
the family; all other fields are those of the phrase with the given outer bars.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from data_prep.corpus.store import OTHER, SPLITS, PhraseStore, StoredPhrase
from models.judge.classifier.balance import COMPOSER
from models.judge.features.canonical import canonical, phrase_of_line
from models.judge.training.negatives.family import Tone, bar_tones
from models.judge.training.negatives.replanned import replanned
from violin.challenge import SLUGS
from violin.music import Phrase
from violin.pair import outer_pair

if TYPE_CHECKING:
    from models.generation.request import Request

CLUSTER = COMPOSER
ROWS = 64  # phrases in a batch


@dataclass(frozen=True)
class Sampling:
    """A way to sample the composer: the options of `SamplingOptions`, and the number of answers of which the
    critic keeps the best."""

    temperature: float = 1.0
    min_p: float = 0.03
    guidance: float = 1.0
    candidates: int = 1
    top_k: int | None = None
    top_p: float = 1.0

    @property
    def name(self) -> str:
        """The temperature and the settings that differ from the default: '0.8', '1_min_p_0',
        '1_guidance_1.5', '1_best_of_4'."""
        words = [f"{self.temperature:g}"]
        words += [f"min_p_{self.min_p:g}"] if self.min_p != 0.03 else []
        words += [f"top_k_{self.top_k}"] if self.top_k is not None else []
        words += [f"top_p_{self.top_p:g}"] if self.top_p < 1 else []
        words += [f"guidance_{self.guidance:g}"] if self.guidance != 1 else []
        words += [f"best_of_{self.candidates}"] if self.candidates > 1 else []
        return "_".join(words)


class Critic(Protocol):
    """Chooses among candidates: `models.reranking.trained_critic.TrainedCritic`."""

    def score(self, requests: Sequence[Request], phrases: Sequence[Phrase]) -> list[float]:
        """A score of each phrase, higher is better. Phrase i answers request i."""


PLAIN = Sampling()
SAMPLINGS = (
    Sampling(0.8),
    PLAIN,
    Sampling(1.15),
    Sampling(min_p=0),
    Sampling(guidance=1.5),
    Sampling(candidates=4),
    Sampling(1.3, min_p=0.1),
    Sampling(min_p=0, top_k=8),
    Sampling(min_p=0, top_p=0.9),
    Sampling(0.6),
    Sampling(candidates=16),
)


def family_name(sampling: Sampling, checkpoint: str = "", planned: bool = False) -> str:
    """The name of the family of lines: 'composer_1'; 'composer-early_1' for a checkpoint named 'early';
    'composer-plan_1' if bars are repeated as in the human phrase."""
    words = [CLUSTER, *([checkpoint] if checkpoint else []), *(["plan"] if planned else [])]
    return f"{'-'.join(words)}_{sampling.name}"


def compose(
    phrases: Sequence[StoredPhrase],
    weights: Path | None,
    sampling: Sampling,
    seed: int,
    on_done: Callable[[], None] = lambda: None,
    checkpoint: str = "",
    critic: Critic | None = None,
) -> list[StoredPhrase]:
    """The phrases with newly composed inner bars; one or two outer bars are kept. `weights` None:
    the shipped composer. Each answer is followed by its variant with the repetitions of the human phrase, if
    one can be made. `source` is the family's name. Without a `critic`, the first candidate is kept."""
    from models.generation.infill import infill
    from models.generation.model import ComposerModel
    from models.generation.request import Request
    from models.generation.sampling import SamplingOptions

    name, planned_name = (family_name(sampling, checkpoint, planned) for planned in (False, True))
    model, count = ComposerModel.load(weights), sampling.candidates
    random = np.random.default_rng([seed, zlib.crc32(name.encode())])
    options = SamplingOptions(
        temperature=sampling.temperature,
        min_p=sampling.min_p,
        top_k=sampling.top_k,
        top_p=sampling.top_p,
        guidance=sampling.guidance,
        seed=seed,
        rows=ROWS,
    )
    made = []
    for start in range(0, len(phrases), ROWS):
        part = phrases[start : start + ROWS]
        requests, outers = [], []
        for index, one in enumerate(part, start):
            claimed = one.composer if one.composer != OTHER else SLUGS[index % len(SLUGS)]
            outer = int(random.integers(1, 3))
            outers.append(outer)
            pair = outer_pair(one.phrase, outer, outer)
            requests += [Request(pair, claimed, one.phrase.bars, (seed, index, n)) for n in range(count)]
        answers = [answer.phrase.on_grid() for answer in infill(model, requests, options)]
        score = np.array(critic.score(requests, answers) if critic is not None else [0.0] * len(answers))
        best = score.reshape(-1, count).argmax(axis=1) + count * np.arange(len(part))
        for one, outer, index in zip(part, outers, best.tolist(), strict=True):
            made.append(replace(one, phrase=answers[index], source=name))
            planned = with_plan_of(one.phrase, made[-1].phrase, outer, random)
            if planned is not None:
                made.append(replace(one, phrase=planned, source=planned_name))
            on_done()
    return made


def with_plan_of(human: Phrase, answer: Phrase, outer: int, random: np.random.Generator) -> Phrase | None:
    """The human phrase with new inner bars: a bar that is new in the human phrase is taken from the answer,
    the others are repeated as in the human phrase. None if the numbers of bars differ or too few notes are
    left."""
    line, composed = canonical(human), canonical(answer)
    if line.bars != composed.bars or line.bars != human.bars or line.bars <= 2 * outer:
        return None

    def new_bar(bar: int, written: Sequence[Tone]) -> list[Tone]:
        return bar_tones(composed, bar)

    made = replanned(line, outer, line.bars - outer, new_bar, random)
    if made is None or made.bars != line.bars:
        return None
    return phrase_of_line(made).on_grid()


def composed_store(
    human: PhraseStore,
    checkpoints: Mapping[str, Path | None],
    counts: dict[str, int],
    seed: int,
    samplings: Sequence[Sampling] = SAMPLINGS,
    critic: Critic | None = None,
    on_done: Callable[[], None] = lambda: None,
) -> PhraseStore:
    """A store of composed phrases by each of `checkpoints` (name to weights; the shipped weights are "" to
    None): `counts[split]` phrases per sampling setting, from random human phrases. Phrases of the eight
    composers are chosen three times as often. The shipped weights are sampled with all settings, the others
    with the plain one. Without a `critic`, settings with several candidates are left out."""
    made: list[StoredPhrase] = []
    for checkpoint, weights in checkpoints.items():
        for sampling in (PLAIN,) if checkpoint else samplings:
            if sampling.candidates > 1 and critic is None:
                continue
            name = family_name(sampling, checkpoint)
            random = np.random.default_rng([seed, 13, zlib.crc32(name.encode())])
            for split in SPLITS:
                phrases = human.select(split)
                weight = np.array([1.0 if one.composer == OTHER else 3.0 for one in phrases])
                if not len(weight):
                    continue
                count = min(counts.get(split, 0), len(phrases))
                chosen = random.choice(len(phrases), size=count, replace=False, p=weight / weight.sum())
                given = [phrases[index] for index in chosen]
                made += compose(given, weights, sampling, seed, on_done, checkpoint, critic)
    return PhraseStore(made, {"made_by": "models.judge.training.composed", "seed": seed})
