"""Kept notes of the middle: they come back exactly, what is written around them is clean, and nothing that is
clean around them is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.bench.random_phrases import (
    CleanPhrases,
    has_impossible_shift,
    is_clean,
    outer_bars,
    random_tokens,
)
from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.spec import DecodeSpec, decode_spec
from constraints.language.tokenizer import encode, encode_prompt, middle_of
from constraints.language.vocabulary import VOCABULARY
from constraints.linter.check import check_phrase, errors
from violin.challenge import METERS
from violin.instrument import Tier
from violin.music import Note, Phrase
from violin.pair import Pair, answer


def with_kept_notes(phrase: Phrase, pair: Pair, generator: np.random.Generator) -> Pair:
    """The pair with a random choice of the phrase's notes that can be kept: whole onsets of the middle into
    which only given and kept notes sound."""
    start, end = pair.beginning_bars * phrase.bar_ticks, (phrase.bars - pair.ending_bars) * phrase.bar_ticks
    known = {note for note in phrase.notes if note.onset_ticks < start}
    kept: list[Note] = []
    for tick, struck in groupby(phrase.notes, key=lambda note: note.onset_ticks):
        notes = tuple(struck)
        into = {note for note in phrase.notes if note.onset_ticks < tick < note.end_ticks}
        if start <= tick < end and into <= known and generator.random() < 0.4:
            kept += notes
            known |= set(notes)
    return replace(pair, kept=tuple(kept))


def clean_cases(seed: int, count: int, hardest: Tier = Tier.VIRTUOSO) -> list[tuple[Phrase, Pair]]:
    """Clean phrases, nothing sounding into the ending, and pairs with kept notes; given and kept notes are
    clean by themselves."""
    clean = CleanPhrases(seed, hardest, readable=True)
    cases: list[tuple[Phrase, Pair]] = []
    while len(cases) < count:
        phrase = clean.phrase()
        beginning_bars, ending_bars = (int(n) for n in clean.generator.integers(0, 3, size=2))
        barline = (phrase.bars - ending_bars) * phrase.bar_ticks
        notes = (
            Note(n.onset_ticks, n.pitch, min(n.end_ticks, barline) - n.onset_ticks)
            if n.onset_ticks < barline
            else n
            for n in phrase.notes
        )
        phrase = replace(phrase, notes=tuple(notes))
        pair = with_kept_notes(phrase, outer_bars(phrase, beginning_bars, ending_bars), clean.generator)
        by_themselves = answer(pair, phrase.bars, ()).notes
        if pair.kept and is_clean(by_themselves, hardest, True) and not has_impossible_shift(phrase):
            cases.append((phrase, pair))
    return cases


@pytest.mark.parametrize("hardest", [Tier.EASY, Tier.VIRTUOSO])
def test_every_clean_phrase_can_be_written_around_its_own_notes(hardest: Tier) -> None:
    cases = [
        (phrase, pair)
        for phrase, pair in clean_cases(3, 16, hardest)
        if pair.ending_bars or phrase.notes[-1].end_ticks > (phrase.bars - 1) * phrase.bar_ticks
    ]
    encoded = [encode(phrase, None, pair.beginning_bars, pair.ending_bars) for phrase, pair in cases]
    decoder = ConstraintDecoder([decode_spec(pair, phrase.bars) for phrase, pair in cases], hardest=hardest)
    middles = [int(np.argmax(one.tokens == VOCABULARY.MID)) for one in encoded]
    for step in range(1, max(len(one) - middle for one, middle in zip(encoded, middles, strict=True))):
        places = [middle + step for middle in middles]
        tokens = [
            one.tokens[place] if place < len(one) else VOCABULARY.PAD
            for one, place in zip(encoded, places, strict=True)
        ]
        decoder.advance(tokens)  # ValueError if the mask refuses
        for row, (one, place) in enumerate(zip(encoded, places, strict=True)):
            if place < len(one):
                assert (decoder.channels()[row] == one.channels[place]).all()
    assert decoder.done.all()


@pytest.mark.parametrize(("hardest", "lowest", "highest"), [(Tier.VIRTUOSO, 55, 108), (Tier.EASY, 60, 76)])
def test_kept_notes_come_back_and_what_is_written_is_clean(hardest: Tier, lowest: int, highest: int) -> None:
    cases = clean_cases(10 + lowest, 24, hardest)
    specs = [decode_spec(pair, phrase.bars) for phrase, pair in cases]
    decoder = ConstraintDecoder(specs, hardest=hardest, lowest=lowest, highest=highest)
    written = random_tokens(decoder, len(cases), np.random.default_rng(lowest))
    for (phrase, pair), tokens in zip(cases, written, strict=True):
        middle = middle_of(np.concatenate([encode_prompt(pair, None, phrase.bars).tokens, tokens]))
        whole = answer(pair, phrase.bars, middle)
        assert set(pair.kept) <= set(whole.notes)
        start = pair.beginning_bars * phrase.bar_ticks
        new = [note.shifted(start) for note in middle if note.shifted(start) not in pair.kept]
        assert all(lowest <= note.pitch <= highest for note in new)
        for note in new:
            assert not any(note.onset_ticks <= kept.onset_ticks < note.end_ticks for kept in pair.kept)
        assert is_clean(whole.notes, hardest, readable=True)
        found = errors(check_phrase(whole, given=pair))
        assert not [finding for finding in found if finding.code not in {"P004", "P005", "P007"}], found


@given(st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_kept_notes_that_break_every_rule_leave_no_mask_empty(seed: int) -> None:
    generator = np.random.default_rng(seed)
    specs = []
    for _ in range(12):
        bars, ending_bars = int(generator.integers(8, 17)), int(generator.integers(0, 3))
        meter = METERS[generator.integers(2)]
        length = (bars - 1 - ending_bars) * meter.bar_ticks()
        held = tuple((int(p), int(generator.integers(1, 3000))) for p in generator.integers(50, 112, 2))
        kept = {}
        for tick in generator.integers(0, length, generator.integers(1, 7)).tolist():
            for pitch in generator.integers(55, 109, generator.integers(1, 6)).tolist():
                kept[tick, pitch] = int(generator.integers(1, length - tick + 1))
        notes = tuple((*place, duration) for place, duration in sorted(kept.items()))
        specs.append(DecodeSpec(bars, 1, ending_bars, meter, held, True, 500_000, kept=notes))
    written = random_tokens(ConstraintDecoder(specs), len(specs), generator)
    for spec, tokens in zip(specs, written, strict=True):
        assert np.count_nonzero(tokens == VOCABULARY.BAR) == spec.middle_bars
