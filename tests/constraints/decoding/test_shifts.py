from __future__ import annotations

import numpy as np
import pytest

from constraints.decoding.decoder import ConstraintDecoder
from constraints.decoding.shifts import ANYWHERE, FREE_SECONDS, Shifts
from constraints.decoding.sounding import sounding_table
from constraints.hand.playability import first_impossible_shift, hand_bases
from constraints.language.spec import DecodeSpec
from constraints.language.vocabulary import VOCABULARY, Kind
from violin.instrument import Tier, playable_sets
from violin.music import TICKS_PER_BEAT, Meter

TABLE = sounding_table(Tier.VIRTUOSO, False)
TEMPO = 500_000
SECONDS_PER_TICK = TEMPO / 1e6 / TICKS_PER_BEAT


def allowed(spec: DecodeSpec, names: str, kind: Kind) -> list[int]:
    decoder = ConstraintDecoder([spec], readable=False)
    for name in names.split():
        decoder.advance([VOCABULARY.names.index(name)])
    ids = np.flatnonzero(decoder.mask()[0])
    return VOCABULARY.value[ids[VOCABULARY.kind[ids] == kind]].tolist()


def test_it_agrees_with_the_linter_on_random_chords() -> None:
    """Chords struck one after another at random speed: the decoder and the linter's rule find the same
    impossible shifts."""
    generator = np.random.default_rng(1)
    chords = [pitches for pitches, _ in playable_sets()]
    lost = 0
    for _ in range(300):
        struck = [(0, chords[generator.integers(len(chords))])]
        for _ in range(3):
            step = int(generator.integers(1, 8))
            struck.append((struck[-1][0] + step, chords[generator.integers(len(chords))]))
        shifts = Shifts(TABLE, [TEMPO], [()], [()])
        row = np.array([0])
        found = None
        for index, (tick, pitches) in enumerate(struck):
            now = np.array([tick])
            shifts.move(row, now)
            if not shifts.place[0] & hand_bases(pitches):
                found = (index - 1, index)
                break
            shifts.strike(row, now, np.array([TABLE.id_of(pitches)], dtype=np.int32))
        assert found == first_impossible_shift(struck, SECONDS_PER_TICK)
        lost += found is not None
    assert 50 < lost < 250


def test_an_onset_that_is_free_takes_every_pitch() -> None:
    free = int(np.ceil(FREE_SECONDS / SECONDS_PER_TICK))
    low = ((-1.0, (55 + 1,)),)  # the first fret of the G string, a tick before the middle
    spec = DecodeSpec(8, 1, 1, Meter(), tempo_us_per_beat=TEMPO, struck_before=low)
    assert 105 not in allowed(spec, "BAR Position_0", Kind.PITCH)
    assert 76 in allowed(spec, "BAR Position_0", Kind.PITCH)  # an open string needs no hand
    assert 105 in allowed(spec, f"BAR Position_{free}", Kind.PITCH)
    timeless = DecodeSpec(8, 1, 1, Meter(), struck_before=low)
    assert 105 in allowed(timeless, "BAR Position_0", Kind.PITCH)


def test_the_hand_must_be_in_time_for_the_ending() -> None:
    high = ((0.0, (105,)),)
    spec = DecodeSpec(8, 6, 1, Meter(), tempo_us_per_beat=TEMPO, struck_after=high)
    assert 56 not in allowed(spec, "BAR Position_191", Kind.PITCH)
    assert 56 in allowed(spec, "BAR Position_180", Kind.PITCH)


def test_a_place_without_a_note_in_reach_is_forbidden() -> None:
    low, high = ((-1.0, (56,)),), 105
    spec = DecodeSpec(8, 1, 1, Meter(), tempo_us_per_beat=TEMPO, struck_before=low)
    decoder = ConstraintDecoder([spec], readable=False, lowest=high)
    decoder.advance([VOCABULARY.BAR])
    places = np.flatnonzero(decoder.mask()[0, VOCABULARY.span(Kind.POSITION)])
    assert 0 < places[0] < 10
    assert places.tolist() == list(range(places[0], 192))


@pytest.mark.parametrize("tempo", [None, 1, 80_000])
def test_without_a_musical_tempo_every_onset_is_free(tempo: int | None) -> None:
    shifts = Shifts(TABLE, [tempo], [((-0.5, (56,)),)], [((1.0, (105,)),)])
    assert not shifts.is_near(np.array([0]), np.array([[0]])).any()
    assert shifts.places_at(np.array([0]), np.array([0])) == ANYWHERE


def test_given_bars_that_no_hand_can_play_do_not_block_the_decoder() -> None:
    struck = ((-2.0, (56,)), (-1.0, (105,)))
    shifts = Shifts(TABLE, [TEMPO], [struck], [()])
    assert shifts.places_at(np.array([0]), np.array([0])) > 0
