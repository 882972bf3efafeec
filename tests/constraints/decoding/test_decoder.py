from __future__ import annotations

import numpy as np
import pytest

from constraints.decoding.decoder import ConstraintDecoder
from constraints.language.grammar import FOLLOWS
from constraints.language.spec import DecodeSpec
from constraints.language.vocabulary import VOCABULARY, Kind
from violin.instrument import Tier
from violin.music import Meter, pitch_name

IDS = {name: token for token, name in enumerate(VOCABULARY.names)}
FOUR, THREE = Meter(4, 4), Meter(3, 4)


def decoder_after(text: str, spec: DecodeSpec | None = None, **settings: object) -> ConstraintDecoder:
    """A decoder of one row that has taken some tokens."""
    decoder = ConstraintDecoder([spec or DecodeSpec(8, 1, 1, FOUR)], **settings)  # type: ignore[arg-type]
    for name in text.split():
        decoder.advance([IDS[name]])
    return decoder


def allowed(decoder: ConstraintDecoder, kind: Kind) -> list[int]:
    """The values of a kind that the mask of row 0 allows."""
    ids = np.flatnonzero(decoder.mask()[0])
    return VOCABULARY.value[ids[VOCABULARY.kind[ids] == kind]].tolist()


def kinds(decoder: ConstraintDecoder) -> set[Kind]:
    return {Kind(kind) for kind in VOCABULARY.kind[np.flatnonzero(decoder.mask()[0])]}


def test_a_middle_begins_with_a_bar() -> None:
    assert kinds(decoder_after("")) == {Kind.BAR}


def test_positions_ascend_and_stay_in_the_bar() -> None:
    assert allowed(decoder_after("BAR"), Kind.POSITION) == list(range(192))
    three = DecodeSpec(8, 1, 1, THREE)
    assert allowed(decoder_after("BAR", three), Kind.POSITION) == list(range(144))
    later = decoder_after("BAR Position_100 Pitch_60 Duration_1", three)
    assert allowed(later, Kind.POSITION) == list(range(101, 144))
    assert allowed(decoder_after("BAR Position_143 Pitch_60 Duration_1", three), Kind.POSITION) == []


def test_pitches_of_a_chord_ascend_and_do_not_sound_twice() -> None:
    chord = decoder_after("BAR Position_0 Pitch_62 Duration_48")
    assert min(allowed(chord, Kind.PITCH)) > 62
    held = decoder_after("BAR Position_0 Pitch_62 Duration_48 Position_24")
    assert 62 not in allowed(held, Kind.PITCH)
    released = decoder_after("BAR Position_0 Pitch_62 Duration_48 Position_48")
    assert 62 in allowed(released, Kind.PITCH)


def test_two_notes_that_need_one_string_never_sound_together() -> None:
    assert 57 not in allowed(decoder_after("BAR Position_0 Pitch_56 Duration_48"), Kind.PITCH)
    assert 57 not in allowed(decoder_after("BAR Position_0 Pitch_56 Duration_48 Position_47"), Kind.PITCH)


def test_range_tier_and_vocabulary_choose_the_pitches() -> None:
    at = "BAR Position_0"
    assert allowed(decoder_after(at), Kind.PITCH) == list(range(55, 94))
    assert allowed(decoder_after(at, readable=False), Kind.PITCH) == list(range(55, 107))
    assert allowed(decoder_after(at, lowest=60, highest=70), Kind.PITCH) == list(range(60, 71))
    tenth = "BAR Position_0 Pitch_57 Duration_48"  # A3: with C#5 the tenth of Paganini's Caprice 2
    assert 73 in allowed(decoder_after(tenth, readable=False), Kind.PITCH)
    assert 73 not in allowed(decoder_after(tenth, readable=False, hardest=Tier.WIDE), Kind.PITCH)
    seconds = "BAR Position_0 Pitch_64 Duration_48"  # a stopped minor second: not in their vocabulary
    assert 65 in allowed(decoder_after(seconds, readable=False, hardest=Tier.EASY), Kind.PITCH)
    assert 65 not in allowed(decoder_after(seconds), Kind.PITCH)


def test_a_duration_ends_with_the_middle() -> None:
    last_bar = "BAR Position_0 Pitch_60 Duration_1 " + "BAR " * 5
    late = decoder_after(last_bar + "Position_190 Pitch_60")
    assert allowed(late, Kind.DURATION) == [1, 2]
    assert Kind.LONGER not in kinds(late)


def test_longer_is_for_durations_that_need_it() -> None:
    first = decoder_after("BAR Position_0 Pitch_60")
    assert allowed(first, Kind.DURATION) == list(range(1, 193))
    assert Kind.LONGER in kinds(first)
    almost = decoder_after("BAR Position_0 Pitch_60" + " LONGER" * 5)  # 6 bars: 192 ticks are left
    assert allowed(almost, Kind.DURATION) == list(range(1, 193))
    assert Kind.LONGER not in kinds(almost)
    late = decoder_after("BAR Position_1 Pitch_60" + " LONGER" * 5)
    assert allowed(late, Kind.DURATION) == list(range(1, 192))


def test_a_note_ends_before_the_remaining_notes_are_unplayable() -> None:
    # G3 A4 C6 can be held after D4 has ended, but G3 and C6 alone skip a string.
    chord = "BAR Position_0 Pitch_55 Duration_96 Pitch_62 Duration_48 Pitch_69 Duration_60 Pitch_84"
    assert allowed(decoder_after(chord, readable=False), Kind.DURATION) == list(range(1, 61))
    chord = "BAR Position_0 Pitch_55 Duration_40 Pitch_62 Duration_48 Pitch_69 Duration_60 Pitch_84"
    assert allowed(decoder_after(chord, readable=False), Kind.DURATION) == list(range(1, 193))


def test_a_chord_that_needs_another_note_gets_it() -> None:
    # C6 is held; G3 joins it only if D4 (and A4) fill the strings between, and for as long.
    held = DecodeSpec(8, 1, 1, FOUR, held=((84, 100),))
    begun = decoder_after("BAR Position_0 Pitch_55 Duration_50", held, hardest=Tier.EASY)
    assert kinds(begun) == {Kind.PITCH}
    assert 62 in allowed(begun, Kind.PITCH)
    continued = "BAR Position_0 Pitch_55 Duration_50 Pitch_62"
    durations = allowed(decoder_after(continued, held, hardest=Tier.EASY), Kind.DURATION)
    assert durations, "a mask is never empty"
    whole = decoder_after(continued + " Duration_50 Pitch_69 Duration_50", held, hardest=Tier.EASY)
    assert {Kind.POSITION, Kind.BAR} <= kinds(whole)


def test_held_notes_sound_into_the_middle() -> None:
    held = DecodeSpec(8, 1, 1, FOUR, held=((56, 10),))
    assert 57 not in allowed(decoder_after("BAR Position_9", held), Kind.PITCH)
    assert 57 in allowed(decoder_after("BAR Position_10", held), Kind.PITCH)


@pytest.mark.parametrize(
    "held",
    [
        ((56, 30), (57, 30)),  # two notes for one string
        ((50, 30),),  # below the violin
        ((55, 30), (62, 30), (69, 30), (76, 30), (81, 30)),  # five voices
        ((56, 30), (57, 500), (58, 30)),
    ],
)
def test_nothing_joins_a_held_set_that_may_not_sound(held: tuple[tuple[int, int], ...]) -> None:
    decoder = decoder_after("BAR", DecodeSpec(8, 1, 1, FOUR, held=held))
    assert allowed(decoder, Kind.POSITION) == list(range(30, 192))
    assert Kind.BAR in kinds(decoder)


def test_the_end_comes_only_after_the_last_bar() -> None:
    one = "BAR Position_0 Pitch_60 Duration_1 "
    assert Kind.EOS not in kinds(decoder_after(one + "BAR " * 4))
    last = decoder_after(one + "BAR " * 5)
    assert Kind.EOS in kinds(last)
    assert Kind.BAR not in kinds(last)


def test_a_middle_holds_a_note() -> None:
    decoder = decoder_after("BAR " * 6)
    assert kinds(decoder) == {Kind.POSITION}
    assert allowed(decoder, Kind.POSITION) == list(range(192))


def test_the_first_note_is_not_put_off_until_held_notes_forbid_it() -> None:
    # After the first bar four held strings sound to the middle's end: the last chance is before.
    chord = ((55, 6 * 192), (62, 6 * 192), (69, 6 * 192))
    held = DecodeSpec(8, 1, 1, FOUR, held=chord)
    settings = {"lowest": 76, "highest": 76}
    assert Kind.BAR in kinds(decoder_after("BAR", held, **settings))
    # D4 and A4 end with the first bar; then no A6 may join G3, whose neighbour is silent.
    narrow = {"lowest": 93, "highest": 93, "hardest": Tier.WIDE}
    held = DecodeSpec(8, 1, 1, FOUR, held=((55, 6 * 192), (62, 192), (69, 192)))
    decoder = decoder_after("BAR", held, **narrow)
    assert kinds(decoder) == {Kind.POSITION}


def test_a_middle_that_is_blocked_to_its_end_may_be_silent() -> None:
    held = DecodeSpec(8, 1, 1, FOUR, held=((56, 6 * 192), (57, 2000)))
    decoder = decoder_after("BAR " * 6, held)
    assert kinds(decoder) == {Kind.EOS}
    decoder.advance([VOCABULARY.EOS])
    assert decoder.done.all()


def test_without_an_ending_the_last_bar_sounds() -> None:
    free = DecodeSpec(8, 0, 0, THREE, has_given_notes=False)
    one = "BAR Position_0 Pitch_60 Duration_1 "
    assert kinds(decoder_after(one + "BAR " * 7, free)) == {Kind.POSITION}
    tied = "BAR Position_0 Pitch_60" + " LONGER" * 5 + " Duration_49 " + "BAR " * 7
    assert Kind.EOS in kinds(decoder_after(tied, free))


def test_a_finished_row_takes_only_pad() -> None:
    decoder = decoder_after("BAR Position_0 Pitch_60 Duration_1 " + "BAR " * 5 + "EOS PAD PAD")
    assert decoder.done.all()
    assert kinds(decoder) == {Kind.PAD}
    assert not decoder.channels().any()


def test_what_the_mask_forbids_is_not_taken() -> None:
    with pytest.raises(ValueError, match="row 0: Pitch_60 may not come next"):
        decoder_after("BAR Pitch_60")


def test_the_mask_is_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        decoder_after("BAR").mask()[0, 0] = True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((7, 1, 1, FOUR), "a phrase of 7 bars; legal: 8 to 16"),
        ((8, 4, 4, FOUR), "4 \\+ 4 given bars of 8"),
        ((8, -1, 1, FOUR), "given bars of 8; legal: 0 or more"),
        ((8, 1, 1, Meter(6, 8)), "meter 6/8"),
        ((8, 0, 1, FOUR, ((60, 1),)), "a held note without given notes before it"),
    ],
)
def test_a_wrong_spec_is_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DecodeSpec(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("bounds", [{"lowest": 70, "highest": 60}, {"lowest": 94}, {"highest": 54}])
def test_a_range_without_a_note_is_refused(bounds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"no note from .* legal: a range that overlaps G3 to A6"):
        ConstraintDecoder([DecodeSpec(8, 1, 1, FOUR)], **bounds)  # type: ignore[arg-type]


@pytest.mark.parametrize(("hardest", "top"), [(Tier.EASY, 87), (Tier.WIDE, 93), (Tier.VIRTUOSO, 106)])
def test_a_tier_bounds_the_single_notes(hardest: Tier, top: int) -> None:
    decoder = decoder_after("BAR Position_0", hardest=hardest, readable=False)
    assert max(allowed(decoder, Kind.PITCH)) == top
    with pytest.raises(ValueError, match=f"overlaps G3 to {pitch_name(top)}"):
        ConstraintDecoder([DecodeSpec(8, 1, 1, FOUR)], hardest=hardest, readable=False, lowest=top + 1)


def test_masks_keep_to_the_grammar_and_rows_do_not_mix() -> None:
    """Two rows in one batch take the same steps as each row alone; each kind may follow the one before."""
    specs = [DecodeSpec(8, 1, 1, FOUR, held=((62, 100), (69, 48))), DecodeSpec(9, 2, 0, THREE)]
    together = ConstraintDecoder(specs)
    alone = [ConstraintDecoder([spec]) for spec in specs]
    generator = np.random.default_rng(3)
    before = np.array([Kind.MID, Kind.MID])
    while not together.done.all():
        mask = together.mask()
        for row, single in enumerate(alone):
            assert (single.mask()[0] == mask[row]).all()
            assert (single.channels()[0] == together.channels()[row]).all()
            assert FOLLOWS[before[row], VOCABULARY.kind[mask[row]]].all()
        weight = generator.random(mask.shape) * np.where(VOCABULARY.kind == Kind.POSITION, 0.98, 1)
        tokens = np.where(mask, weight, -1).argmax(axis=1)
        before = VOCABULARY.kind[tokens]
        together.advance(tokens)
        for row, single in enumerate(alone):
            single.advance(tokens[row : row + 1])
