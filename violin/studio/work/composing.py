"""A request to compose, from the page's JSON to answers kept in the session."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from constraints.decoding.scale import scale_named
from models.composer.blend import Blend
from violin.challenge import MAX_BARS, METERS, MIN_BARS, SLUGS
from violin.errors import PairError
from violin.instrument import HIGHEST_PITCH, LOWEST_PITCH, Tier
from violin.music import Key, Phrase
from violin.pair import Pair, Redo, free_pair
from violin.pair.redo import other_bars
from violin.studio import fields
from violin.studio.fields import Fields
from violin.studio.music.certificate import certificate
from violin.studio.music.shapes import KEYS
from violin.studio.record import Record
from violin.studio.sessions import Session
from violin.studio.work.jobs import Job

if TYPE_CHECKING:
    from violin.studio.studio import Studio

MOST_VARIATIONS = 8
HIGHEST_SHARE = 50  # percent of the second composer; the one with the larger share comes first
_REMEMBERED = (
    "composer", "also", "share", "bars", "density", "lowest", "highest", "hardest", "scale", "temperature",
    "seed", "redo", "keep", "like", "key", "meter", "tempo",
)  # fmt: skip
_METERS = {str(meter): meter for meter in METERS}
_TIERS = {tier.name.lower(): tier for tier in (Tier.EASY, Tier.WIDE, Tier.VIRTUOSO)}


def put_compose(studio: Studio, session: Session, values: Fields) -> Job:
    """Queue a request; answers come as events `answer`, their order as `ranking`.

    values  phrase (None: from nothing, with meter, key, tempo), composer, also and share (a second
            composer, and the percentage of it in the blend), bars, density, lowest, highest, hardest, scale,
            temperature, seed, variations; for a whole phrase: redo or keep, [[first, last]…], and like
            (true: keep the rhythm of its bars)
    """
    phrase_id = fields.text(values, "phrase")
    source = session.record(phrase_id) if phrase_id else None
    composer = fields.choice(values, "composer", SLUGS, SLUGS[0]) or SLUGS[0]
    variations = fields.integer(values, "variations", 1, MOST_VARIATIONS, 4) or 4
    settings = {"composers": (_style(composer, values),), "variations": variations, **_sampling(values)}
    given = _given(source, values)
    if isinstance(given, Pair):
        settings["bars"] = given.choose_bars(fields.integer(values, "bars", MIN_BARS, MAX_BARS))
    elif fields.flag(values, "like"):
        settings["rhythm"] = given.phrase
    kept: dict[int, str] = {}
    plain = {name: values[name] for name in _REMEMBERED if values.get(name) not in (None, "")}
    shown = session.current

    def answered(job: Job, kind: str, found: dict[str, Any]) -> None:
        job.done += 1
        record = session.add(
            show=False,
            title=source.title if source else f"{composer.capitalize()} from nothing",
            kind="answer",
            parent=source.id if source else None,
            composer=composer,
            job=job.id,
            settings={**plain, "variation": found["variation"]},
            **_kept(source, given, found["phrase"]),
        )
        kept[found["variation"]] = record.id
        studio.events.publish(session.id, "answer", {"job": job.id, "phrase": record.summary()})

    def ranked(job: Job, found: list[dict[str, Any]]) -> None:
        ids = []
        for rank, one in enumerate(found, start=1):
            ids.append(kept[one["variation"]])
            session.update(ids[-1], why={"rank": rank, **one["why"]})
        if ids and session.current == shown:  # the user has not opened another phrase meanwhile
            session.show(ids[0])
        studio.events.publish(session.id, "ranking", {"job": job.id, "phrases": ids})
        studio.events.publish(session.id, "session", session.summary())

    arguments = {"name": "studio", "given": given, "settings": settings}
    return studio.jobs.put(
        session.id, "compose", arguments, answered, ranked, total=variations,
        source=source.id if source else None,
    )  # fmt: skip


def _style(composer: str, values: Fields) -> str:
    """The composer, or a blend with a second one."""
    also = fields.choice(values, "also", SLUGS)
    share = fields.integer(values, "share", 1, HIGHEST_SHARE, HIGHEST_SHARE) or HIGHEST_SHARE
    if also is None or also == composer:
        return composer
    return str(Blend(((composer, 100 - share), (also, share))))


def _sampling(values: Fields) -> dict[str, Any]:
    hardest = fields.choice(values, "hardest", tuple(_TIERS), "virtuoso")
    scale = fields.text(values, "scale")
    return {
        "seed": fields.integer(values, "seed", 0, (1 << 31) - 1, 1),
        "density": fields.integer(values, "density", 0, 5),
        "lowest": fields.integer(values, "lowest", LOWEST_PITCH, HIGHEST_PITCH),
        "highest": fields.integer(values, "highest", LOWEST_PITCH, HIGHEST_PITCH),
        "temperature": fields.number(values, "temperature", 0, 10),
        "hardest": _TIERS[hardest or "virtuoso"],
        "scale": scale_named(scale) if scale else None,
    }


def _given(source: Record | None, values: Fields) -> Pair | Redo:
    """What is given: nothing, a pair, or the bars of a phrase that stay."""
    if source is None:
        meter = fields.choice(values, "meter", tuple(_METERS), "4/4")
        key = fields.choice(values, "key", tuple(KEYS))
        tempo = fields.number(values, "tempo", 20, 300, 120.0) or 120.0
        return free_pair(_METERS[meter or "4/4"], KEYS[key] if key else Key(), round(60e6 / tempo))
    if source.kind == "pair":
        return source.pair()
    bars = source.phrase.bars
    keep = [(first, last) for first, last in fields.rows(values, "keep", 2, bars)]
    redo = [(first, last) for first, last in fields.rows(values, "redo", 2, bars)]
    free = [bar for bar in range(1, bars + 1) if bar not in source.given]
    legal = f"legal: bars {free[0]} to {free[-1]}" if free else "legal: none"
    if keep:
        others = _bars(other_bars(keep, bars, source.title))
        redo = _runs([bar for bar in others if bar in free])
        if not redo:
            raise PairError(f"{source.title}: all other bars were given and never change; {legal}")
    if not redo:
        redo = _runs(free)
    locked = [bar for bar in _bars(redo) if bar in source.given]
    if locked:
        raise PairError(f"{source.title}: bar {locked[0]} was given and never changes; {legal}")
    return Redo(source.phrase, tuple(redo), source.title)


def _bars(spans: Iterable[tuple[int, int]]) -> list[int]:
    return [bar for first, last in spans for bar in range(first, last + 1)]


def _runs(bars: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for bar in bars:
        if runs and runs[-1][1] == bar - 1:
            runs[-1] = (runs[-1][0], bar)
        else:
            runs.append((bar, bar))
    return runs


def _kept(source: Record | None, given: Pair | Redo, phrase: Phrase) -> dict[str, Any]:
    """The phrase, which of its bars were given, and the certificate that what stayed is unchanged."""
    if source is None:
        return {"phrase": phrase, "given": (), "certificate": None}
    if isinstance(given, Redo):
        stayed = {bar + 1: bar + 1 for bar in given.kept_bars}
        locked = source.given
    else:
        first, last = given.sides
        old_end, new_end = given.given_bars + given.gap_bars, phrase.bars
        stayed = {bar: bar for bar in range(1, first + 1)}
        stayed |= {old_end - last + bar: new_end - last + bar for bar in range(1, last + 1)}
        locked = tuple(sorted(stayed.values()))
    return {"phrase": phrase, "given": locked, "certificate": certificate(source.phrase, phrase, stayed)}
