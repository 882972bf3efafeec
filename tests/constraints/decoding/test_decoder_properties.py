"""The decoder writes only clean phrases, and can write every clean phrase."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from constraints.bench.random_phrases import (
    CleanPhrases,
    clean_pair,
    has_impossible_shift,
    is_clean,
    outer_bars,
    random_tokens,
)
from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.spec import DecodeSpec, decode_spec
from constraints.language.tokenizer import Encoded, encode, encode_prompt, middle_of
from constraints.language.vocabulary import VOCABULARY
from constraints.linter.check import check_phrase
from constraints.linter.finding import Severity
from data_prep.corpus.store import PhraseStore
from violin.challenge import METERS
from violin.instrument import Tier
from violin.music import TICKS_PER_BEAT, Note, Phrase
from violin.pair import answer

STORE = Path(__file__).resolve().parents[3] / "data" / "phrases"


def spans(phrase: Phrase, generator: np.random.Generator) -> tuple[int, int]:
    """Bars given on each side, such that the language's two rules about silence hold."""
    while True:
        beginning_bars, ending_bars = (int(n) for n in generator.integers(0, 3, size=2))
        if _has_middle(phrase, beginning_bars, ending_bars):
            return beginning_bars, ending_bars


def _has_middle(phrase: Phrase, beginning_bars: int, ending_bars: int) -> bool:
    start, end = beginning_bars * phrase.bar_ticks, (phrase.bars - ending_bars) * phrase.bar_ticks
    sounds_last = ending_bars or max(n.end_ticks for n in phrase.notes) > end - phrase.bar_ticks
    return bool(sounds_last) and any(start <= n.onset_ticks < end for n in phrase.notes)


def spec_of(phrase: Phrase, beginning_bars: int, ending_bars: int) -> DecodeSpec:
    return decode_spec(outer_bars(phrase, beginning_bars, ending_bars), phrase.bars)


def require_all_written(
    encoded: Sequence[Encoded], specs: Sequence[DecodeSpec], hardest: Tier, readable: bool
) -> None:
    """Walk the middles of some sequences through one decoder; no token is refused, and its channels
    are those of the whole sequences."""
    decoder = ConstraintDecoder(specs, hardest=hardest, readable=readable)
    first = [int(np.argmax(e.tokens == VOCABULARY.MID)) for e in encoded]
    assert (decoder.channels() == [e.channels[m] for e, m in zip(encoded, first, strict=True)]).all()
    steps = max(len(e) - m for e, m in zip(encoded, first, strict=True))
    tokens = np.full((steps, len(encoded)), VOCABULARY.PAD)
    channels = np.zeros((steps, len(encoded), len(CHANNEL_SIZES)), dtype=np.int16)
    for row, (one, middle) in enumerate(zip(encoded, first, strict=True)):
        tokens[: len(one) - middle - 1, row] = one.tokens[middle + 1 :]
        channels[: len(one) - middle - 1, row] = one.channels[middle + 1 :]
    for now, expected in zip(tokens, channels, strict=True):
        decoder.advance(now)  # ValueError if the mask refuses
        assert (decoder.channels() == expected).all()
    assert decoder.done.all()


@pytest.mark.parametrize("hardest", [Tier.EASY, Tier.WIDE, Tier.VIRTUOSO])
@pytest.mark.parametrize("readable", [False, True])
def test_every_clean_phrase_can_be_written(hardest: Tier, readable: bool) -> None:
    clean = CleanPhrases(seed=10 * hardest + readable, hardest=hardest, readable=readable)
    encoded, specs = [], []
    while len(encoded) < 12:
        phrase = clean.phrase()
        beginning_bars, ending_bars = spans(phrase, clean.generator)
        if has_impossible_shift(_cut(phrase, ending_bars)):
            continue
        encoded.append(encode(phrase, None, beginning_bars, ending_bars))
        specs.append(spec_of(phrase, beginning_bars, ending_bars))
    require_all_written(encoded, specs, hardest, readable)


def test_real_phrases_can_be_written() -> None:
    if not STORE.is_dir():
        pytest.skip("no phrase store in data/phrases: nothing to read real phrases from")
    stored = PhraseStore.load(STORE).select()
    phrases = [_cut(some.phrase, ending_bars=1) for some in stored[:: max(1, len(stored) // 100)]]
    phrases = [
        p
        for p in phrases
        if _has_middle(p, 1, 1) and is_clean(p.notes, Tier.VIRTUOSO, False) and not has_impossible_shift(p)
    ]
    assert phrases
    encoded = [encode(phrase, None, 1, 1) for phrase in phrases]
    require_all_written(encoded, [spec_of(p, 1, 1) for p in phrases], Tier.VIRTUOSO, False)


def _cut(phrase: Phrase, ending_bars: int) -> Phrase:
    """A phrase as the language represents it: notes are cut where the ending begins."""
    barline = (phrase.bars - ending_bars) * phrase.bar_ticks
    notes = (
        Note(n.onset_ticks, n.pitch, min(n.end_ticks, barline) - n.onset_ticks)
        if n.onset_ticks < barline
        else n
        for n in phrase.notes
    )
    return Phrase(tuple(notes), phrase.bars, phrase.meter, phrase.key, phrase.tempo_us_per_beat)


@pytest.mark.parametrize(
    ("hardest", "readable", "lowest", "highest"),
    [
        (Tier.VIRTUOSO, True, 55, 108),
        (Tier.VIRTUOSO, False, 55, 100),
        (Tier.WIDE, True, 55, 88),
        (Tier.EASY, False, 60, 72),
        (Tier.EASY, True, 76, 76),
    ],
)
def test_whatever_is_written_is_clean(hardest: Tier, readable: bool, lowest: int, highest: int) -> None:
    clean = CleanPhrases(seed=100 * hardest + readable, hardest=hardest, readable=readable)
    pairs, prompts, specs = [], [], []
    while len(pairs) < 40:
        pair = clean_pair(clean)
        bars = int(clean.generator.integers(8, 17))
        pairs.append((pair, bars))
        prompts.append(encode_prompt(pair, None, bars))
        specs.append(decode_spec(pair, bars))
    decoder = ConstraintDecoder(specs, hardest=hardest, readable=readable, lowest=lowest, highest=highest)
    for (pair, bars), prompt, row in zip(
        pairs, prompts, random_tokens(decoder, len(pairs), clean.generator), strict=True
    ):
        middle = middle_of(np.concatenate([prompt.tokens, row]))
        assert np.count_nonzero(row == VOCABULARY.BAR) == bars - pair.given_bars
        assert all(lowest <= note.pitch <= highest for note in middle)
        whole = answer(pair, bars, middle)
        assert whole.bars == bars
        barline = (bars - pair.ending_bars) * whole.bar_ticks
        assert all(n.end_ticks <= barline for n in whole.notes if n.onset_ticks < barline)
        assert is_clean(whole.notes, hardest, readable)
        findings = check_phrase(whole, given=pair)
        bad = [f for f in findings if f.severity is Severity.ERROR or f.code[0] == "P"]
        tolerated = {"P004", "P005", "P007"}  # how wide and how long the caller wants the chords
        assert not [f for f in bad if f.code not in tolerated], bad


@pytest.mark.parametrize("pitch_classes", [(0, 2, 4, 5, 7, 9, 11), (1, 6), (0,)])
def test_a_scale_limits_only_new_notes_and_the_answer_stays_clean(pitch_classes: tuple[int, ...]) -> None:
    clean = CleanPhrases(seed=len(pitch_classes), hardest=Tier.VIRTUOSO, readable=True)
    pairs = [clean_pair(clean) for _ in range(40)]
    bars = [int(count) for count in clean.generator.integers(8, 17, len(pairs))]
    specs = [decode_spec(pair, length) for pair, length in zip(pairs, bars, strict=True)]
    decoder = ConstraintDecoder(specs, pitch_classes=pitch_classes)
    written = random_tokens(decoder, len(pairs), clean.generator)
    for pair, length, tokens in zip(pairs, bars, written, strict=True):
        middle = middle_of(np.concatenate([encode_prompt(pair, None, length).tokens, tokens]))
        assert {note.pitch % 12 for note in middle} <= set(pitch_classes)
        findings = check_phrase(answer(pair, length, middle), given=pair)
        assert not [finding for finding in findings if finding.severity == Severity.ERROR]


def test_a_scale_without_a_note_in_the_range_is_refused() -> None:
    spec = DecodeSpec(8, 0, 0, METERS[1])
    with pytest.raises(ValueError, match="no note of the scale from C4 to D4 is playable"):
        ConstraintDecoder([spec], lowest=60, highest=62, pitch_classes=(4,))


@pytest.mark.parametrize("readable", [False, True])
def test_no_given_notes_lead_to_an_empty_mask(readable: bool) -> None:
    """Given bars that break every rule: foreign pitches, clusters, six voices, notes held to the end."""
    generator = np.random.default_rng(7)
    specs = []
    for _ in range(120):
        held = tuple(
            (int(pitch), int(generator.integers(1, 3000)) if generator.random() < 0.3 else TICKS_PER_BEAT)
            for pitch in generator.integers(50, 112, size=generator.integers(1, 7))
        )
        bars, ending_bars = int(generator.integers(8, 17)), int(generator.integers(0, 3))
        specs.append(DecodeSpec(bars, 1, ending_bars, METERS[generator.integers(2)], held))
    decoder = ConstraintDecoder(specs, hardest=Tier.EASY, readable=readable)
    tokens = random_tokens(decoder, len(specs), generator)
    for spec, row in zip(specs, tokens, strict=True):
        assert np.count_nonzero(row == VOCABULARY.BAR) == spec.middle_bars
