from __future__ import annotations

from data_prep.grid.gridded import Music, music_of
from data_prep.readers.notation import parse_notation, raw_parts
from violin.music import Key, Meter


def kern(*lines: str) -> Music:
    text = "\n".join(("**kern", *lines, "*-")) + "\n"
    return music_of("solo", raw_parts(parse_notation(text, "humdrum")[0])[0])


def onsets_and_lengths(music: Music) -> list[tuple[int, int, int]]:
    return [(note.onset_ticks, note.pitch, note.duration_ticks) for note in music.notes]


SCALE = ("4c", "4d", "4e", "4f", "=2", "4g", "4a", "4b", "4cc", "==")


def test_notes_lie_on_the_grid_of_48_with_every_barline() -> None:
    music = kern("*M4/4", "*k[]", "*C:", "=1", *SCALE)
    assert onsets_and_lengths(music)[:2] == [(0, 60, 48), (48, 62, 48)]
    assert music.barlines == (0, 192, 384)
    assert music.meters == ((0, Meter(4, 4)),)
    assert music.keys == ((0, Key(0)),)
    assert music.double_bars == (384,)
    assert music.quantise_error_beats == 0


def test_tied_notes_are_one_note_over_the_barline() -> None:
    music = kern(
        "*M4/4", "=1", "4c", "4d", "[2e", "=2", "4e]", "4f", "4g", "4a", "=3", "4b", "4cc", "2dd", "=="
    )
    assert (96, 64, 144) in onsets_and_lengths(music)
    assert music.total_notes == 9


def test_grace_notes_are_left_out_and_a_trill_is_its_main_note() -> None:
    plain = kern("*M4/4", "=1", *SCALE)
    ornate = kern("*M4/4", "=1", "8dq", "4c", "4dT", "4e", "4f", "=2", *SCALE[5:])
    assert onsets_and_lengths(plain) == onsets_and_lengths(ornate)


def test_cut_time_is_read_as_four_quarters() -> None:
    assert kern("*M2/2", "=1", *SCALE).meters == ((0, Meter(4, 4)),)


def test_a_pickup_is_padded_to_a_full_bar_and_its_answer_too() -> None:
    music = kern("*M4/4", "4G", "=1", *SCALE[:5], "4g", "4a", "4b", "==")
    assert music.notes[0].onset_ticks == 144
    assert music.barlines == (0, 192, 384, 576)


def test_a_bar_split_by_a_repeat_sign_is_one_bar_and_repeats_are_not_expanded() -> None:
    music = kern("*M4/4", "=1", "4c", "4d", "4e", "=:|!", "4f", "=2", "4g", "4a", "4b", "4cc", "==")
    assert music.barlines == (0, 192, 384)
    assert len(music.notes) == 8


def test_two_voices_sound_together() -> None:
    music = kern(
        "*M4/4",
        "=1",
        "*^",
        "4ee\t2cc",
        "4dd\t.",
        "4ee\t2b",
        "4gg\t.",
        "*v\t*v",
        "=2",
        "4g",
        "4a",
        "4b",
        "4cc",
        "==",
    )
    assert (0, 72, 96) in onsets_and_lengths(music)
    assert (0, 76, 48) in onsets_and_lengths(music)


def test_abc_gives_each_tune_of_a_book() -> None:
    one = "X:1\nT:One\nM:3/4\nL:1/4\nK:D\nABc|def|gfe|ddd|]\n"
    two = "X:2\nT:Two\nM:C|\nL:1/8\nK:Em\nEFGA B2e2|edcB A2B2|EFGA B2e2|e4 E4|]\n"
    book = f"{one}\n{two}"
    tunes = [music_of("solo", raw_parts(score)[0]) for score in parse_notation(book, "abc")]
    assert [tune.title for tune in tunes] == ["One", "Two"]
    assert [tune.meters[0][1] for tune in tunes] == [Meter(3, 4), Meter(4, 4)]
    assert [tune.keys[0][1] for tune in tunes] == [Key(2), Key(1, True)]


def test_a_meter_whose_denominator_is_no_power_of_two_does_not_stop_the_book() -> None:
    tunes = parse_notation("X:1\nT:Odd\nM:3/6\nL:1/4\nK:D\nABc|def|gfe|ddd|]\n", "abc")
    assert len(raw_parts(tunes[0])[0].notes) == 12
