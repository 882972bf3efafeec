"""The certificate of an answer: the bars that were given or kept sound exactly as before.

Onsets, pitches and lengths are compared at a resolution that holds both phrases exactly, and so are
meter, key and tempo. A note that was held over the barline into composed bars may end at that barline.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from violin.music import Phrase

Placed = tuple[int, Fraction, Fraction]


def certificate(before: Phrase, after: Phrase, bars: dict[int, int]) -> dict[str, Any]:
    """Compare kept bars; `bars` maps a bar of `before`, from 1, to its place in `after`.

    `unchanged` says whether all is the same, `notes` how many notes were compared, `words` both in a
    sentence that names the first bar that differs.
    """
    differing = [
        name
        for name, old, new in (
            ("meter", before.meter, after.meter),
            ("key", before.key, after.key),
            ("tempo", before.tempo_us_per_beat, after.tempo_us_per_beat),
        )
        if old != new
    ]
    places = sorted(bars.values())
    old_bars = {place: _bar(before, bar, bar + 1 in bars) for bar, place in bars.items()}
    changed = [place for bar, place in bars.items() if old_bars[place] != _bar(after, place, bar + 1 in bars)]
    count = sum(map(len, old_bars.values()))
    if changed or differing:
        what = [*differing, *(f"bar {place}" for place in sorted(changed))]
        words = f"Changed: {', '.join(what)}."
    elif places:
        notes = "1 note" if count == 1 else f"all {count} notes"
        words = f"{spans(places)} unchanged: {notes}, meter, key and tempo as given."
    else:
        words = "Nothing was given."
    return {"unchanged": not changed and not differing, "bars": places, "notes": count, "words": words}


def _bar(phrase: Phrase, bar: int, goes_on: bool) -> list[Placed]:
    """The notes that begin in a bar, in beats from its start; if the next bar is not kept, a note ends at the
    barline at the latest."""
    start, end = (bar - 1) * phrase.bar_ticks, bar * phrase.bar_ticks
    return sorted(
        (
            note.pitch,
            Fraction(note.onset_ticks - start, phrase.ticks_per_beat),
            Fraction(
                (note.end_ticks if goes_on else min(note.end_ticks, end)) - start, phrase.ticks_per_beat
            ),
        )
        for note in phrase.notes
        if start <= note.onset_ticks < end
    )


def spans(bars: Iterable[int]) -> str:
    """Bars in words.

    >>> spans([1, 2, 3, 8]), spans([4])
    ('Bars 1–3 and 8', 'Bar 4')
    """
    listed = sorted(bars)
    runs: list[list[int]] = []
    for bar in listed:
        if runs and bar == runs[-1][-1] + 1:
            runs[-1].append(bar)
        else:
            runs.append([bar])
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    joined = " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
    return f"{'Bar' if len(listed) == 1 else 'Bars'} {joined}"
