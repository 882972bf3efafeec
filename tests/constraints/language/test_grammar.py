from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from constraints.language.grammar import CHANNEL_SIZES, FOLLOWS, channels_of, check, read
from constraints.language.vocabulary import VOCABULARY, Kind

IDS = {name: token for token, name in enumerate(VOCABULARY.names)}

HEADER = "BOS Composer_bach Key_+0 Meter_3/4 Tempo_<112 Density_null Bars_8"
# One bar given at the start, one at the end; a note of the beginning is held for one beat.
ENDING = "END BAR Position_0 Pitch_60 Duration_144"
BEGINNING = "BEGIN BAR Position_96 Pitch_67 Duration_96 Pitch_76 Duration_48"
MIDDLE = (
    "MID BAR Position_24 Pitch_72 LONGER Duration_3 Position_48 Pitch_74 Duration_1 BAR BAR BAR BAR BAR EOS"
)


def tokens(*parts: str) -> NDArray[np.int64]:
    return np.array([IDS[name] for name in " ".join(parts).split()])


WHOLE = tokens(HEADER, ENDING, BEGINNING, MIDDLE)


def test_a_reading_gives_the_position_of_every_token() -> None:
    reading = read(WHOLE)
    assert reading.section_bars == (1, 1, 6)
    assert (reading.bars, reading.bar_ticks) == (8, 144)
    notes = zip(reading.onset.tolist(), reading.pitch.tolist(), reading.duration.tolist(), strict=True)
    assert list(notes) == [(7 * 144, 60, 144), (96, 67, 96), (96, 76, 48), (168, 72, 195), (192, 74, 1)]
    assert reading.part.tolist() == [0] * 7 + [1] * 5 + [2] * 7 + [3] * 15
    assert reading.tick[-1] == 7 * 144


def test_channels_of_a_known_sequence() -> None:
    expected = {
        "BOS": (0, 0, 64, 0),
        "END": (7, 1, 64, 0),
        "BEGIN": (0, 1, 64, 0),
        "MID": (1, 6, 64, 0),
        "EOS": (7, 0, 64, 0),
    }
    channels = channels_of(WHOLE)
    assert channels.dtype == np.int16
    for name, numbers in expected.items():
        assert tuple(channels[IDS[name] == WHOLE][0]) == (*numbers, 0, 0), name
    ending = channels[7:12, :4].tolist()
    assert ending[1:] == [[8, 1, 0, 0], [8, 1, 0, 0], [8, 1, 0, 1], [8, 1, 0, 1]]
    beginning = channels[12:19, :4].tolist()
    assert beginning[1:] == [
        [1, 1, 0, 0],
        [1, 1, 32, 0],
        [1, 1, 32, 1],
        [1, 1, 32, 1],
        [1, 1, 32, 2],
        [1, 1, 32, 2],
    ]
    middle = channels[19:, :4].tolist()
    assert middle[1:6] == [[2, 6, 0, 1], [2, 6, 8, 1], [2, 6, 8, 2], [2, 6, 8, 2], [2, 6, 8, 2]]
    assert middle[6:9] == [[2, 6, 16, 1], [2, 6, 16, 2], [2, 6, 16, 2]]
    assert middle[9:14] == [[3, 5, 0, 1], [4, 4, 0, 0], [5, 3, 0, 0], [6, 2, 0, 0], [7, 1, 0, 0]]


def test_the_last_two_bars_of_the_middle_see_the_first_pitch_of_the_ending() -> None:
    goal_and_way = channels_of(WHOLE)[:, 4:]
    near = np.flatnonzero(goal_and_way.any(axis=1))
    assert [VOCABULARY.names[token] for token in WHOLE[near]] == ["BAR", "BAR"]
    assert goal_and_way[near].tolist() == [[60 - 54, 60 - 74 + 25]] * 2


def test_the_way_to_the_ending_follows_the_newest_pitch() -> None:
    ending = "END BAR Position_0 Pitch_60 Duration_9 Pitch_67 Duration_9"
    middle = "MID BAR BAR BAR BAR BAR BAR Position_0 Pitch_67 Duration_9 Position_9 Pitch_100 Duration_9 EOS"
    goal_and_way = channels_of(tokens(HEADER, ending, BEGINNING, middle))[-9:, 4:].tolist()
    assert goal_and_way == [[13, 0]] * 3 + [[13, 25]] * 3 + [[13, 1]] * 2 + [[0, 0]]


def test_facts_are_at_the_end_of_the_header() -> None:
    facts = "Texture_solo Extent_phrase"
    longer = tokens(HEADER, facts, ENDING, BEGINNING, MIDDLE)
    check(longer)
    assert (channels_of(longer)[9:] == channels_of(WHOLE)[7:]).all()
    with pytest.raises(ValueError, match="it is not allowed here"):
        check(tokens(HEADER, "Extent_phrase", ENDING, BEGINNING, MIDDLE))


def test_channels_stay_within_their_sizes_and_pad_carries_zeros() -> None:
    channels = channels_of(np.append(WHOLE, [VOCABULARY.PAD] * 2))
    assert (channels >= 0).all()
    assert (channels.max(axis=0) < CHANNEL_SIZES).all()
    assert not channels[-2:].any()
    assert (channels[:-2] == channels_of(WHOLE)).all()


def test_a_prompt_reads_like_the_same_tokens_of_the_whole() -> None:
    prompt = WHOLE[: int(np.argmax(WHOLE == VOCABULARY.MID)) + 1]
    assert (channels_of(prompt) == channels_of(WHOLE)[: len(prompt)]).all()


def test_the_whole_passes() -> None:
    check(WHOLE)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (tokens(HEADER), "shape"),
        (tokens(HEADER)[1:], "shape"),
        (WHOLE[1:], "token 0 is Composer_bach; legal: BOS"),
        (tokens(HEADER, ENDING, BEGINNING, "MID EOS"), "EOS after MID: it is not allowed here"),
        (tokens(HEADER, ENDING, BEGINNING, MIDDLE[:-4]), "0 tokens EOS"),
        (tokens(HEADER, ENDING, BEGINNING, "MID BAR EOS"), "1 bars in the middle; the header leaves 6"),
        (
            tokens(HEADER, "END BEGIN MID", "BAR " * 7, "BAR Position_144 Pitch_55 Duration_1 EOS"),
            "144 ticks",
        ),
        (tokens(HEADER, ENDING, ENDING, BEGINNING, MIDDLE), "it is not allowed here"),
        (np.append(WHOLE, IDS["BAR"]), "BAR after EOS"),
        (np.append(WHOLE, len(VOCABULARY)), "outside 0 to 517"),
    ],
)
def test_a_broken_sequence_is_named(wrong: NDArray[np.int64], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(wrong)


def test_positions_and_pitches_must_ascend() -> None:
    def with_middle(bar: str) -> NDArray[np.int64]:
        return tokens(HEADER, ENDING, BEGINNING, f"MID BAR {bar}", "BAR " * 5, "EOS")

    check(with_middle("Position_1 Pitch_60 Duration_1 Pitch_61 Duration_1 Position_2 Pitch_60 Duration_1"))
    with pytest.raises(ValueError, match="pitches of a chord ascend"):
        check(with_middle("Position_1 Pitch_60 Duration_1 Pitch_60 Duration_1"))
    with pytest.raises(ValueError, match="positions of a bar ascend"):
        check(with_middle("Position_2 Pitch_60 Duration_1 Position_2 Pitch_61 Duration_1"))


def test_every_kind_has_a_follower_and_a_place() -> None:
    assert FOLLOWS.any(axis=1).all()
    assert FOLLOWS.any(axis=0)[[kind for kind in Kind if kind is not Kind.BOS]].all()
    assert not FOLLOWS[:, Kind.BOS].any()
