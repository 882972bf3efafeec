"""The law, tried by force: what random logits write under the masks is linted as finished files.

The model's own answers are lawful for the same reason as these, but these try harder: a trained
model hardly ever asks for what a mask forbids.
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
class Verdict:
    """How many answers were linted with their given pairs, and every error found."""

    answers: int = 0
    notes: int = 0
    faults: list[Finding] = field(default_factory=list)


def random_answers(
    count: int, seed: int = 1, hardest: Tier = Tier.VIRTUOSO, readable: bool = True
) -> Iterator[tuple[Pair, Phrase]]:
    """`count` answers to random lawful pairs, of 8 to 16 bars, from random logits."""
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


def try_law(count: int, seed: int = 1, on_done: Callable[[], None] = lambda: None) -> Verdict:
    """Write, lint under `submission` with the pair as given, and count."""
    verdict = Verdict()
    for pair, phrase in random_answers(count, seed):
        name = f"{verdict.answers:05d}.mid"
        found = check_bytes(phrase_bytes(phrase), name=name, given=pair)
        verdict.answers += 1
        verdict.notes += len(phrase.notes)
        verdict.faults += errors(found)
        on_done()
    return verdict
