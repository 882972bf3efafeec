"""The bonus for the plan: which tokens get it, and what is written with it."""

from __future__ import annotations

import numpy as np
import pytest

from constraints.decoding.plan_follower import PlanFollower
from constraints.language.plan_codes import RELATION, PlanCodes, codes_of
from constraints.language.tokenizer import Encoded, Facts, encode_prompt
from constraints.language.vocabulary import VOCABULARY, Kind
from constraints.linter.check import check_phrase, errors
from data_prep.plans.relations import bar_shapes, relation_between
from models.composer.checkpoint import Weights
from models.generation.barline_bonus import NATS
from models.generation.infill import infill
from models.generation.model import ComposerModel
from models.generation.plan_bonus import PlanBonus
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from violin.instrument import HIGHEST_PITCH
from violin.music import Key, Meter, Note, Phrase
from violin.pair import Pair, free_pair, outer_pair
from violin.plan import Plan, Relation

BEGINNING = (Note(0, 60, 96), Note(96, 62, 48), Note(144, 64, 48))
ENDING = (Note(7 * 192, 65, 192), Note(7 * 192, 74, 192))
PLAN = """
key C major
cadence ?
1: ?
2: ? ? / {relation} 1{steps} / density ? / register ?
3: ?
4: ?
5: ?
6: ?
7: ?
8: ?
"""


def plan(relation: Relation) -> Plan:
    steps = " up 2" if relation is Relation.SEQUENCE else ""
    return Plan.parse(PLAN.format(relation=relation.value, steps=steps))


@pytest.fixture(scope="module")
def pair() -> Pair:
    return outer_pair(Phrase((*BEGINNING, *ENDING), 8, key=Key(0)))


class Written:
    """A middle written token by token, and what the bonus adds before each."""

    def __init__(
        self, pair: Pair, codes: PlanCodes, relation: float = 0.0, approach: float = 0.0, barline: float = 0.0
    ) -> None:
        prompt: Encoded = encode_prompt(pair, None, 8, None, Facts())
        self.follower = PlanFollower([prompt], [codes])
        self.bonus = PlanBonus([prompt], self.follower, relation, approach, barline)

    def after(self, *names: str) -> dict[str, float]:
        """Name and nats of the tokens that have a bonus, after some more tokens."""
        some = np.ones(1, bool)
        for name in names:
            token = np.array([VOCABULARY.names.index(name)])
            self.follower.advance(token, some)
            self.bonus.advance(token, some)
        values = self.bonus.values(np.array([0]), self.follower.channels())[0]
        return {VOCABULARY.names[token]: float(values[token]) for token in np.flatnonzero(values)}


def test_a_sequence_is_led_note_by_note(pair: Pair) -> None:
    written = Written(pair, codes_of(plan(Relation.SEQUENCE)), relation=3)
    assert written.after("BAR") == {"Position_0": 3}
    assert written.after("Position_0") == {"Pitch_64": 3}
    assert written.after("Pitch_64") == {"Duration_96": 3}
    assert written.after("Duration_96") == {"Position_96": 3}
    assert written.after("Position_96", "Pitch_65", "Duration_48", "Position_144") == {"Pitch_67": 3}
    assert written.after("Pitch_67", "Duration_48") == {"BAR": 3, "EOS": 3}
    assert written.after("BAR") == {}  # nothing is planned of the next bar


@pytest.mark.parametrize(
    ("relation", "nats"), [(Relation.SAME, 1), (Relation.INVERSION, 2), (Relation.RHYTHM, 1)]
)
def test_other_relations_have_a_share(pair: Pair, relation: Relation, nats: float) -> None:
    written = Written(pair, codes_of(plan(relation)), relation=4)
    assert written.after("BAR") == {"Position_0": nats}
    if relation is not Relation.SAME:  # any pitch may have its lengths
        assert written.after("Position_0") == {}
        assert written.after("Pitch_70") == {"Duration_96": nats}
    else:
        assert written.after("Position_0") == {"Pitch_60": nats}
        assert written.after("Pitch_70") == {}  # no note of the bar has this pitch or a higher one


def test_a_new_bar_has_no_bonus(pair: Pair) -> None:
    codes = codes_of(plan(Relation.SAME))
    codes.bars[1] = 0
    codes.bars[1, RELATION] = 1 + tuple(Relation).index(Relation.NEW)
    written = Written(pair, codes, relation=4)
    assert written.after("BAR") == written.after("Position_0") == {}


def test_the_last_beat_has_a_bonus_for_the_approach_to_the_ending(pair: Pair) -> None:
    written = Written(pair, codes_of(plan(Relation.SAME)), approach=1)
    assert written.after(*["BAR"] * 6, "Position_96") == {}
    assert written.after("Pitch_70", "Duration_48") == {}
    near = written.after("Position_144")
    assert near == {"Pitch_72": 1, "Pitch_73": 1.2, "Pitch_74": 0.5, "Pitch_75": 1.2, "Pitch_76": 1}


def test_the_first_note_of_a_bar_has_a_bonus_for_its_interval(pair: Pair) -> None:
    written = Written(pair, codes_of(plan(Relation.SAME)), barline=2)
    first = written.after("BAR", "Position_24")  # the beginning ends with E4
    assert first["Pitch_65"] == first["Pitch_63"] == 2 * NATS[1]
    assert first["Pitch_71"] == 2 * NATS[7]
    assert first["Pitch_108"] == 2 * NATS[-1]
    assert written.after("Pitch_62") == written.after("Duration_24", "Position_48") == {}
    second = written.after("Pitch_67", "Duration_24", "Pitch_74", "Duration_24", "BAR", "Position_0")
    assert second["Pitch_68"] == 2 * NATS[1]  # the interval is that of the lowest notes
    assert second["Pitch_74"] == 2 * NATS[7]


def test_without_a_beginning_the_first_note_has_no_bonus() -> None:
    written = Written(free_pair(Meter(4, 4), Key(0)), codes_of(plan(Relation.SAME)), barline=1)
    assert written.after("BAR", "Position_0") == {}
    assert written.after("Pitch_60", "Duration_48", "BAR", "Position_0")["Pitch_61"] == NATS[1]


def test_a_free_phrase_has_a_bonus_for_a_close() -> None:
    pair = free_pair(Meter(4, 4), Key(-3, minor=True))
    written = Written(pair, codes_of(plan(Relation.SAME)), approach=1)
    assert written.after(*["BAR"] * 7, "Position_0") == {}  # not the last bar
    upbeats = {f"Position_{place}": -1.0 for place in range(144, 192)}
    assert written.after("Pitch_70", "Duration_48", "BAR") == upbeats
    tonics = written.after("Position_0")
    assert tonics == dict.fromkeys([f"Pitch_{pitch}" for pitch in range(60, HIGHEST_PITCH + 1, 12)], 1.0)
    lengths = written.after("Pitch_60")
    assert set(lengths.values()) == {1.0}
    assert min(int(name.split("_")[1]) for name in lengths) == 48
    assert written.after("Duration_48") == {"EOS": 1.0, **upbeats}
    assert written.after("Position_48") == {}  # a weak beat
    assert written.after("Pitch_63", "Duration_48", "Position_96") == tonics


def test_three_beats_have_one_strong_beat() -> None:
    written = Written(free_pair(Meter(3, 4), Key(1)), codes_of(plan(Relation.SAME)), approach=1)
    assert written.after(*["BAR"] * 8, "Position_96") == {}
    assert written.after("Pitch_70", "Duration_48") == {f"Position_{place}": -1.0 for place in range(96, 144)}


def test_sequences_are_written_with_a_large_bonus(pair: Pair, untrained_planned_weights: Weights) -> None:
    """An untrained model writes none of them without it."""
    model = ComposerModel(untrained_planned_weights, "cpu")
    requests = [Request(pair, None, 8, (index,), plan(Relation.SEQUENCE)) for index in range(8)]
    found = []
    for nats in (0.0, 10.0):
        answers = infill(model, requests, SamplingOptions(relation_bonus=nats, density=None))
        shapes = [bar_shapes(answer.phrase.on_grid()) for answer in answers]
        found.append(
            [relation_between(bars[1], bars[0], Key(0)) == (Relation.SEQUENCE, 2) for bars in shapes]
        )
        assert not any(errors(check_phrase(answer.phrase, profile="submission")) for answer in answers)
    assert sum(found[0]) == 0
    assert sum(found[1]) >= 6


def test_kinds_of_token() -> None:
    """The tokens of a kind are consecutive, as the bonus assumes."""
    for kind in (Kind.POSITION, Kind.PITCH, Kind.DURATION):
        places = np.flatnonzero(VOCABULARY.kind == kind)
        assert places[0] == VOCABULARY.first[kind]
        assert (np.diff(places) == 1).all()
