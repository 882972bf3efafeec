"""Compose phrases: `models.compose` for one pair, one phrase or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from constraints.decoding.scale import Scale, scale_named
from violin.api.reading import Source, read, read_pair
from violin.errors import PairError, optional_libraries
from violin.midi import phrase_bytes
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, Key, Meter, Note, Phrase
from violin.pair import Pair, Redo, continued, free_pair, notes_at, other_bars, parse_spans
from violin.plan import Plan

Bars = str | int | Iterable[int | tuple[int, int]]
"""Bars counted from 1: "4-5,8", a number, or a list of numbers and of (first, last)."""


@dataclass(frozen=True)
class Answer:
    """A composed phrase.

    variation      its number, from 1
    bits_per_note  how surprising the new bars were to the model; None: unknown
    given_bars     the bars, counted from 0, that were given and come back unchanged
    difference     to the most similar of the variations before it, 0 to 1, see
                   `models.generation.variations`; None for the first
    scores         the measures by which it was chosen among its candidates; empty if it was the only one
    plan           what it follows (`str(plan)` is its text); None if the weights follow no plan
    """

    phrase: Phrase
    composer: str
    variation: int
    bits_per_note: float | None
    given_bars: tuple[int, ...]
    difference: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    plan: Plan | None = None
    given: Pair | Redo = field(default_factory=free_pair, repr=False)

    @property
    def new_bars(self) -> tuple[int, ...]:
        """The composed bars, counted from 0."""
        return tuple(bar for bar in range(self.phrase.bars) if bar not in self.given_bars)

    def faults(self) -> list[str]:
        """What is wrong with the phrase, one line each: rules of a submission that its new bars break, and
        given bars that are not exactly as they were. The decoder and `violin.pair.answer` keep it empty."""
        from constraints.linter.answers import check_given

        return list(check_given(phrase_bytes(self.phrase), self.given.name, self.given).own)

    def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write the phrase by the path's suffix, with the given bars shaded in pictures."""
        return self.phrase.save(path, **{"given_bars": self.given_bars, **options})

    def _repr_html_(self) -> str:
        from violin.api.notebook import phrase_html

        return phrase_html(self.phrase, self.given_bars)


@optional_libraries()
def compose(
    pair: Pair | Phrase | Source | None = None,
    *,
    composer: str | None = None,
    style: str | os.PathLike[str] | None = None,
    bars: int | Literal["auto"] | None = None,
    redo: Bars | None = None,
    keep: Bars | None = None,
    continue_bars: int | None = None,
    keep_notes: str | Iterable[Note] | None = None,
    n: int = 1,
    candidates: int = 1,
    scale: Scale | str | None = None,
    plan: Plan | str | None = None,
    seed: int = 1,
    meter: Meter | None = None,
    key: Key | None = None,
    tempo_bpm: float | None = None,
    **settings: Any,
) -> list[Answer]:
    """Compose the middle of a pair, some bars of a phrase, bars after it, or a phrase from nothing.

    pair           a Pair, a phrase or a file with a beginning and an ending; None: a whole phrase is
                   composed, in `meter`, `key` and `tempo_bpm`
    redo, keep     with a whole phrase: the bars to compose anew, or the bars to keep, counted from 1, such
                   as [(4, 5), 8] or "4-5,8"; the other bars stay exactly as they are
    continue_bars  with a whole phrase: this many bars are composed after it, 16 in all at most
    keep_notes     with `redo` or `keep`: notes of the new bars that stay, as notes of the phrase or as
                   "4:1,5:2.5", bars and beats counted from 1; nothing new begins with or sounds into them
    composer       a slug, or a blend such as "70bach+30paganini"; None: bach
    style          instead of a composer: a style file of `violin adapt`
    bars           length of the whole phrase, 8 to 16; None: the pair's own, else 8
    n              how many answers; they differ by at least `min_difference`
    candidates     each answer is the best of this many
    plan           a `violin.plan.Plan` or its text, of the whole phrase; "?" leaves something open. What
                   it says about given bars is ignored. None: a plan is written for each answer
    scale          a name such as "A minor", or a `constraints.decoding.scale.Scale`, which new notes keep to

    Further settings are those of `models.compose.ComposeSettings`: density, lowest, highest, hardest,
    temperature, guidance, rhythm, avoid_copies, min_difference, weights, device, int8. The same arguments
    give the same phrases. Raises PairError, PlanError, SettingsError or WeightsError (all ViolinError) if it
    cannot be done.

        violin.compose("phrase.mid", redo=[(4, 5)], scale="A minor", n=4)
    """
    from models.compose import ComposeSettings
    from models.compose import compose as compose_all

    if composer is not None and style is not None:
        raise TypeError("composer and style are two ways to say the same; legal: one of them")
    given: Pair | Redo
    if pair is None:
        if any(option is not None for option in (redo, keep, continue_bars, keep_notes)):
            raise TypeError("redo, keep, continue_bars and keep_notes are for a phrase; there is none")
        tempo = round(60e6 / tempo_bpm) if tempo_bpm else DEFAULT_TEMPO_US_PER_BEAT
        name, given = "phrase", free_pair(meter or Meter(), key or Key(), tempo)
    else:
        if meter or key or tempo_bpm:
            raise TypeError("meter, key and tempo_bpm are for phrases without a pair; a pair has its own")
        given = given_of(pair, redo=redo, keep=keep, continue_bars=continue_bars, keep_notes=keep_notes)
        name = Path(given.name).stem
    chosen = ComposeSettings(
        composers=(composer or "bach",),
        style=Path(style) if style is not None else None,
        bars=bars,
        variations=n,
        candidates=candidates,
        scale=scale_named(scale) if isinstance(scale, str) else scale,
        plan=Plan.parse(plan) if isinstance(plan, str) else plan,
        seed=seed,
        **settings,
    )
    return [
        Answer(
            one.answer.phrase,
            one.style,
            one.variation,
            one.answer.bits_per_note,
            one.given_bars,
            one.difference,
            one.scores,
            one.answer.plan,
            given,
        )
        for one in compose_all([(name, given)], chosen)
    ]


def given_of(
    source: Pair | Phrase | Source,
    *,
    redo: Bars | None = None,
    keep: Bars | None = None,
    continue_bars: int | None = None,
    keep_notes: str | Iterable[Note] | None = None,
    part: str | None = None,
    split: tuple[int, int] | None = None,
    name: str | None = None,
) -> Pair | Redo:
    """Read what to compose for, from a file or music: a pair, or a whole phrase and its bars to compose anew.

    At most one of `redo`, `keep` and `continue_bars`, and `keep_notes`, as in `compose`; `part` and `split`
    as in `read_pair`. PairError for bars that cannot be composed and notes that cannot be kept.
    """
    if keep_notes is not None and redo is None and keep is None:
        raise TypeError("keep_notes is legal with redo or keep, which name the bars to compose")
    asked = [each for each in (redo, keep, continue_bars) if each is not None]
    if not asked:
        return source if isinstance(source, Pair) else read_pair(source, part=part, split=split, name=name)
    if len(asked) > 1 or isinstance(source, Pair):
        raise TypeError("one of redo, keep and continue_bars is legal, with a whole phrase")
    if isinstance(source, Phrase):
        phrase, name = source, name or "phrase"
    else:
        name = name or (os.fspath(source) if isinstance(source, str | os.PathLike) else "phrase")
        phrase = read(source, part=part, name=name)
    if continue_bars is not None:
        return continued(phrase, continue_bars, name)
    spans = _spans(redo if keep is None else keep, name)
    if keep is not None:
        spans = other_bars(spans, phrase.bars, name)
    if isinstance(keep_notes, str):
        keep_notes = notes_at(phrase, keep_notes, name)
    return Redo(phrase, spans, name, tuple(sorted(keep_notes or ())))


def _spans(bars: Bars | None, name: str) -> tuple[tuple[int, int], ...]:
    if isinstance(bars, str):
        return parse_spans(bars)
    each = [bars] if isinstance(bars, int) else list(bars or ())
    spans = [(one, one) if isinstance(one, int) else one for one in each]
    try:
        return tuple((int(first), int(last)) for first, last in spans)
    except (TypeError, ValueError):
        raise PairError(f"{name}: bars {bars!r}; legal: such as [(4, 5), 8] or '4-5,8'") from None
