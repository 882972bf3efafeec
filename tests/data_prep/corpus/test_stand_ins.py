from __future__ import annotations

from dataclasses import replace

from stored_phrases import stored_phrase

from data_prep.corpus.stand_ins import GROUP_8, STAND_INS, stand_in_weight, stored_weight, training_phrases
from data_prep.corpus.store import PhraseStore
from violin.challenge import SLUGS
from violin.music import Note, Phrase

PHRASE = Phrase(tuple(Note(192 * bar, 60, 192) for bar in range(8)), 8)
HAYDN = stored_phrase(PHRASE, "other", "haydn:1:1", source_composer="haydn", work_group="haydn:1")


def test_each_line_names_a_composer_of_the_challenge_and_a_share() -> None:
    assert {line.composer for line in STAND_INS} == {"sarasate", "szymanowski", GROUP_8}
    assert all(line.composer in SLUGS and 0 < line.weight < 1 for line in STAND_INS)
    keys = [(line.composer, line.source_composer, line.work_groups) for line in STAND_INS]
    assert len(set(keys)) == len(keys)


def test_a_single_work_may_stand_in() -> None:
    assert stand_in_weight("sarasate", "saint-saens", "saintsaens:op40") > 0
    assert stand_in_weight("sarasate", "saint-saens", "saintsaens:carnaval") == 0
    assert stand_in_weight("bach", "wieniawski", "x") == 0


def test_weights_in_the_store() -> None:
    assert stored_weight("bach", "bach", "bach:1") == 1.0
    assert stored_weight(GROUP_8, "saint-saens", "saintsaens:op40") == 1.0
    assert stored_weight("other", "haydn", "haydn:1") == 1.0
    assert 0 < stored_weight("other", "wieniawski", "wieniawski:op1") < 1


def test_training_phrases_are_own_music_then_stand_ins() -> None:
    own = replace(HAYDN, composer="sarasate", source_composer="sarasate")
    lent = replace(HAYDN, source_composer="wieniawski", work_group="wieniawski:op22")
    store = PhraseStore([HAYDN, lent, own, replace(lent, split="test")])
    found = training_phrases(store, "sarasate")
    assert [stored for stored, _ in found] == [own, lent]
    assert found[0][1] == 1.0 > found[1][1] > 0
    assert training_phrases(store, "bach") == []
