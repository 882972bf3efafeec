"""Fixtures of the N rules."""

from __future__ import annotations

from pathlib import Path

from build import BAR, HEAD, Case, chord, line, note, phrase, smf, track

CASE_FILES = Path(__file__).parents[3] / "cases" / "midi"
CLEAN = phrase()
REST_OF = line(8)[2:]  # all but the first bar's note
HALVES = [*note(0, 69, 960), *note(960, 69, 960)]


def with_first_bar(*music: list) -> bytes:  # type: ignore[type-arg]
    """The clean phrase with other events in its first bar."""
    return phrase(music=[event for events in music for event in events] + REST_OF)


CASES = [
    Case(
        "N001",
        [
            with_first_bar(note(0, 69)[:1]),
            with_first_bar(note(0, 69)[:1], note(960, 69)),
            phrase(note(7 * BAR, 67)[:1]),
            with_first_bar(note(0, 69)[:1], note(0, 69)[:1], note(0, 74)),
        ],
        [CLEAN, with_first_bar(HALVES)],
    ),
    Case(
        "N002",
        [
            phrase(note(0, 60)[1:]),
            phrase(note(0, 69)[1:], note(4 * BAR, 90)[1:]),
            smf(track(note(480, 69, 0)[1:]), track([*HEAD, *line()]), kind=1),
        ],
        [
            CLEAN,
            with_first_bar([(0, b"\x90\x45\x50"), (480, b"\x90\x45\x00")]),
        ],  # a note-on of velocity 0 ends
    ),
    Case(
        "N003",
        [
            with_first_bar(note(0, 69, 960), note(480, 69, 960)),
            with_first_bar(note(0, 69, 1920), note(480, 69, 480), note(960, 69, 960)),
            with_first_bar(note(0, 69)[:1], note(480, 69, 960)),
        ],
        [
            CLEAN,
            with_first_bar(HALVES),
            with_first_bar(chord(0, (69, 74), 960)),
            phrase(note(0, 69, 480)),
            with_first_bar(note(0, 69, 960), note(480, 69, 960, channel=1)),
            (CASE_FILES / "N003_two_channels.mid").read_bytes(),
        ],
    ),
    Case(
        "N004",
        [with_first_bar([(0, b"\x90\x45\x50"), (0, b"\x90\x45\x00")], note(480, 69))],
        [CLEAN, with_first_bar(note(0, 69, 1), note(480, 69))],
    ),
    Case(
        "N005",
        [
            phrase(note(0, 69, BAR)),
            phrase(note(0, 69, BAR, velocity=90)),
            with_first_bar(note(0, 69, 960), note(0, 69, 480), note(0, 69, 480), note(960, 71)),
        ],
        [
            CLEAN,
            with_first_bar(HALVES),
            with_first_bar(chord(0, (69, 74))),
            phrase(note(0, 69, BAR, channel=1)),
            (CASE_FILES / "N003_two_channels.mid").read_bytes(),
        ],
    ),
    Case(
        "N006",
        [with_first_bar(note(3, 69)), with_first_bar(note(476, 69, 4), note(487, 71, 5))],
        [CLEAN, with_first_bar(note(10, 69)), with_first_bar(note(160, 69), note(320, 71, 5))],
    ),
    Case(
        "N007",
        [
            with_first_bar(note(0, 69, 479), note(480, 71, 479)),
            with_first_bar(note(0, 69, 959), note(960, 69)),
        ],
        [CLEAN, with_first_bar(note(0, 69, 470)), with_first_bar(note(0, 69, 233), note(240, 71))],
    ),
]
