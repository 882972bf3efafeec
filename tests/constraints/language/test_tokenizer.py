from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constraints.language.grammar import channels_of, check
from constraints.language.spec import decode_spec
from constraints.language.tokenizer import (
    CHANNEL_SIZES,
    Facts,
    decode,
    density_of,
    encode,
    encode_prompt,
    middle_of,
)
from constraints.language.vocabulary import VOCABULARY, Kind
from violin.challenge import METERS
from violin.music import Key, Meter, Note, Phrase
from violin.pair import Pair, answer, free_pair


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    meter = draw(st.sampled_from(METERS))
    bars = draw(st.integers(8, 16))
    length = bars * meter.bar_ticks()
    places = draw(st.sets(st.tuples(st.integers(0, length - 1), st.integers(55, 108)), max_size=40))
    sizes = st.one_of(st.integers(1, 100), st.integers(1, length))
    notes = tuple(Note(onset, pitch, min(draw(sizes), length - onset)) for onset, pitch in sorted(places))
    key = Key(draw(st.integers(-7, 7)), draw(st.booleans()))
    return Phrase(notes, bars, meter, key, tempo_us_per_beat=draw(st.integers(200_000, 2_000_000)))


def cut_at_ending(phrase: Phrase, ending_bars: int) -> tuple[Note, ...]:
    barline = (phrase.bars - ending_bars) * phrase.bar_ticks
    return tuple(
        Note(n.onset_ticks, n.pitch, min(n.end_ticks, barline) - n.onset_ticks)
        if n.onset_ticks < barline
        else n
        for n in phrase.notes
    )


@settings(max_examples=150)
@given(phrases(), st.integers(0, 4), st.integers(0, 3), st.sampled_from(["bach", "other", None]))
def test_a_phrase_comes_back(
    phrase: Phrase, beginning_bars: int, ending_bars: int, composer: str | None
) -> None:
    encoded = encode(phrase, composer, beginning_bars, ending_bars)
    check(encoded.tokens)
    back = decode(encoded.tokens)
    assert back.notes == cut_at_ending(phrase, ending_bars)
    assert (back.bars, back.meter, back.key) == (phrase.bars, phrase.meter, phrase.key)
    assert VOCABULARY.tempo(back.tempo_us_per_beat) == VOCABULARY.tempo(phrase.tempo_us_per_beat)
    again = encode(back, composer, beginning_bars, ending_bars)
    assert (again.tokens == encoded.tokens).all()


@settings(max_examples=100)
@given(phrases(), st.integers(0, 2), st.integers(0, 2))
@example(Phrase((Note(0, 55, 2), Note(1, 55, 1)), 8, METERS[0]), 1, 0)
def test_a_prompt_is_the_start_of_the_whole(phrase: Phrase, beginning_bars: int, ending_bars: int) -> None:
    # on the grid as the store's phrases are: no note sounds on into another one of its pitch
    phrase = replace(phrase, notes=cut_at_ending(phrase.on_grid(), ending_bars))
    first, last = beginning_bars * phrase.bar_ticks, (phrase.bars - ending_bars) * phrase.bar_ticks
    pair = Pair(
        tuple(note for note in phrase.notes if note.onset_ticks < first),
        beginning_bars,
        tuple(note.shifted(-last) for note in phrase.notes if note.onset_ticks >= last),
        ending_bars,
        None,
        phrase.meter,
        phrase.key,
        phrase.tempo_us_per_beat,
    )
    whole, prompt = (
        encode(phrase, "bach", beginning_bars, ending_bars, 2),
        encode_prompt(pair, "bach", phrase.bars, 2),
    )
    assert prompt.tokens[-1] == VOCABULARY.MID
    for of_whole, of_prompt in zip(_arrays(whole), _arrays(prompt), strict=True):
        assert of_whole.dtype == of_prompt.dtype
        assert (of_whole[: len(prompt)] == of_prompt).all()
    middle = middle_of(whole.tokens)
    assert answer(pair, phrase.bars, middle).notes == phrase.notes
    spec = decode_spec(pair, phrase.bars)
    held = {pitch for pitch, _ in pair.held_at_middle}
    assert {pitch for pitch, _ in spec.held} == held


def _arrays(encoded: object) -> list[np.ndarray]:
    return [getattr(encoded, name) for name in ("tokens", "channels", "part")]


PHRASE = Phrase((Note(0, 60, 96), Note(96, 64, 96), Note(192, 67, 1152), Note(1344, 72, 192)), 8, key=Key(0))


def test_the_layout_of_a_small_phrase() -> None:
    encoded = encode(PHRASE, "mozart", 1, 1, density_of(PHRASE, 1, 1))
    names = [VOCABULARY.names[token] for token in encoded.tokens]
    assert " ".join(names) == (
        "BOS Composer_mozart Key_+0 Meter_4/4 Tempo_<132 Density_<0.75 Bars_8 "
        "END BAR Position_0 Pitch_72 Duration_192 "
        "BEGIN BAR Position_0 Pitch_60 Duration_96 Position_96 Pitch_64 Duration_96 "
        "MID BAR Position_0 Pitch_67 LONGER LONGER LONGER LONGER LONGER Duration_192 BAR BAR BAR BAR BAR EOS"
    )
    assert encoded.tokens.dtype == encoded.channels.dtype == np.int16
    assert encoded.part.dtype == np.int8
    assert encoded.channels.shape == (len(names), len(CHANNEL_SIZES))
    assert (encoded.channels == channels_of(encoded.tokens)).all()


def test_the_example_of_the_documentation_is_correct() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "language.md").read_text(encoding="utf-8")
    example = page.split("<!-- example -->")[1].split("<!-- end -->")[0].split()
    notes = (
        *(Note(0, 67, 48), Note(48, 71, 48), Note(96, 74, 60)),
        *(Note(156, 72, 12), Note(168, 71, 24), Note(192, 62, 96)),
        *(Note(7 * 144, 67, 144), Note(7 * 144, 74, 144)),
    )
    phrase = Phrase(notes, 8, Meter(3, 4), Key(1), 600_000)
    encoded = encode(phrase, "bach", 1, 1, density_of(phrase, 1, 1))
    assert [VOCABULARY.names[token] for token in encoded.tokens] == example


def test_facts_follow_the_number_of_bars() -> None:
    plain, full = encode(PHRASE, None, 1, 1), encode(PHRASE, None, 1, 1, None, Facts("section", "window"))
    assert [VOCABULARY.names[token] for token in full.tokens[7:9]] == ["Texture_section", "Extent_window"]
    assert (np.delete(full.tokens, [7, 8]) == plain.tokens).all()
    assert decode(full.tokens) == decode(plain.tokens)
    prompt = encode_prompt(free_pair(Meter(3, 4)), None, 8, None, Facts())
    assert [VOCABULARY.names[token] for token in prompt.tokens[7:9]] == ["Texture_null", "Extent_phrase"]


def test_without_given_bars_the_sections_are_there_and_empty() -> None:
    names = [VOCABULARY.names[token] for token in encode(PHRASE, None, 0, 0).tokens[7:11]]
    assert names == ["END", "BEGIN", "MID", "BAR"]
    prompt = encode_prompt(free_pair(Meter(3, 4)), "vivaldi", 12)
    assert [VOCABULARY.names[token] for token in prompt.tokens[7:]] == ["END", "BEGIN", "MID"]
    assert prompt.channels[-1].tolist() == [0, 12, 64, 0, 0, 0]


def test_a_note_into_the_ending_is_cut_at_its_barline() -> None:
    tied = replace(PHRASE, notes=(Note(1300, 67, 100), Note(1344, 72, 192)))
    assert decode(encode(tied, None, 1, 1).tokens).notes == (Note(1300, 67, 44), Note(1344, 72, 192))


def test_a_held_note_of_the_beginning_keeps_its_length() -> None:
    held = replace(PHRASE, notes=(Note(100, 67, 500), Note(1344, 72, 192)))
    assert decode(encode(held, None, 1, 1).tokens).notes == held.notes
    pair = Pair((Note(100, 67, 500),), 1, (Note(0, 72, 192),), 1, None, Meter(4, 4), None)
    spec = decode_spec(pair, 8)
    assert (spec.held, spec.middle_bars) == (((67, 408),), 6)


def test_given_notes_are_rounded_and_folded_in_the_prompt() -> None:
    # 220 ticks a beat: the second note begins half a grid tick before the barline and is held.
    pair = Pair((Note(0, 43, 439), Note(879, 110, 221)), 1, (Note(1, 60, 878),), 1, None, Meter(4, 4), None)
    pair = replace(pair, ticks_per_beat=220)
    prompt = " ".join(VOCABULARY.names[token] for token in encode_prompt(pair, None, 8).tokens)
    assert prompt.endswith(
        "END BAR Position_0 Pitch_60 Duration_192 BEGIN BAR Position_0 Pitch_55 Duration_96 "
        "Position_191 Pitch_98 Duration_49 MID"
    )
    assert decode_spec(pair, 8).held == ((110, 48),)


@pytest.mark.parametrize(
    ("phrase", "spans", "message"),
    [
        (replace(PHRASE, notes=(Note(0, 54, 1),)), (1, 1), "pitch 54; legal: 55 to 108"),
        (replace(PHRASE, notes=(Note(0, 109, 1),)), (1, 1), "pitch 109; legal: 55 to 108"),
        (replace(PHRASE, notes=(Note(0, 60, 1), Note(0, 60, 2))), (1, 1), "pitch 60 begins twice at tick 0"),
        (replace(PHRASE, bars=17), (1, 1), "a phrase of 17 bars; legal: 8 to 16"),
        (PHRASE, (4, 4), "4 \\+ 4 given bars of 8"),
        (PHRASE.with_resolution(96), (1, 1), "96 ticks a beat; legal: 48"),
        (replace(PHRASE, meter=Meter(2, 4), bars=16), (1, 1), "meter 2/4; legal: 3/4, 4/4"),
    ],
)
def test_what_the_language_cannot_represent_is_refused(
    phrase: Phrase, spans: tuple[int, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        encode(phrase, None, *spans)


def test_a_broken_sequence_does_not_decode() -> None:
    encoded = encode(PHRASE, None, 1, 1)
    with pytest.raises(ValueError, match="0 tokens EOS"):
        decode(encoded.tokens[:-1])


def test_the_middle_of_a_sequence_may_be_padded_or_open() -> None:
    tokens = encode(PHRASE, None, 1, 1).tokens
    assert middle_of(tokens) == (Note(0, 67, 1152),)
    assert middle_of(tokens[:-1]) == (Note(0, 67, 1152),)
    assert middle_of(np.append(tokens, [VOCABULARY.PAD] * 3)) == (Note(0, 67, 1152),)


def test_density_counts_only_the_middle() -> None:
    busy = replace(PHRASE, notes=tuple(Note(192 + 12 * step, 60, 12) for step in range(96)))
    assert density_of(busy) == 4  # 96 onsets in 32 beats
    assert density_of(busy, 1, 1) == 5  # 96 onsets in 24 beats
    assert density_of(busy.with_resolution(480), 1, 1) == 5
    values = VOCABULARY.value[encode(busy, None, 1, 1, 5).tokens]
    assert values[5] == 5
    assert VOCABULARY.kind[encode(busy, None, 1, 1).tokens[5]] == Kind.DENSITY
