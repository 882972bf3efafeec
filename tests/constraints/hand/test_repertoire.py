"""The hand model on the chords of real repertoire: a statistic (pitches and counts) of the distinct
chords in 637 scores, written by `violin bench repertoire --save`. No accepted chord becomes impossible
again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from constraints.hand.playability import hand_bases
from violin.hand import Fingering
from violin.instrument import Tier, stretch, tier, witness

STATISTIC = json.loads(Path(__file__).with_name("repertoire_chords.json").read_text(encoding="utf-8"))
CHORDS = {tuple(map(int, text.split())): count for text, count in STATISTIC["chords"].items()}
REFUSED = {tuple(map(int, text.split())) for text in STATISTIC["refused"]}


def test_no_chord_that_was_accepted_is_impossible() -> None:
    assert {chord for chord in CHORDS if tier(chord) is Tier.IMPOSSIBLE} <= REFUSED


def test_shares_of_the_tiers() -> None:
    total = sum(CHORDS.values())
    shares = {
        level: sum(count for chord, count in CHORDS.items() if tier(chord) is level) / total for level in Tier
    }
    easy_span = sum(count for chord, count in CHORDS.items() if stretch(chord) is Tier.EASY)
    lost = {chord: CHORDS[chord] for chord in REFUSED}
    assert total > 62_000
    assert easy_span / total > 0.996
    assert shares[Tier.EASY] > 0.95
    assert shares[Tier.EASY] + shares[Tier.WIDE] > 0.993
    assert sum(lost.values()) / total < 0.0008


@pytest.mark.parametrize("chord", sorted(CHORDS, key=lambda chord: -CHORDS[chord])[:120], ids=str)
def test_the_commonest_chords_have_a_witness_and_a_place_of_the_hand(chord: tuple[int, ...]) -> None:
    assert isinstance(witness(chord), Fingering)
    assert hand_bases(chord)
