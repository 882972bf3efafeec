"""The picture of the rooms in ARCHITECTURE.md is that of the imports."""

from __future__ import annotations

from draw_rooms import PAGE, drawn, without_implied


def test_the_picture_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == drawn(page), "out of date; run python scripts/draw_rooms.py"


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    graph = {"a": {"b", "c", "d"}, "b": {"c"}, "c": {"d"}, "d": set()}
    assert without_implied(graph) == {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}


def test_rooms_that_import_each_other_keep_both_arrows() -> None:
    graph = {"a": {"b", "c"}, "b": {"a", "c"}, "c": set()}
    assert without_implied(graph) == {"a": {"b"}, "b": {"a", "c"}, "c": set()}
