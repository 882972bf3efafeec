"""Fixtures of the P rules."""

from __future__ import annotations

from build import BAR, Case, chord, key, line, meter, note, phrase, program, tempo

CLEAN = phrase()
REST = line()[2:]  # seven bars after an empty first one
FAST = (tempo(400), meter(), key(), program())


def bar(*events: list) -> bytes:  # type: ignore[type-arg]
    """The clean phrase with another first bar."""
    return phrase(music=[*REST, *(event for group in events for event in group)])


CASES = [
    Case(
        "P001",
        [bar(chord(0, (57, 59))), bar(chord(0, (62, 64, 66))), bar(note(0, 57), note(5, 59))],
        [CLEAN, bar(note(0, 57), note(480, 59)), bar(chord(0, (57, 73)))],
    ),
    Case("P002", [bar(chord(0, (57, 74, 90))), bar(chord(0, (97, 99)))], [CLEAN, bar(chord(0, (57, 73)))]),
    Case("P003", [bar(chord(0, (58, 70, 82)))], [CLEAN, bar(chord(0, (55, 62, 69, 76)))]),
    Case("P004", [bar(chord(0, (57, 73)))], [CLEAN, bar(chord(0, (64, 67, 71)))]),
    Case("P005", [bar(chord(0, (64, 67, 71)))], [CLEAN, bar(chord(0, (55, 62, 69, 76)))]),
    Case(
        "P006",
        [bar(note(0, 57, BAR), note(480, 59))],
        [CLEAN, bar(note(0, 57, 480), note(480, 59)), bar(note(0, 57, 484), note(480, 59))],
    ),
    Case(
        "P007",
        [bar(chord(0, (55, 62, 71), 960))],
        [CLEAN, bar(chord(0, (55, 62, 71), 480)), bar(chord(0, (62, 71), BAR))],
    ),
    Case("P008", [bar(note(0, 101)), bar(note(0, 109))], [CLEAN, bar(note(0, 100))]),
    Case(
        "P009",
        [phrase(head=FAST, music=[*REST, *chord(0, (57, 64), 60), *note(30, 106, 60)])],
        [CLEAN, bar(chord(0, (57, 64), 480), note(480, 100))],
    ),
]
