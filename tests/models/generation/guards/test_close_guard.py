"""The guard of the close: what the last bar of a phrase without a given ending may hold."""

from __future__ import annotations

import numpy as np
import pytest

from constraints.language.vocabulary import VOCABULARY
from models.composer.checkpoint import Weights
from models.generation.guards.close_guard import CloseGuard
from models.generation.infill import infill
from models.generation.model import ComposerModel
from models.generation.request import Request
from models.generation.sampling import SamplingOptions
from violin.music import Key, Meter, Phrase
from violin.pair import Pair, free_pair

G_MAJOR, E_MINOR = Key(1), Key(1, minor=True)
QUARTER = VOCABULARY.duration(48)


def _after(*tokens: int, middle: int = 1, beats: int = 4, key: Key | None = G_MAJOR) -> np.ndarray:
    guard = CloseGuard([middle], [beats], [key])
    for token in tokens:
        guard.advance(np.array([token]))
    mask = np.ones((1, len(VOCABULARY)), dtype=bool)
    guard.restrict(mask)
    return mask[0]


def test_earlier_bars_and_given_endings_are_free() -> None:
    assert _after(VOCABULARY.BAR, middle=3).all()
    assert _after(VOCABULARY.BAR, VOCABULARY.position(96), middle=0).all()


@pytest.mark.parametrize(("beats", "last"), [(4, 96), (3, 0)])
def test_no_onset_after_the_last_place(beats: int, last: int) -> None:
    mask = _after(VOCABULARY.BAR, beats=beats)
    assert mask[VOCABULARY.position(last)]
    assert not mask[VOCABULARY.position(last + 1)]


def test_the_last_place_begins_with_the_tonic_and_adds_its_triad() -> None:
    there = (VOCABULARY.BAR, VOCABULARY.position(96))
    first = _after(*there)
    assert first[VOCABULARY.pitch(67)]
    assert not first[VOCABULARY.pitch(71)]
    second = _after(*there, VOCABULARY.pitch(67), QUARTER)
    assert second[VOCABULARY.pitch(71)]
    assert second[VOCABULARY.pitch(74)]
    assert not second[VOCABULARY.pitch(70)]
    minor = _after(*there, VOCABULARY.pitch(64), QUARTER, key=E_MINOR)
    assert minor[VOCABULARY.pitch(67)]
    assert not minor[VOCABULARY.pitch(68)]
    assert _after(*there, key=None)[VOCABULARY.pitch(60)]


def test_the_last_place_holds_a_beat_or_more() -> None:
    mask = _after(VOCABULARY.BAR, VOCABULARY.position(96), VOCABULARY.pitch(67))
    assert mask[QUARTER]
    assert not mask[VOCABULARY.duration(47)]


@pytest.mark.parametrize(
    ("bars", "place", "pitch", "longest"),
    [(1, 48, 67, 48), (1, 0, 69, 96), (1, 0, 67, 192), (2, 96, 67, 192), (2, 144, 67, 144)],
)
def test_earlier_notes_end_at_the_last_place(bars: int, place: int, pitch: int, longest: int) -> None:
    mask = _after(VOCABULARY.BAR, VOCABULARY.position(place), VOCABULARY.pitch(pitch), middle=bars)
    lengths = [ticks for ticks in range(1, 193) if mask[VOCABULARY.duration(ticks)]]
    assert lengths == list(range(1, longest + 1))
    assert mask[VOCABULARY.LONGER] == (longest == 192 and bars == 1)


def test_the_length_of_an_earlier_note_is_that_of_all_its_tokens() -> None:
    begun = (VOCABULARY.BAR, VOCABULARY.position(0), VOCABULARY.pitch(67))
    assert _after(*begun, middle=2)[VOCABULARY.LONGER]
    mask = _after(*begun, VOCABULARY.LONGER, middle=2)
    assert [ticks for ticks in range(1, 193) if mask[VOCABULARY.duration(ticks)]] == list(range(1, 97))
    assert not mask[VOCABULARY.LONGER]


@pytest.mark.parametrize(
    ("place", "pitch", "ticks", "ends"),
    [(0, 67, 96, True), (96, 67, 48, True), (0, 69, 96, False), (0, 67, 24, False), (48, 67, 48, False)],
)
def test_the_phrase_ends_after_a_long_tonic_on_a_strong_beat(
    place: int, pitch: int, ticks: int, ends: bool
) -> None:
    note = (VOCABULARY.position(place), VOCABULARY.pitch(pitch), VOCABULARY.duration(ticks))
    assert _after(VOCABULARY.BAR, *note)[VOCABULARY.EOS] == ends


def test_only_the_newest_onset_counts() -> None:
    tonic = (VOCABULARY.position(0), VOCABULARY.pitch(67), QUARTER)
    other = (VOCABULARY.position(48), VOCABULARY.pitch(69), QUARTER)
    assert not _after(VOCABULARY.BAR, *tonic, *other)[VOCABULARY.EOS]


def test_the_rules_come_first() -> None:
    guard = CloseGuard([1], [4], [G_MAJOR])
    guard.advance(np.array([VOCABULARY.BAR]))
    mask = np.zeros((1, len(VOCABULARY)), dtype=bool)
    mask[0, VOCABULARY.EOS] = True
    guard.restrict(mask)
    assert mask[0, VOCABULARY.EOS]


@pytest.mark.parametrize("key", [Key(-2), Key(3, minor=True)], ids=str)
@pytest.mark.parametrize("beats", [3, 4])
def test_answers_without_an_ending_close(untrained_nested_weights: Weights, key: Key, beats: int) -> None:
    model = ComposerModel(untrained_nested_weights, "cpu")
    free = free_pair(Meter(beats, 4), key)
    begun = Pair((), 1, (), 0, None, Meter(beats, 4), key)
    asked = [Request(pair, None, 8, (index,)) for pair in (free, begun) for index in range(4)]
    for answered in infill(model, asked, SamplingOptions()):
        assert _closes(answered.phrase, key)


def _closes(phrase: Phrase, key: Key) -> bool:
    last = max(note.onset_ticks for note in phrase.notes)
    notes = [note for note in phrase.notes if note.onset_ticks == last]
    place = (last - (phrase.bars - 1) * phrase.bar_ticks) / phrase.ticks_per_beat
    return (
        place in ({0} if phrase.meter.numerator == 3 else {0, 2})
        and any(note.pitch % 12 == key.tonic_pitch_class for note in notes)
        and max(note.duration_ticks for note in notes) >= phrase.ticks_per_beat
    )
