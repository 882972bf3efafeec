"""Requests to compose: what is given, what may be redone, what is kept."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest
from studio_client import PAIR, WHOLE, Client


def _composed(client: Client, path: str, **values: Any) -> dict[str, Any]:
    """The session after a request is answered."""
    connection = http.client.HTTPConnection(client.host, timeout=60)
    try:
        connection.request("GET", f"/{client.token}/{path}/events")
        stream = connection.getresponse()
        stream.readline()
        job = client.post(f"{path}/jobs", {"kind": "compose", **values})["job"]
        name = ""
        for line in iter(stream.readline, b""):
            text = line.decode().strip()
            if text.startswith("event: "):
                name = text[7:]
            elif text.startswith("data: ") and name == "job":
                state = json.loads(text[6:])
                if state["id"] == job["id"] and state["state"] not in ("queued", "running"):
                    assert state["state"] == "done", state
                    return client.get(path)
        raise AssertionError("the events ended")
    finally:
        connection.close()


def _answers(session: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in session["phrases"] if one["kind"] == "answer"]


def test_a_pair_is_answered_four_times_and_the_best_is_shown(client: Client) -> None:
    path = client.session(PAIR)
    session = _composed(client, path, phrase="p1", composer="mozart", variations=4)
    answers = _answers(session)
    assert [one["why"]["rank"] for one in answers] == [1, 2, 3, 4]
    assert session["current"] == answers[0]["id"]
    for one in answers:
        assert one["given"] == [1, 8] and one["certificate"]["unchanged"]
        assert (one["composer"], one["parent"], one["bars"]) == ("mozart", "p1", 8)


def test_bars_of_a_phrase_are_redone_and_the_others_stay(client: Client) -> None:
    path = client.session(WHOLE)
    session = _composed(client, path, phrase="p1", redo=[[4, 5]], variations=1)
    [answer] = _answers(session)
    assert answer["certificate"] == {
        "unchanged": True,
        "bars": [1, 2, 3, 6, 7, 8],
        "notes": 24,
        "words": "Bars 1–3 and 6–8 unchanged: all 24 notes, meter, key and tempo as given.",
    }
    view = client.get(f"{path}/phrases/{answer['id']}")
    assert [row for row in view["phrase"]["notes"] if 576 <= row[0] < 960] == [[576, 63, 192], [768, 63, 192]]


def test_keep_redoes_all_other_bars(client: Client) -> None:
    session = _composed(client, client.session(WHOLE), phrase="p1", keep=[[1, 2], [8, 8]], variations=1)
    assert _answers(session)[0]["certificate"]["bars"] == [1, 2, 8]


def test_given_bars_stay_given_through_later_requests(client: Client) -> None:
    path = client.session(PAIR)
    first = _composed(client, path, phrase="p1", variations=1)["current"]
    session = _composed(client, path, phrase=first, redo=[[3, 3]], variations=1)
    again = _answers(session)[1]
    assert (again["parent"], again["given"]) == (first, [1, 8])
    assert again["certificate"]["bars"] == [1, 2, 4, 5, 6, 7, 8]
    for values in ({"redo": [[1, 2]]}, {"redo": [[8, 8]]}):
        status, words = client.refused(f"{path}/jobs", {"phrase": first, **values})
        assert status == 400 and "was given and never changes; legal: bars 2 to 7" in words


def test_what_is_kept_and_what_was_given_stay_together(client: Client) -> None:
    path = client.session(PAIR)
    first = _composed(client, path, phrase="p1", variations=1)["current"]
    session = _composed(client, path, phrase=first, keep=[[3, 4]], variations=1)
    assert _answers(session)[1]["certificate"]["bars"] == [1, 3, 4, 8]
    status, words = client.refused(f"{path}/jobs", {"phrase": first, "keep": [[2, 7]]})
    assert (status, words) == (400, "study: all other bars were given and never change; legal: bars 2 to 7")


def test_two_styles_are_blended_in_each_answer(client: Client) -> None:
    values = {"phrase": "p1", "composer": "bach", "also": "paganini", "variations": 2}
    session = _composed(client, client.session(PAIR), share=30, **values)
    answers = _answers(session)
    assert {one["composer"] for one in answers} == {"bach"}
    assert {one["title"] for one in answers} == {"study"}
    assert {(one["settings"]["also"], one["settings"]["share"]) for one in answers} == {("paganini", 30)}
    half = _answers(_composed(client, client.session(PAIR), **values))
    alone = _answers(_composed(client, client.session(PAIR), **{**values, "also": "bach"}))
    assert [one["why"]["words"][-1] for one in (answers[0], half[0], alone[0])] == [
        f"In the style of {style}." for style in ("70bach+30paganini", "bach+paganini", "bach")
    ]


def test_from_nothing_by_key_meter_and_tempo(client: Client) -> None:
    path = client.session()
    session = _composed(client, path, key="E minor", meter="3/4", tempo=72, bars=9, variations=1)
    [answer] = _answers(session)
    assert (answer["key"], answer["meter"], answer["tempo_bpm"], answer["bars"]) == (
        "E minor",
        "3/4",
        72.0,
        9,
    )
    assert (answer["certificate"], session["current"]) == (None, answer["id"])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"composer": "liszt"}, "composer: 'liszt'; legal: bach, "),
        ({"bars": 17}, "bars: 17; legal: 8 to 16"),
        ({"variations": 0}, "variations: 0; legal: 1 to 8"),
        ({"density": 1.5}, "density: 1.5; legal: 0 to 5"),
        ({"hardest": "mad"}, "hardest: 'mad'; legal: easy, wide, virtuoso"),
        ({"temperature": "hot"}, "temperature: 'hot'; legal: 0 to 10"),
        ({"scale": "H blues"}, "scale 'H blues'; legal: "),
        ({"also": "paganini", "share": 51}, "share: 51; legal: 1 to 50"),
        ({"seed": -1}, "seed: -1; legal: 0 to"),
        ({"phrase": "p9"}, "the session has no phrase 'p9'"),
    ],
)
def test_a_wrong_setting_gets_a_sentence(client: Client, values: dict[str, object], words: str) -> None:
    status, found = client.refused(f"{client.session(PAIR)}/jobs", {"phrase": "p1", **values})
    assert status in (400, 404) and words in found


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"redo": [[0, 2]]}, "bar"),
        ({"redo": [[4, 9]]}, "bar"),
        ({"redo": [[1, 2, 3]]}, "legal: 2 whole numbers"),
        ({"keep": [[1, 8]]}, "all 8 bars are kept"),
        ({"like": "yes"}, "like: 'yes'; legal: true or false"),
    ],
)
def test_wrong_bars_get_a_sentence(client: Client, values: dict[str, object], words: str) -> None:
    status, found = client.refused(f"{client.session(WHOLE)}/jobs", {"phrase": "p1", **values})
    assert status == 400 and words in found


def test_two_sessions_do_not_disturb_each_other(client: Client) -> None:
    one, other = client.session(PAIR), client.session(WHOLE)
    before = client.get(other)
    session = _composed(client, one, phrase="p1", variations=2)
    assert client.get(other) == before
    assert client.refused(f"{other}/jobs/{_answers(session)[0]['job']}/cancel", {})[0] == 404
