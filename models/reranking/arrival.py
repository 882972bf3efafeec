"""How expected the given ending is after the composed bars.

The shipped composer reads the bars before the ending without knowing it and then the ending itself.
If the composed bars lead into the ending, its notes have few nats each; if they do not, many. The
likelihood of the composed bars does not show this, because the ending is in the prompt of the infilling
transformer: bars that do not lead into the ending can be just as likely.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from constraints.language.tokenizer import Encoded, Facts, encode
from models.generation.request import Request
from violin.challenge import MIN_BARS
from violin.music import Phrase

ARRIVAL = "arrival"
_SCALE_NATS = 4.0


def arrival_nats(request: Request, phrases: Sequence[Phrase]) -> list[float]:
    """Nats per event of the given ending, its notes and its close, after the bars before it, for each
    answer to a request. Only the last eight bars are read. NaN without an ending."""
    bars = request.pair.ending_bars
    if not bars:
        return [float("nan")] * len(phrases)
    from models.generation.engine import loaded_model
    from models.generation.model import one_thread

    model = loaded_model()
    found = []
    with one_thread():
        for phrase in phrases:
            count = max(MIN_BARS, bars + 1)
            last = phrase.on_grid().slice_bars(phrase.bars - count, count)
            events = 1 + sum(note.onset_ticks >= (last.bars - bars) * last.bar_ticks for note in last.notes)
            # One row at a time, so that a value depends on no other row.
            found.append(float(model.net.middle_nats([_row(request, last, model.language)])[0]) / events)
    return found


def arrival(request: Request, phrases: Sequence[Phrase]) -> list[float]:
    """The measure of a mixture, 0 to 1: 1 for an ending that is certain after the composed bars, 1/e at 4
    nats an event; 1 for all without an ending."""
    nats = np.array(arrival_nats(request, phrases))
    return [float(value) for value in np.where(np.isnan(nats), 1.0, np.exp(-nats / _SCALE_NATS))]


def _row(request: Request, phrase: Phrase, language: int) -> Encoded:
    before = phrase.bars - request.pair.ending_bars
    return encode(phrase, request.composer, before, 0, facts=Facts() if language > 1 else None)
