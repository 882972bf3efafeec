"""The fingering of a phrase, and when its notes sound, as JSON values."""

from __future__ import annotations

from typing import Any

from constraints.hand.fingering import HandStep, find_path
from constraints.hand.playability import onset_sets
from violin.hand import STRING_NAMES, Stop, nut_mm
from violin.instrument import witness
from violin.music import Phrase, pitch_name
from violin.render.sound import note_times


def hand_json(phrase: Phrase) -> dict[str, Any]:
    """`notes` and `steps` of a phrase.

    notes   one per note of `phrase.on_grid()`: when it sounds (seconds), its bar and beat, finger and string
    steps   one per onset: position, span in mm, and each stop with its distance from the nut in mm; an
            onset that no hand can hold has `unplayable` and the reason
    """
    grid = phrase.on_grid()
    sets = onset_sets([(note.onset_ticks, note.pitch) for note in grid.notes], grid.ticks_per_beat)
    path = find_path(sets)
    by_tick = {step.tick: step for step in path.steps}
    stop_of = {(step.tick, stop.pitch): stop for step in path.steps for stop in step.stops}
    notes = []
    for index, (note, (onset, end, pitch)) in enumerate(zip(grid.notes, note_times(phrase), strict=True)):
        bar, rest = divmod(note.onset_ticks, grid.bar_ticks)
        stop = stop_of.get((note.onset_ticks, pitch))
        notes.append(
            {
                "id": f"n{index}",
                "onset": round(onset, 4),
                "end": round(end, 4),
                "pitch": pitch,
                "name": pitch_name(pitch),
                "bar": bar + 1,
                "beat": round(1 + rest / grid.ticks_per_beat, 4),
                "finger": stop.finger if stop else None,
                "string": STRING_NAMES[stop.string] if stop else None,
            }
        )
    second = grid.tempo_us_per_beat / 1e6 / grid.ticks_per_beat
    ids: dict[int, list[str]] = {}
    for index, note in enumerate(grid.notes):
        ids.setdefault(note.onset_ticks, []).append(f"n{index}")
    steps = []
    for tick, pitches in sets:
        step = by_tick.get(tick)
        steps.append(
            {
                "onset": round(tick * second, 4),
                "notes": ids.get(tick, []),
                **(_held(step) if step else _unheld(pitches)),
            }
        )
    return {
        "notes": notes,
        "steps": steps,
        "playable": not path.unplayable,
        "seconds": round(grid.length_ticks * second, 4),
        "bar_seconds": round(grid.bar_ticks * second, 6),
    }


def _held(step: HandStep) -> dict[str, Any]:
    stopped = [nut_mm(stop.fret) for stop in step.stops if stop.fret]
    return {
        "position": step.position,
        "span_mm": round(max(stopped) - min(stopped), 1) if stopped else 0.0,
        "stops": [_stop(stop) for stop in step.stops],
        "unplayable": False,
        "reason": None,
    }


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "string": STRING_NAMES[stop.string],
        "fret": stop.fret,
        "mm": round(nut_mm(stop.fret), 1),
        "finger": stop.finger,
        "pitch": stop.pitch,
        "name": pitch_name(stop.pitch),
    }


def _unheld(pitches: tuple[int, ...]) -> dict[str, Any]:
    return {
        "position": None,
        "span_mm": None,
        "stops": [],
        "unplayable": True,
        "reason": str(witness(pitches)),
    }
