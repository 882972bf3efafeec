"""MIDI files -> given pairs, and how many bars each side has; the layouts are in the docstring of
`violin.pair`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from violin.challenge import MAX_BARS, METERS, MIN_BARS
from violin.errors import PairError
from violin.midi import load, phrase_of, read_phrase
from violin.music import TICKS_PER_BEAT, Phrase
from violin.pair.pair import Pair
from violin.smf import NOTE_ON, SmfFile, parse


def read_pair(
    source: str | Path | bytes, name: str | None = None, split: tuple[int, int] | None = None
) -> Pair:
    """The pair in a MIDI file or its bytes; `violin.pair` says how each layout is read.

    `split` gives the bars of the beginning and of the ending instead. Raises MidiError for a
    file that cannot be read as one phrase, PairError for a pair that cannot be answered.
    """
    data = source if isinstance(source, bytes) else load(Path(source))
    name = name or ("<bytes>" if isinstance(source, bytes) else str(source))
    smf = parse(data)
    if smf.is_readable and not _has_note(smf):
        raise PairError(f"{name}: the pair is all rest; legal: at least one note")
    return pair_of(phrase_of(smf, name), name, split)


def _has_note(smf: SmfFile) -> bool:
    return any(event[3] == NOTE_ON and event[5][1] for track in smf.tracks for event in track.events)


def pair_of(phrase: Phrase, name: str = "pair", split: tuple[int, int] | None = None) -> Pair:
    """The pair in a phrase with a gap, or with two parts side by side.

    Raises PairError as `read_pair` does.
    """
    if phrase.meter not in METERS:
        legal = " or ".join(str(meter) for meter in METERS)
        raise PairError(f"{name}: the meter is {phrase.meter}; legal: {legal}")
    if not phrase.notes:
        raise PairError(f"{name}: the pair is all rest; legal: at least one note")
    total = _bars_of(phrase)
    if total > MAX_BARS:
        raise PairError(f"{name}: the pair spans {total} bars; legal: up to {MAX_BARS}")
    if total < 2:
        raise PairError(f"{name}: the pair has one bar; legal: one of beginning and one of ending at least")
    bar_ticks = phrase.bar_ticks
    begun = {note.onset_ticks // bar_ticks for note in phrase.notes}
    first, last = _split(begun, phrase, total) if split is None else _checked(split, begun, total, name)
    has_gap = first + last < total
    if not has_gap and total >= MAX_BARS:
        message = f"all of its {total} bars are given, which leave no room for a middle"
        raise PairError(f"{name}: {message}; legal: up to {MAX_BARS - 1} given bars")
    seam = (total - last) * bar_ticks
    return Pair(
        tuple(note for note in phrase.notes if note.onset_ticks < first * bar_ticks),
        first,
        tuple(note.shifted(-seam) for note in phrase.notes if note.onset_ticks >= seam),
        last,
        total if has_gap and total >= MIN_BARS else None,
        phrase.meter,
        phrase.key,
        phrase.tempo_us_per_beat,
        phrase.velocity,
        phrase.ticks_per_beat,
        name,
        total - first - last,
    )


def _bars_of(phrase: Phrase) -> int:
    """The bars up to the last note; those of the phrase if that leaves only one."""
    tolerance = phrase.ticks_per_beat // TICKS_PER_BEAT
    end = max(note.end_ticks - tolerance for note in phrase.notes)
    last_onset = phrase.notes[-1].onset_ticks
    bars = max(-(-end // phrase.bar_ticks), last_onset // phrase.bar_ticks + 1)
    return phrase.bars if bars == 1 else bars


def _split(begun: set[int], phrase: Phrase, total: int) -> tuple[int, int]:
    """Given bars on each side: around the longest gap, else in half."""
    sounding = _sounding_bars(phrase)
    gap: range | None = None
    start = 1
    for bar in range(1, total):
        if bar in begun or bar == total - 1:
            run = range(start, bar)
            if any(silent not in sounding for silent in run) and (gap is None or len(run) > len(gap)):
                gap = run
            start = bar + 1
    if gap is None:
        return total - total // 2, total // 2
    return gap.start, total - gap.stop


def _sounding_bars(phrase: Phrase) -> set[int]:
    """The bars in which something sounds for more than 1/48 beat."""
    tolerance = phrase.ticks_per_beat // TICKS_PER_BEAT
    return {
        bar
        for note in phrase.notes
        for bar in range(
            note.onset_ticks // phrase.bar_ticks,
            max(
                -(-(note.end_ticks - tolerance) // phrase.bar_ticks), note.onset_ticks // phrase.bar_ticks + 1
            ),
        )
    }


def _checked(split: tuple[int, int], begun: Iterable[int], total: int, name: str) -> tuple[int, int]:
    first, last = split
    if first < 1 or last < 1 or first + last > total:
        message = f"a split into {first} and {last} of {total} bars"
        raise PairError(f"{name}: {message}; legal: 1 or more on each side, {total} together at most")
    between = sorted(bar for bar in begun if first <= bar < total - last)
    if between:
        message = (
            f"bar {between[0] + 1} has notes, and a split into {first} and {last} of {total} bars drops it"
        )
        raise PairError(f"{name}: {message}; legal: silence between the two")
    return first, last


def read_given(data: bytes, name: str, split: tuple[int, int] | None = None) -> Pair:
    """Like `read_pair`, but in any single meter, not only those of the challenge.

    Raises as `read_pair` does.
    """
    phrase = read_phrase(data, name)
    if phrase.meter in METERS:
        return pair_of(phrase, name, split)
    # Only the barlines decide what is beginning and what ending: the bars are read as bars of 4/4 ...
    whole = phrase.with_resolution(phrase.ticks_per_beat * METERS[-1].numerator)
    as_common = replace(whole, meter=METERS[-1], ticks_per_beat=whole.bar_ticks // METERS[-1].numerator)
    # ... and then get their own meter back.
    pair = pair_of(as_common, name, split)
    return replace(pair, meter=phrase.meter, ticks_per_beat=whole.ticks_per_beat)


def parse_sides(text: str) -> tuple[int, int]:
    """The bars of beginning and ending in a text such as '2+1'; PairError for any other text.

    >>> parse_sides("2+1")
    (2, 1)
    """
    first, plus, last = text.partition("+")
    if not (plus and first.strip().isdecimal() and last.strip().isdecimal()):
        raise PairError(f"{text!r} is no split; legal: the bars of beginning and ending, as in 2+1")
    sides = int(first), int(last)
    if min(sides) < 1 or sum(sides) >= MAX_BARS:
        legal = f"legal: 1 bar or more on each side, at most {MAX_BARS - 1} together"
        raise PairError(f"a split of {text}; {legal}")
    return sides


def usual_sides(pairs: Iterable[Pair]) -> tuple[int, int] | None:
    """The bars of beginning and ending that more than half of the pairs have, None if none has.

    In a dataset whose pairs are cut in the same way, a pair with fewer bars has given bars of rest beside
    its gap: see `Pair.with_rests`.
    """
    counts = Counter(pair.sides for pair in pairs)
    if not counts:
        return None
    sides, count = counts.most_common(1)[0]
    return sides if 2 * count > counts.total() else None
