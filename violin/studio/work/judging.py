"""The judge's opinion of a phrase, requested from the composing process and cached."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from violin.challenge import SLUGS
from violin.music import Phrase
from violin.studio import fields
from violin.studio.fields import Fields
from violin.studio.sessions import Session
from violin.studio.work.jobs import Job

if TYPE_CHECKING:
    from violin.studio.studio import Studio

_MOST_REMEMBERED = 256
_remembered: OrderedDict[tuple[Phrase, str], dict[str, Any]] = OrderedDict()


def put_judge(studio: Studio, session: Session, values: Fields) -> Job:
    """Ask for the judge's opinion of a phrase; it comes as the event `judgement`."""
    record = session.record(fields.text(values, "phrase"))
    composer = fields.choice(values, "composer", SLUGS) or record.composer or SLUGS[0]
    question = (record.phrase, composer)

    def done(job: Job, found: dict[str, Any]) -> None:
        _remembered[question] = found
        if len(_remembered) > _MOST_REMEMBERED:
            _remembered.popitem(last=False)
        event = {"phrase": record.id, "composer": composer, **found}
        studio.events.publish(session.id, "judgement", event)

    known = _remembered.get(question)
    if known is not None:
        job = Job("", session.id, "judge", {}, lambda *_: None, done, "done", done=1)
        done(job, known)
        return job
    arguments = {"phrase": record.phrase, "composer": composer}
    return studio.jobs.put(session.id, "judge", arguments, lambda *_: None, done, phrase=record.id)
