from __future__ import annotations

import pytest

from violin import challenge


def test_the_folders_are_in_the_published_order() -> None:
    assert [challenge.folder_name(composer) for composer in challenge.COMPOSERS] == [
        f"composer{number}" for number in range(1, 9)
    ]
    assert challenge.SLUGS[0] == "bach" and challenge.SLUGS[5] == "sarasate"
    assert challenge.composer_by_slug("vivaldi").number == 5


def test_an_unknown_composer_names_the_legal_ones() -> None:
    with pytest.raises(KeyError, match="szymanowski"):
        challenge.composer_by_slug("salieri")


def test_files_have_three_digits_from_001() -> None:
    assert challenge.phrase_file_name(1) == "001.mid"
    assert challenge.phrase_file_name(200) == "200.mid"
    assert challenge.score_file_name(challenge.COMPOSERS[7]) == "composer8.txt"


@pytest.mark.parametrize(("value", "line"), [(0.0, "0.000"), (0.12345, "0.123"), (1.0, "1.000")])
def test_score_lines_have_three_decimals(value: float, line: str) -> None:
    assert challenge.score_line(value) == line
    assert challenge.is_score_line(line)


@pytest.mark.parametrize("line", ["1.001", "0.12", ".500", "0.5000", "1", "0.500\n", "nan", "-0.100"])
def test_other_lines_are_not_score_lines(line: str) -> None:
    assert not challenge.is_score_line(line)


def test_a_score_outside_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        challenge.score_line(1.5)


def test_the_published_numbers() -> None:
    assert (challenge.MIN_BARS, challenge.MAX_BARS, challenge.DEFAULT_BARS) == (8, 16, 8)
    assert [str(meter) for meter in challenge.METERS] == ["3/4", "4/4"]
    assert (challenge.MAX_VOICES, challenge.VIOLIN_PROGRAM, challenge.FILES_PER_COMPOSER) == (4, 40, 200)
    assert challenge.OFFICIAL_LOWEST_PITCH == 43
