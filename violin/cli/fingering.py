"""`violin fingering`: a path of the left hand through a phrase."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from violin.hand import STRING_NAMES

if TYPE_CHECKING:
    from constraints.hand.fingering import HandPath, HandStep

Row = tuple[int, float, tuple[int, ...], "HandStep | None", "str | None"]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How it is written."
)
def command(file: str, form: str) -> None:
    """Show that a phrase can be fingered: string, fret, finger and position at each onset.

    It shows that a fingering exists, not THE fingering: players choose by sound, habit and taste, and two
    of them agree on nine fingers in ten. Exit code: 0 where every onset can be held, 1 where one cannot.

    \b
    Examples:
      violin fingering phrase.mid
      violin fingering phrase.mid --format json
    """
    from pathlib import Path

    from constraints.hand.fingering import find_path
    from constraints.linter.subject import Subject
    from violin.errors import MidiError
    from violin.instrument import witness
    from violin.smf import parse, read_limited

    subject = Subject(parse(read_limited(Path(file))), name=file)
    if not subject.smf.is_readable or not subject.notes:
        reason = subject.smf.defects[0].message if subject.smf.defects else "no note"
        raise MidiError(f"{file}: {reason}; nothing to finger")
    sets = subject.onset_sets
    path = find_path(sets)
    reasons = {sets[index][0]: str(witness(sets[index][1])) for index in path.unplayable}
    steps = {step.tick: step for step in path.steps}
    rows = [
        (*subject.bar_and_beat(tick), pitches, steps.get(tick), reasons.get(tick)) for tick, pitches in sets
    ]
    click.echo(_as_json(file, path, rows) if form == "json" else _as_text(path, rows))
    sys.exit(1 if reasons else 0)


def _as_text(path: HandPath, rows: list[Row]) -> str:
    from violin.music import pitch_name

    lines = []
    for bar, beat, pitches, step, reason in rows:
        if step is None:
            names = " ".join(pitch_name(pitch) for pitch in pitches)
            lines.append(f"bar {bar:<3} beat {beat:<6.4g}          {names}: {reason}")
        else:
            lines.append(f"bar {bar:<3} beat {beat:<6.4g} pos. {step.position:<3} {step}")
    held = f"{len(path.steps)} of {len(rows)} onsets held, {path.shifts} changes of position"
    verdict = "a fingering exists" if not path.unplayable else "no fingering holds them all"
    lines.append(f"{held}, cost {path.cost:.1f}: {verdict}. It is a witness, not the fingering of a player.")
    return "\n".join(lines)


def _as_json(file: str, path: HandPath, rows: list[Row]) -> str:
    import json

    onsets = [
        {
            "bar": bar,
            "beat": round(beat, 6),
            "pitches": list(pitches),
            "position": step.position if step else None,
            "base_fret": step.base if step else None,
            "stops": [
                {"pitch": s.pitch, "string": STRING_NAMES[s.string], "fret": s.fret, "finger": s.finger}
                for s in (step.stops if step else ())
            ],
            "reason": reason,
        }
        for bar, beat, pitches, step, reason in rows
    ]
    return json.dumps(
        {
            "file": file,
            "is": "a witness that a fingering exists, not the fingering of a player",
            "playable": not path.unplayable,
            "cost": round(path.cost, 3),
            "position_changes": path.shifts,
            "onsets": onsets,
        },
        indent=1,
        ensure_ascii=False,
    )
