"""Decoder soundness: samples random logits under the masks and lints the output as finished files.

Random logits test the masks harder than the trained model does: the trained model rarely prefers a
token that a mask forbids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from constraints.bench.random_phrases import CleanPhrases, clean_pair, random_tokens
from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.spec import decode_spec
from constraints.language.tokenizer import encode_prompt, middle_of
from constraints.linter.check import check_bytes, errors
from constraints.linter.finding import Finding
from violin.instrument import Tier
from violin.midi import phrase_bytes
from violin.music import Phrase
from violin.pair import Pair, answer

_ROWS = 100


@dataclass
class SoundnessReport:
    """The number of answers linted with their given pairs, the number of notes, and every error found."""

    answers: int = 0
    notes: int = 0
    faults: list[Finding] = field(default_factory=list)


def random_answers(
    count: int, seed: int = 1, hardest: Tier = Tier.VIRTUOSO, readable: bool = True
) -> Iterator[tuple[Pair, Phrase]]:
    """Compose `count` answers of 8 to 16 bars to random legal pairs, from random logits."""
    clean = CleanPhrases(seed, hardest, readable)
    for start in range(0, count, _ROWS):
        rows = min(_ROWS, count - start)
        pairs = [clean_pair(clean) for _ in range(rows)]
        bars = [int(number) for number in clean.generator.integers(8, 17, rows)]
        asked = list(zip(pairs, bars, strict=True))
        decoder = ConstraintDecoder(
            [decode_spec(pair, length) for pair, length in asked], hardest=hardest, readable=readable
        )
        written = random_tokens(decoder, rows, clean.generator)
        for (pair, length), tokens in zip(asked, written, strict=True):
            middle = middle_of(np.concatenate([encode_prompt(pair, None, length).tokens, tokens]))
            yield pair, answer(pair, length, middle)


def check_soundness(count: int, seed: int = 1, on_done: Callable[[], None] = lambda: None) -> SoundnessReport:
    """Compose the answers, lint each under the profile `submission` with its given pair, and count."""
    report = SoundnessReport()
    for pair, phrase in random_answers(count, seed):
        name = f"{report.answers:05d}.mid"
        found = check_bytes(phrase_bytes(phrase), name=name, given=pair)
        report.answers += 1
        report.notes += len(phrase.notes)
        report.faults += errors(found)
        on_done()
    return report
