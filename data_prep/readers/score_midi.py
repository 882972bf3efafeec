"""One part of a score as a MIDI file, with all its meters, keys and tempi: what the linter reads.

findings = measured(check_bytes(part_bytes(part), name=part.file), part)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from constraints.linter.finding import Finding
from data_prep.readers.score_file import ScorePart
from violin.challenge import VIOLIN_PROGRAM
from violin.midi import variable_length
from violin.music import DEFAULT_VELOCITY


def part_bytes(part: ScorePart) -> bytes:
    """A format-0 file of the part; its track ends at the last barline."""
    events: list[tuple[int, int, bytes]] = [(0, 2, bytes((0xC0, VIOLIN_PROGRAM)))]
    for tick, meter in part.meters:
        power = meter.denominator.bit_length() - 1
        events.append((tick, 0, bytes((0xFF, 0x58, 4, meter.numerator, power, 96 >> min(power, 5), 8))))
    events += [(tick, 1, bytes((0xFF, 0x59, 2, key.fifths & 0xFF, key.minor))) for tick, key in part.keys]
    events += [(tick, 1, b"\xff\x51\x03" + tempo.to_bytes(3, "big")) for tick, tempo in part.tempos]
    for note in part.notes:
        events.append((note.onset_ticks, 4, bytes((0x90, note.pitch, DEFAULT_VELOCITY))))
        events.append((note.end_ticks, 3, bytes((0x80, note.pitch, 0))))
    body, now = bytearray(), 0
    for tick, _, message in sorted(events):
        body += variable_length(tick - now) + message
        now = tick
    body += variable_length(max(part.barlines[-1] - now, 0)) + b"\xff\x2f\x00"
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01" + part.ticks_per_beat.to_bytes(2, "big")
    return header + b"MTrk" + len(body).to_bytes(4, "big") + bytes(body)


def measured(findings: Iterable[Finding], part: ScorePart) -> list[Finding]:
    """The findings with the printed measure in place of the bar, and without offsets into bytes that the
    score does not have. A measure without a numeric number gets the count of its bar."""
    result = []
    for finding in findings:
        bar = None if finding.bar is None else part.measure_number(finding.bar)
        result.append(replace(finding, bar=bar, byte_offset=None, byte_length=None))
    return result
