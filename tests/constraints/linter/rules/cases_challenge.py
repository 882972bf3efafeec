"""Fixtures of the C rules."""

from __future__ import annotations

from pathlib import Path

from build import (
    BAR,
    HEAD,
    Case,
    bend,
    chord,
    controller,
    key,
    line,
    meter,
    note,
    phrase,
    program,
    smf,
    tempo,
    track,
)

from violin.music import Key, Meter, Note
from violin.pair import Pair

CASE_FILES = Path(__file__).parents[3] / "cases" / "midi"
GIVEN = Pair(
    beginning=(Note(0, 69, 4 * 480 - 1),),
    beginning_bars=1,
    ending=(Note(0, 71, 2 * 480), Note(2 * 480, 71, 2 * 480 - 1)),
    ending_bars=1,
    bars=None,
    meter=Meter(4, 4),
    key=Key(-2),
    ticks_per_beat=480,
)
ENDING = [*note(7 * BAR, 71, 960), *note(7 * BAR + 960, 71, 960)]
ANSWER_HEAD = (tempo(), meter(), key(-2), program())
ANSWER = [*line(7), *ENDING]


def answer(music: list, head: tuple = ANSWER_HEAD) -> bytes:  # type: ignore[type-arg]
    return phrase(head=head, music=music)


def without(*kinds: int) -> list:  # type: ignore[type-arg]
    """The head without these meta types, or without its program (0xC0)."""
    return [
        event
        for event in HEAD
        if not (event[1][0] in kinds or (event[1][0] == 0xFF and event[1][1] in kinds))
    ]


def shared(name: str) -> bytes:
    """A file of `tests/cases/midi`."""
    return (CASE_FILES / f"{name}.mid").read_bytes()


def on_drums(number: int = 40) -> bytes:
    """The clean phrase on channel 10, with a program there."""
    moved = [(tick, bytes((data[0] | 9,)) + data[1:]) for tick, data in line()]
    return phrase(program(number, channel=9), head=without(0xC0), music=moved)


CLEAN = phrase()
CONDUCTOR = track(without(0xC0))
CASES = [
    Case("C011", [phrase(kind=1), smf(CONDUCTOR, track([program(), *line()]), kind=1)], [CLEAN]),
    Case(
        "C012",
        [
            smf(CONDUCTOR, track([program(), *line()]), kind=1),
            smf(track([*HEAD, *line()]), track(note(0, 57, BAR)), kind=1),
        ],
        [CLEAN, phrase(kind=1)],
    ),
    Case(
        "C013",
        [
            phrase(program(40, channel=3), note(0, 57, channel=3)),
            phrase(program(0, channel=3), note(0, 57, channel=3)),
        ],
        [CLEAN, phrase(program(45, channel=3))],
    ),
    Case(
        "C021",
        [phrase(program(41)), phrase(program(45, tick=2 * BAR))],
        [CLEAN, phrase(program(45, channel=2)), phrase(head=without(0xC0)), on_drums(41)],
    ),
    Case(
        "C022",
        [
            phrase(head=without(0xC0)),
            phrase(program(40, tick=BAR), head=without(0xC0)),
            shared("M22"),
        ],
        [CLEAN, on_drums()],
    ),
    Case(
        "C024",
        [shared("M19"), on_drums(0), phrase(note(0, 57, channel=9))],
        [CLEAN, phrase(program(40, channel=9))],
    ),
    Case("C023", [phrase(program(45, channel=1), program(44, channel=2))], [CLEAN]),
    Case(
        "C031",
        [
            phrase(tempo(60, BAR)),
            phrase(tempo(60, BAR), head=without(0x51)),
            phrase(tempo(60, BAR), tempo(120, BAR + 9)),
        ],
        [CLEAN, phrase(tempo(120, BAR))],
    ),
    Case("C032", [phrase(head=without(0x51))], [CLEAN]),
    Case(
        "C033",
        [phrase(tempo(120, BAR)), phrase(meter(tick=BAR)), phrase(key(tick=BAR))],
        [CLEAN, phrase(key(1, tick=BAR))],
    ),
    Case(
        "C041",
        [phrase(note(0, 54)), phrase(note(0, 43), note(BAR, 50))],
        [CLEAN, phrase(note(0, 55)), phrase(note(0, 42))],
    ),
    Case("C041", [phrase(note(0, 42))][:0], [phrase(note(0, 43))], options={"lowest_pitch": 43}),
    Case("C042", [phrase(note(0, 42), note(BAR, 0))], [CLEAN, phrase(note(0, 43))]),
    Case("C051", [phrase(note(0, 57, velocity=64))], [CLEAN]),
    Case(
        "C061",
        [phrase(controller(64)), phrase(controller(7, tick=BAR)), phrase(controller(2))],
        [CLEAN, phrase(controller(7))],
    ),
    Case(
        "C062",
        [
            phrase(controller(7), controller(121)),
            phrase(controller(0), controller(10)),
            phrase(controller(7, 0)),
            shared("M42"),
        ],
        [CLEAN, phrase(controller(11))],
    ),
    Case("C063", [phrase(bend(8192)), phrase(bend(9000, BAR), bend(8192, 2 * BAR))], [CLEAN]),
    Case(
        "C064",
        [
            phrase((0, b"\xa0\x45\x40")),
            phrase((0, b"\xd0\x40")),
            phrase((0, b"\xf0\x05\x7e\x7f\x09\x01\xf7")),
            phrase((0, b"\xf0\x05\x7e\x7f\x09\x01\xf7"), head=[tempo(), meter(), key()]),
            phrase((0, b"\xd5\x40")),
            shared("M40"),
        ],
        [CLEAN],
    ),
    Case(
        "C071",
        [phrase(head=[tempo(), meter(6, 3), key(), program()]), phrase(meter(2, 1, tick=BAR))],
        [CLEAN],
    ),
    Case("C072", [phrase(meter(3, 2, tick=4 * BAR))], [CLEAN, phrase(meter(tick=BAR))]),
    Case("C073", [phrase(head=without(0x58))], [CLEAN]),
    Case(
        "C081",
        [phrase(key(2, tick=BAR)), phrase(key(2, tick=BAR), head=without(0x59))],
        [CLEAN, phrase(key(tick=BAR))],
    ),
    Case("C082", [phrase(head=without(0x59))], [CLEAN]),
    Case(
        "C091",
        [
            phrase(music=line(2), end=2 * BAR),
            phrase(music=line(17), end=17 * BAR),
            phrase(music=line(7), end=7 * BAR),
        ],
        [CLEAN, phrase(music=line(16), end=16 * BAR), phrase(music=line(7), end=8 * BAR)],
    ),
    Case(
        "C092",
        [
            phrase(end=8 * BAR + 1),
            phrase(music=line(8, BAR - 1), end=8 * BAR - 1),
            phrase(music=line(8, BAR - 480), end=8 * BAR - 480),
            phrase(end=8 * BAR + 700),
        ],
        [CLEAN, phrase(music=line(8, BAR - 480))],
    ),
    Case("C093", [phrase(music=[])], [CLEAN]),
    Case(
        "C101",
        [phrase(music=[*line(), *chord(0, (55, 62, 73, 76), BAR)])],
        [CLEAN, phrase(chord(0, (55, 62, 76)))],
    ),
    Case(
        "C111",
        [
            answer([*note(0, 70, BAR), *ANSWER[2:]]),
            answer([*ANSWER, *note(6 * BAR, 64, BAR + 480)]),
            answer([*line(7), *note(7 * BAR, 71, 960)]),
        ],
        [answer(ANSWER), phrase()],
        given=GIVEN,
    ),
    Case(
        "C112",
        [
            answer([*line(7), *note(7 * BAR, 71, BAR)]),
            answer([*note(0, 69, 960), *note(960, 69, 960), *ANSWER[2:]]),
        ],
        [answer(ANSWER), answer([*note(0, 70, BAR), *ANSWER[2:]])],
        given=GIVEN,
    ),
    Case(
        "C113",
        [
            answer(ANSWER, (tempo(), meter(), key(), program())),
            answer(ANSWER, (tempo(90), meter(), key(-2), program())),
            answer(ANSWER, (tempo(), meter(), program())),
        ],
        [answer(ANSWER)],
        given=GIVEN,
    ),
]
