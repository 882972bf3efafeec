from __future__ import annotations

import pytest

from data_prep.corpus.texture import texture_of

QUARTET = ["violin1", "violin2"]


@pytest.mark.parametrize(
    ("path", "title", "group", "role", "roles", "expected"),
    [
        ("bach/bach-violin-dataset/bwv1001_mov1.mxl", "", "bach:bwv1001", "solo", ["solo"], "solo"),
        ("q.mxl", "String Quartet No.12", "beethoven:sq12", "violin2", QUARTET, "solo"),
        ("bach/openscore-orchestra/BWV_1048.mxl", "", "bach:bwv1048", "violin1", ["violin1"], "section"),
        ("mozart-symphony_n40.mid", "", "mozart:k550", "violin1", QUARTET, "section"),
        ("O3__vivaldi.mid", "", "vivaldi:rv549", "violin3", [*QUARTET, "violin3", "violin4"], "solo"),
        ("violin_concerto_2.mid", "", "beethoven:op61", "solo", ["solo", "violin1"], "solo"),
        ("violin_concerto_2.mid", "", "beethoven:op61", "violin1", ["solo", "violin1"], "section"),
        ("aria.mid", "", "bach:aria", "violin1", ["solo", "violin1"], "section"),
        ("sonata_10.mid", "", "paganini:sonata", "violin1", ["solo", "violin1"], "solo"),
        ("x.krn", "Moniuszko: Msza święta / Gloria", "moniuszko:r-131", "violin1", QUARTET, "section"),
        ("music21/miscFolk/x.abc", "The Humours of Trim", "fiddle-tunes:x", "solo", ["solo"], "solo"),
        ("y.krn", "Haydn: Cassatio in B / Menuet", "haydn:132", "violin2", QUARTET, "solo"),
        ("own.mid", "own", "bach:own", "violin1", QUARTET, "solo"),
    ],
)
def test_one_player_or_a_section(
    path: str, title: str, group: str, role: str, roles: list[str], expected: str
) -> None:
    assert texture_of(path, title, group, role, roles) == expected
