"""Compose phrases. `violin compose` and `violin.compose` call this module.

    settings = ComposeSettings(composers=("paganini",), bars=12, variations=4)
    for composed in compose([("pair", read_pair(path))], settings):
        save_phrase(composed.answer.phrase, Path(f"{composed.name}-{composed.variation}.mid"))

The same settings, names and pairs give the same phrases, whatever is composed in the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

from models.generation.guards.standard import guards_with_rhythm, standard_guards
from models.generation.infill import infill
from models.generation.lengths import drawn_bars
from models.generation.model import ComposerModel, one_thread
from models.generation.request import Answer, Request
from models.generation.sampling import SamplingOptions
from models.reranking.mixture import Mixture
from violin.challenge import SLUGS
from violin.errors import PairError, SettingsError
from violin.instrument import Tier
from violin.music import Phrase
from violin.pair import Pair


@dataclass(frozen=True, slots=True)
class ComposeSettings:
    """How to compose.

    composers    slugs; each pair is answered once per composer and variation
    bars         length of the whole phrase, 8 to 16; None: the pair's gap, else 8; "auto": drawn
                 from the lengths of training phrases
    variations   answers to each pair in each composer's style
    candidates   samples per answer; the mixture of critic and judge keeps the best one
    seed         random seed; another seed gives other phrases
    density      0 (few notes) to 5 (many); None: not requested
    lowest, highest   limits of the middle as MIDI pitches; None: the violin's range
    hardest      the hardest tier of multiple stops allowed
    temperature, guidance   see `models.generation.sampling.SamplingOptions`; None: its default
    rhythm       a phrase whose rhythm the middle copies, bar by bar
    weights      a weight file; None: the shipped one
    device, int8   the device, and whether its matrix products are in int8
    """

    composers: tuple[str, ...] = ("bach",)
    bars: int | Literal["auto"] | None = None
    variations: int = 1
    candidates: int = 1
    seed: int = 1
    density: int | None = None
    lowest: int | None = None
    highest: int | None = None
    hardest: Tier = Tier.VIRTUOSO
    temperature: float | None = None
    guidance: float | None = None
    rhythm: Phrase | None = None
    weights: Path | None = None
    device: str = "cpu"
    int8: bool = False

    def sampling(self) -> SamplingOptions:
        """The options of the sampler; SettingsError if one is illegal."""
        chosen: dict[str, Any] = {
            "lowest": self.lowest,
            "highest": self.highest,
            "temperature": self.temperature,
            "guidance": self.guidance,
        }
        given = {name: value for name, value in chosen.items() if value is not None}
        try:
            return SamplingOptions(density=self.density, seed=self.seed, hardest=self.hardest, **given)
        except ValueError as error:
            raise SettingsError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer, the name of its pair and the number of the variation, from 1."""

    name: str
    variation: int
    request: Request
    answer: Answer


def compose(
    pairs: Sequence[tuple[str, Pair]],
    settings: ComposeSettings | None = None,
    *,
    on_done: Callable[[Composed], None] = lambda composed: None,
    on_error: Callable[[PairError], None] | None = None,
) -> list[Composed]:
    """Compose answers to named pairs, ordered by pair, style and variation. A free pair gives a
    whole phrase.

    The name of a pair is part of its random key, so two pairs get different answers. `on_done` is
    called with each answer as soon as it is finished, in any order. If a pair cannot be answered at
    the requested length, `on_error` is called and the other pairs are answered; without `on_error`
    the error is raised. Raises SettingsError for illegal settings, before any weights are read, and
    WeightsError if the weights are missing or do not fit.
    """
    settings = settings or ComposeSettings()
    options = settings.sampling()
    _check(settings, pairs)
    model = ComposerModel.load(settings.weights, settings.device, settings.int8)
    planned: list[tuple[str, int, Request]] = []
    for name, pair in pairs:
        try:
            planned += _planned(name, pair, settings, model.weights.facts)
        except PairError as error:
            if on_error is None:
                raise
            on_error(error)

    def done(index: int, answer: Answer) -> None:
        on_done(Composed(*planned[index], answer))

    requests = [request for _, _, request in planned]
    try:
        with one_thread():
            answers = _best_answers(model, requests, options, settings, done)
    except ValueError as error:  # a range without a playable note
        raise SettingsError(str(error)) from None
    return [Composed(*plan, answer) for plan, answer in zip(planned, answers, strict=True)]


def _check(settings: ComposeSettings, pairs: Sequence[tuple[str, Pair]]) -> None:
    for slug in settings.composers:
        if slug not in SLUGS:
            raise SettingsError(f"unknown composer {slug!r}; legal: {', '.join(SLUGS)}")
    for name, pair in pairs:
        if settings.rhythm is not None and pair.meter != settings.rhythm.meter:
            raise SettingsError(
                f"the rhythm is in {settings.rhythm.meter}; legal: {pair.meter}, as {name} is"
            )


def _planned(
    name: str, pair: Pair, settings: ComposeSettings, facts: Mapping[str, Any]
) -> list[tuple[str, int, Request]]:
    """(name, variation, request) of each answer to one pair."""
    planned = []
    for slug, variation in product(settings.composers, range(settings.variations)):
        key = (SLUGS.index(slug), variation, *name.encode())
        if settings.bars == "auto":
            bars: int | None = max(drawn_bars(facts, settings.seed, key), pair.fewest_bars)
        else:
            bars = settings.bars
        planned.append((name, variation + 1, Request(pair, slug, pair.choose_bars(bars), key)))
    return planned


def _best_answers(
    model: ComposerModel,
    requests: Sequence[Request],
    options: SamplingOptions,
    settings: ComposeSettings,
    on_done: Callable[[int, Answer], None],
) -> list[Answer]:
    """The answer to each request: the best one if there are several candidates."""
    guards = guards_with_rhythm(settings.rhythm) if settings.rhythm else standard_guards
    count = settings.candidates
    if count == 1:
        return infill(model, requests, options, guards=guards, on_done=on_done)
    mixture = Mixture.shipped(count)
    asked = [replace(request, key=(*request.key, number)) if number else request
             for request in requests for number in range(count)]  # fmt: skip
    waiting: dict[int, dict[int, Answer]] = {index: {} for index in range(len(requests))}
    best: dict[int, Answer] = {}

    def choose(place: int, answer: Answer) -> None:
        index, number = divmod(place, count)
        waiting[index][number] = answer
        if len(waiting[index]) == count:
            candidates = waiting.pop(index)
            ordered = [candidates[number] for number in range(count)]
            best[index] = ordered[mixture.pick([requests[index]], [ordered])[0].index]
            on_done(index, best[index])

    infill(model, asked, options, guards=guards, on_done=choose)
    return [best[index] for index in range(len(requests))]
