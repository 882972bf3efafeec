"""Written bars: values, ties, tuplets, beams and voices of known music, and that nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

import pytest
from grid_phrases import phrases
from hypothesis import given

from violin.errors import NotationError
from violin.music import Meter, Note, Phrase
from violin.notation.measures import Bar, Item, written_bars

_COMMON = Meter(4, 4)


def _melody(*lengths: int, meter: Meter = _COMMON, bars: int = 1) -> list[Item]:
    """The first bar of notes of these lengths (below 0: a rest), from the first barline on."""
    notes, now = [], 0
    for length in lengths:
        if length > 0:
            notes.append(Note(now, 69, length))
        now += abs(length)
    return written_bars(Phrase(tuple(notes), bars, meter))[0].voices[0].items


def _short(items: list[Item]) -> list[str]:
    """'4' a quarter, '4.' dotted, '~' tied on, 'r' a rest, '3' in front of a tuplet's note."""
    return [
        ("r" if item.is_rest else "")
        + ("3:" if item.in_tuplet else "")
        + str(1 << item.value.power)
        + "." * item.value.dots
        + "~" * item.is_tied_to
        for item in items
    ]


@pytest.mark.parametrize(
    ("lengths", "meter", "expected"),
    [
        ((48, 48, 48, 48), Meter(4, 4), ["4", "4", "4", "4"]),
        ((72, 24, 96), Meter(4, 4), ["4.", "8", "2"]),
        ((24, 48, 24, 96), Meter(4, 4), ["8", "4", "8", "2"]),  # a plain syncopation
        ((48, 96, 48), Meter(4, 4), ["4", "2", "4"]),
        ((24, 96, 72), Meter(4, 4), ["8", "4.~", "8", "4."]),  # divided in the middle of the bar
        ((60, 36, 96), Meter(4, 4), ["4~", "16", "8.", "2"]),
        ((144,), Meter(3, 4), ["2."]),
        ((120, 24), Meter(3, 4), ["2~", "8", "8"]),
        ((96, 48), Meter(6, 8), ["4.~", "8", "4"]),
        ((144,), Meter(6, 8), ["2."]),
        ((16, 16, 16, 48, 96), Meter(4, 4), ["3:8", "3:8", "3:8", "4", "2"]),
        ((8, 8, 8, 24, 48, 96), Meter(4, 4), ["3:16", "3:16", "3:16", "8", "4", "2"]),
        ((32, 32, 32, 96), Meter(4, 4), ["3:4", "3:4", "3:4", "2"]),
        ((64, 64, 64), Meter(4, 4), ["3:2", "3:2", "3:2"]),
        ((16, 32, 48, 96), Meter(4, 4), ["3:8", "3:4", "4", "2"]),
        ((16, 16, 64, 96), Meter(4, 4), ["3:8", "3:8", "3:8~", "4", "2"]),
        ((48, -144), Meter(4, 4), ["4", "r4", "r2"]),
        ((24, -24, -96, 48), Meter(4, 4), ["8", "r8", "r4", "r4", "4"]),
        ((192, 192), Meter(4, 4), ["1"]),
    ],
)
def test_note_values(lengths: tuple[int, ...], meter: Meter, expected: list[str]) -> None:
    bars = -(-sum(map(abs, lengths)) // meter.bar_ticks())
    assert _short(_melody(*lengths, meter=meter, bars=bars)) == expected


def test_a_note_over_the_barline_is_tied() -> None:
    bars = written_bars(Phrase((Note(0, 60, 144), Note(144, 62, 96)), 2))
    first, second = (bar.voices[0].items for bar in bars)
    assert _short(first) == ["2.", "4~"]
    assert _short(second) == ["4", "r4", "r2"]
    assert second[0].is_tied_from


@pytest.mark.parametrize(
    ("lengths", "meter", "beams"),
    [
        ((24,) * 8, Meter(4, 4), "begin continue continue end begin continue continue end"),
        ((24,) * 6, Meter(3, 4), "begin continue continue continue continue end"),
        ((24,) * 6, Meter(6, 8), "begin continue end begin continue end"),
        ((12,) * 4 + (24,) * 2 + (96,), Meter(4, 4), "begin continue continue end begin end -"),
        ((24, -24, 24, 24, 96), Meter(4, 4), "- - begin end -"),
        ((16, 16, 16, 48, 96), Meter(4, 4), "begin continue end - -"),
    ],
)
def test_beams(lengths: tuple[int, ...], meter: Meter, beams: str) -> None:
    items = _melody(*lengths, meter=meter)
    assert " ".join(item.beams[0] if item.beams else "-" for item in items) == beams


def test_a_dotted_eighth_with_a_sixteenth_has_a_hook() -> None:
    assert [item.beams for item in _melody(36, 12, 12, 36, 96)[:4]] == [
        ["begin"],
        ["end", "backward hook"],
        ["begin", "forward hook"],
        ["end"],
    ]


def test_a_melody_over_a_held_note_is_the_first_voice() -> None:
    held = Note(0, 55, 192)
    bar = written_bars(Phrase((held, *(Note(48 * beat, 72 + beat, 48) for beat in range(4))), 1))[0]
    assert [[item.pitches for item in voice.items] for voice in bar.voices] == [
        [(72,), (73,), (74,), (75,)],
        [(55,)],
    ]


def test_notes_struck_and_left_together_are_a_chord() -> None:
    bar = written_bars(Phrase((Note(0, 62, 96), Note(0, 69, 96)), 1))[0]
    assert len(bar.voices) == 1
    assert bar.voices[0].items[0].pitches == (62, 69)


def test_a_rest_that_another_voice_covers_is_not_shown() -> None:
    bar = written_bars(Phrase((Note(0, 55, 192), Note(0, 72, 48), Note(144, 74, 48)), 1))[0]
    rests = [item for item in bar.voices[0].items if item.is_rest]
    assert rests
    assert not any(item.is_visible for item in rests)


def test_an_empty_bar_is_one_rest() -> None:
    bars = written_bars(Phrase((Note(0, 69, 48),), 2, Meter(3, 4)))
    assert [(item.is_rest, item.fills_bar) for item in bars[1].voices[0].items] == [(True, True)]


def test_a_meter_over_128_is_refused() -> None:
    with pytest.raises(NotationError, match="5/128; legal in notation"):
        written_bars(Phrase((Note(0, 69, 2),), 4, Meter(5, 128), ticks_per_beat=96))


@given(phrases())
def test_what_is_written_is_what_sounds(phrase: Phrase) -> None:
    bars = written_bars(phrase)
    sounding: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for bar in bars:
        for voice in bar.voices:
            _assert_whole(voice.items, phrase.meter.bar_ticks())
            for item in voice.items:
                start = bar.index * phrase.meter.bar_ticks() + item.onset
                for index in item.indices:
                    sounding[index].append((start, start + item.ticks))
    for index, note in enumerate(phrase.notes):
        parts = sorted(sounding[index])
        assert (parts[0][0], parts[-1][1]) == (note.onset_ticks, note.end_ticks)
        assert all(before[1] == after[0] for before, after in pairwise(parts))
    assert [bar.index for bar in bars] == list(range(phrase.bars))


def _assert_whole(items: list[Item], bar_ticks: int) -> None:
    """The items of a voice follow one another without a gap, and each length is that of its value."""
    assert items[0].onset == 0
    assert items[-1].end == bar_ticks
    assert all(before.end == after.onset for before, after in pairwise(items))
    for item in items:
        if not item.fills_bar:
            dots = item.value.dots
            plain = Fraction(192, 1 << item.value.power) * ((2 << dots) - 1) / (1 << dots)
            assert item.ticks == (plain * 2 / 3 if item.in_tuplet else plain)


@given(phrases())
def test_every_tuplet_is_opened_and_closed(phrase: Phrase) -> None:
    def check(bar: Bar) -> None:
        for voice in bar.voices:
            is_open = False
            for item in voice.items:
                assert item.opens_tuplet <= (not is_open)
                is_open = is_open or item.opens_tuplet
                assert item.in_tuplet == is_open
                is_open = is_open and not item.closes_tuplet
            assert not is_open

    for bar in written_bars(phrase):
        check(bar)
