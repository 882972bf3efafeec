from __future__ import annotations

import pytest

from data_prep.corpus.texture import texture_of


@pytest.mark.parametrize(
    ("path", "title", "group", "role", "roles", "expected"),
    [
        ("bach/bach-violin-dataset/bwv1001_mov1.mxl", "Bach BWV1001 mvt 1", "bach:bwv1001", "solo", {"solo"}, "solo"),
        ("b/q.mxl", "String Quartet No.12", "beethoven:sq12", "violin2", {"violin1", "violin2"}, "solo"),
        ("bach/openscore-orchestra/BWV_1048.mxl", "Bach BWV 1048 no. 1", "bach:bwv1048", "violin1", {"violin1"}, "section"),
        ("mozart/midi-classical-music/mozart-symphony_n40.mid", "", "mozart:k550", "violin1", {"violin1"}, "section"),
        ("v/mutopia/O3__vivaldi.mid", "", "vivaldi:rv549", "violin3", {"violin1", "violin2", "violin3", "violin4"}, "solo"),
        ("b/mutopia/violin_concerto_2.mid", "", "beethoven:op61", "solo", {"solo", "violin1"}, "solo"),
        ("b/mutopia/violin_concerto_2.mid", "", "beethoven:op61", "violin1", {"solo", "violin1"}, "section"),
        ("b/aria.mid", "", "bach:aria", "violin1", {"solo", "violin1"}, "section"),
        ("p/sonata_10.mid", "", "paganini:sonata", "violin1", {"solo", "violin1"}, "solo"),
        ("m/x.krn", "Moniuszko: Msza święta / Gloria", "moniuszko:r-131", "violin1", {"violin1"}, "section"),
        ("music21/miscFolk/x.abc", "The Humours of Trim", "fiddle-tunes:x", "solo", {"solo"}, "solo"),
        ("h/y.krn", "Haydn: Cassatio in B / Menuet", "haydn:132", "violin2", {"violin1", "violin2"}, "solo"),
        ("own.mid", "own", "bach:own", "violin1", {"violin1", "violin2"}, "solo"),
    ],
)  # fmt: skip
def test_one_player_or_a_section(
    path: str, title: str, group: str, role: str, roles: set[str], expected: str
) -> None:
    assert texture_of(path, title, group, role, roles) == expected
