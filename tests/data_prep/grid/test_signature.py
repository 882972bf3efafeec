from __future__ import annotations

from data_prep.grid.signature import corrected_keys, scale_share
from violin.music import Key, Note


def scale(tonic: int, steps: tuple[int, ...] = (0, 2, 4, 5, 7, 9, 11, 12), times: int = 8) -> list[Note]:
    return [
        Note(48 * place, tonic + step, 48) for place, step in enumerate([*steps, *steps[::-1]] * (times // 2))
    ]


def test_an_unset_signature_follows_from_the_notes() -> None:
    assert corrected_keys([(0, Key(0))], scale(64), 99_999) == ((0, Key(4)),)
    minor = scale(59, (0, 2, 3, 5, 7, 8, 11, 12))
    assert corrected_keys([(0, Key(0))], minor, 99_999) == ((0, Key(2, True)),)


def test_a_written_key_is_kept() -> None:
    assert corrected_keys([(0, Key(1))], scale(64), 99_999) == ((0, Key(1)),)
    assert corrected_keys([(0, Key(0))], scale(60), 99_999) == ((0, Key(0)),)
    assert corrected_keys([(0, Key(0, True))], scale(57, (0, 2, 3, 5, 7, 8, 11, 12)), 99) == (
        (0, Key(0, True)),
    )


def test_few_notes_change_no_signature() -> None:
    assert corrected_keys([(0, Key(0))], scale(64, times=2)[:20], 99_999) == ((0, Key(0)),)


def test_stretches_that_come_to_the_same_key_are_one() -> None:
    notes = scale(62)
    keys = [(0, Key(2)), (notes[16].onset_ticks, Key(0))]
    assert corrected_keys(keys, notes, 99_999) == ((0, Key(2)),)


def test_share_of_a_scale() -> None:
    assert scale_share(scale(60), 0) == 1.0
    assert scale_share([], 3) == 1.0
    assert scale_share([Note(0, 60, 48), Note(48, 61, 144)], 0) == 0.25
