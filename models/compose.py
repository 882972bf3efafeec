"""Compose phrases. `violin compose` and `violin.compose` call this module.

    settings = ComposeSettings(composers=("paganini",), bars=12, variations=4)
    for composed in compose([("pair", read_pair(path))], settings):
        save_phrase(composed.answer.phrase, Path(f"{composed.name}-{composed.variation}.mid"))

It composes the middle of a `violin.pair.Pair`, or some bars of a whole phrase (a `violin.pair.Redo`).
The same settings, names and music give the same phrases, whatever else is composed in the same call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Literal, NamedTuple

from constraints.decoding.scale import Scale
from constraints.decoding.sounding import check_range
from models.composer.blend import Blend, is_blend
from models.composer.checkpoint import SHIPPED_WEIGHTS
from models.composer.style import Style, load_style
from models.composing.rounds import compose_rounds
from models.composing.stages import Writer
from models.composing.task import Composed, Given, Task
from models.generation.guards.standard import AVOID_COPIES, AvoidCopies, guard_maker
from models.generation.lengths import drawn_bars
from models.generation.model import ComposerModel, one_thread
from models.generation.sampling import SamplingOptions
from violin.challenge import SLUGS
from violin.errors import PairError, PlanError, SettingsError
from violin.instrument import Tier
from violin.music import Phrase
from violin.pair import Redo
from violin.plan import Plan

__all__ = ["ComposeSettings", "Composed", "Given", "compose"]


@dataclass(frozen=True, slots=True)
class ComposeSettings:
    """How to compose.

    composers    slugs and blends such as "70bach+30paganini" (`models.composer.blend`); each piece is
                 answered once per composer and variation
    style        a style file of `violin adapt`, which is used instead of `composers`
    bars         length of the whole phrase, 8 to 16; None: the pair's gap, else 8; "auto": drawn
                 from the lengths of training phrases
    variations   answers to each piece in each composer's style
    candidates   samples per answer; the mixture of critic and judge keeps the best one
    seed         random seed; different seeds give different phrases
    density      0 (few notes) to 5 (many); None: as the given bars suggest
    lowest, highest   limits of the middle as MIDI pitches; None: the violin's range
    hardest      the hardest tier of multiple stops allowed
    temperature, guidance   see `models.generation.sampling.SamplingOptions`; None: its default
    scale        the pitch classes of new notes, see `constraints.decoding.scale`; None: all twelve
    plan         a plan of the whole phrase, for weights that follow plans; None: the plan writer's
    rhythm       a phrase whose rhythm the middle copies, bar by bar
    avoid_copies   "off", "normal" or "strict", see `models.generation.guards.standard.guard_maker`
    min_difference   the least difference (`models.generation.variations`) between the variations of one
                 answer, 0 to 1; a variation that is more similar to another one is composed again
    weights      a weight file; None: the shipped one
    device, int8   the device, and whether its matrix products are in int8
    """

    composers: tuple[str, ...] = ("bach",)
    style: Path | None = None
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
    scale: Scale | None = None
    plan: Plan | None = None
    rhythm: Phrase | None = None
    avoid_copies: AvoidCopies = "normal"
    min_difference: float = 0.3
    weights: Path | None = None
    device: str = "cpu"
    int8: bool = False

    def sampling(self) -> SamplingOptions:
        """The options of the sampler; SettingsError if one is illegal."""
        chosen: dict[str, Any] = {
            "density": self.density,
            "lowest": self.lowest,
            "highest": self.highest,
            "pitch_classes": self.scale.pitch_classes if self.scale else None,
            "temperature": self.temperature,
            "guidance": self.guidance,
        }
        given = {name: value for name, value in chosen.items() if value is not None}
        if self.rhythm is not None:
            given["density"] = self.density  # the rhythm determines it
        try:
            options = SamplingOptions(seed=self.seed, hardest=self.hardest, **given)
            check_range(
                options.hardest, options.readable, options.lowest, options.highest, options.pitch_classes
            )
            return options
        except ValueError as error:
            raise SettingsError(str(error)) from None


def compose(
    music: Sequence[tuple[str, Given]],
    settings: ComposeSettings | None = None,
    *,
    on_done: Callable[[Composed], None] = lambda composed: None,
    on_error: Callable[[PairError], None] | None = None,
) -> list[Composed]:
    """Compose answers to named pairs and phrases, ordered by name, style and variation. A free pair
    gives a whole phrase.

    The name is part of the random key, so two pairs get different answers. `on_done` is called with
    each answer as soon as it is finished, in any order. If a pair cannot be answered at the requested
    length, `on_error` is called and the others are answered; without `on_error` the error is raised.
    Raises SettingsError for illegal settings, before any weights are read, PlanError for a plan of
    another length, and WeightsError if the weights are missing, do not fit or follow no plan.
    """
    settings = settings or ComposeSettings()
    options = settings.sampling()
    _check(settings, music)
    style = load_style(settings.style) if settings.style else None
    model = composer_model(settings, style)
    styles = [_Named(style.name, style.nearest)] if style else [_named(text) for text in settings.composers]
    tasks: list[Task] = []
    for name, given in music:
        try:
            tasks += _tasks(name, given, settings, styles, model.weights.facts)
        except PairError as error:
            if on_error is None:
                raise
            on_error(error)
    guards = guard_maker(settings.avoid_copies, settings.rhythm)
    found: dict[int, Composed] = {}
    for blend in dict.fromkeys(task.blend for task in tasks):
        numbers = [number for number, task in enumerate(tasks) if task.blend == blend]
        blended = model.blended(blend, settings.device, settings.int8) if blend else model
        writer = Writer(blended, options, guards, settings.candidates)
        with one_thread():
            done = compose_rounds(
                writer, [tasks[number] for number in numbers], settings.min_difference, on_done
            )
        found.update(zip(numbers, done, strict=True))
    return [found[number] for number in range(len(tasks))]


def composer_model(settings: ComposeSettings, style: Style | None = None) -> ComposerModel:
    """The model with the weights and the style; without a style it is read once until its file changes."""
    file, device, int8 = settings.weights or SHIPPED_WEIGHTS, settings.device, settings.int8
    try:
        state = file.stat()
    except OSError:
        state = None
    if style is not None or state is None:
        return ComposerModel.load(file, device, int8, style)
    return _kept_model(file, (state.st_mtime_ns, state.st_size, state.st_ino), device, int8)


@lru_cache(maxsize=2)
def _kept_model(file: Path, state: tuple[int, ...], device: str, int8: bool) -> ComposerModel:
    return ComposerModel.load(file, device, int8)


class _Named(NamedTuple):
    """A style: its name, the slug to ask the model for, and the blend if it is one."""

    name: str
    slug: str
    blend: Blend | None = None


def _named(text: str) -> _Named:
    """The style of a slug or a blend."""
    if not is_blend(text):
        return _Named(text, text)
    blend = Blend.parse(text)
    return _Named(str(blend), blend.main, blend)


def _check(settings: ComposeSettings, music: Sequence[tuple[str, Given]]) -> None:
    for text in settings.composers:
        if _named(text).slug not in SLUGS:
            raise SettingsError(f"unknown composer {text!r}; legal: {', '.join(SLUGS)}")
    if settings.avoid_copies not in AVOID_COPIES:
        raise SettingsError(f"avoid_copies {settings.avoid_copies!r}; legal: {', '.join(AVOID_COPIES)}")
    if not 0 <= settings.min_difference <= 1:
        raise SettingsError(f"min_difference {settings.min_difference}; legal: 0 to 1")
    for name, given in music:
        meter = given.phrase.meter if isinstance(given, Redo) else given.meter
        if settings.rhythm is not None and meter != settings.rhythm.meter:
            raise SettingsError(f"the rhythm is in {settings.rhythm.meter}; legal: {meter}, as {name} is")


def _tasks(
    name: str,
    given: Given,
    settings: ComposeSettings,
    styles: Sequence[_Named],
    facts: Mapping[str, Any],
) -> list[Task]:
    """The answers to one piece of music: each style, each variation."""
    tasks = []
    for (style, slug, blend), variation in product(styles, range(settings.variations)):
        key = (SLUGS.index(slug), variation, *name.encode())
        if isinstance(given, Redo):
            bars = given.phrase.bars
        elif settings.bars == "auto":
            bars = given.choose_bars(max(drawn_bars(facts, settings.seed, key), given.fewest_bars))
        else:
            bars = given.choose_bars(settings.bars)
        if settings.plan is not None and len(settings.plan.bars) != bars:
            length = len(settings.plan.bars)
            raise PlanError(f"{name}: a plan for a phrase of length {length}; legal: {bars} bars")
        tasks.append(Task(name, variation + 1, given, style, slug, bars, key, settings.plan, blend))
    return tasks
