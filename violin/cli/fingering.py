"""`violin fingering`: a fingering for the music of MIDI files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from violin.cli.common.scores import score_parts, score_sources, split_scores, standard_input_source
from violin.cli.common.warnings import say
from violin.hand import STRING_NAMES

if TYPE_CHECKING:
    from constraints.hand.fingering import HandPath, HandStep
    from constraints.linter.files import Source
    from constraints.linter.subject import Subject
    from data_prep.readers.score_file import ScorePart


class Onset(NamedTuple):
    """What is struck together: where, the pitches, and how they are held or why they cannot be."""

    bar: int
    beat: float
    pitches: tuple[int, ...]
    step: HandStep | None
    reason: str | None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="FILES...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output format.")
@click.option("--part", help="The part of a MusicXML score: its name, or its number from 1.")
def command(paths: tuple[str, ...], form: str, part: str | None) -> None:
    """Write a fingering: string, fret, finger and position at each onset of MIDI files or scores.

    FILES are files, folders, patterns or zips, or - for standard input; MusicXML and ABC files must be named.
    The fingering is playable but not the only one: two violinists agree on nine fingers in ten. JSON is one
    object for one file, a list of objects for several. Exit code: 0 every onset is playable, 1 an onset is
    not, 2 a file cannot be read (the others are still written).

    \b
    Examples:
      violin fingering phrase.mid
      violin fingering caprices/*.mid --format json
      violin fingering quartet.mxl --part "Violin I"
    """
    from constraints.linter.files import sources
    from violin.errors import MidiError

    scores, others = split_scores([path for path in paths if path != "-"])
    parts = score_parts(scores, part)
    files = [*score_sources(parts), *sources(others)]
    if "-" in paths:
        piped, piped_part = standard_input_source(part)
        files.insert(0, piped)
        parts |= {piped.name: piped_part} if piped_part else {}
    if not files:
        raise click.UsageError(f"no MIDI file in {', '.join(paths)}")
    is_unplayable = is_unread = False
    objects = []
    for place, source in enumerate(files):
        try:
            path, onsets = fingered(source, parts.get(source.name))
        except MidiError as error:
            say(f"Error: {error}", err=True)
            is_unread = True
            continue
        is_unplayable |= bool(path.unplayable)
        if form == "json":
            objects.append(_as_object(source.name, path, onsets))
            continue
        if len(files) > 1:
            click.echo("\n" if place else "", nl=False)
            say(source.name)
        click.echo(as_text(path, onsets))
    if form == "json" and objects:
        import json

        whole = objects[0] if len(files) == 1 else objects
        click.echo(json.dumps(whole, indent=1, ensure_ascii=False))
    sys.exit(2 if is_unread else int(is_unplayable))


def fingered(source: Source, part: ScorePart | None = None) -> tuple[HandPath, list[Onset]]:
    """The path through one file and its onsets, in a score by printed measures.

    MidiError if there is nothing to finger.
    """
    from constraints.hand.fingering import find_path
    from constraints.linter.subject import Subject
    from violin.errors import MidiError
    from violin.instrument import witness
    from violin.smf import Limits, parse

    subject = Subject(parse(source.read(Limits())), name=source.name)
    if not subject.smf.is_readable or not subject.notes:
        reason = subject.smf.defects[0].message if subject.smf.defects else "no note"
        raise MidiError(f"{source.name}: {reason}; nothing to finger")
    sets = subject.onset_sets
    path = find_path(sets)
    reasons = {sets[index][0]: str(witness(sets[index][1])) for index in path.unplayable}
    steps = {step.tick: step for step in path.steps}
    return path, [
        Onset(*_place(subject, tick, part), pitches, steps.get(tick), reasons.get(tick))
        for tick, pitches in sets
    ]


def _place(subject: Subject, tick: int, part: ScorePart | None) -> tuple[int, float]:
    """Bar and beat of a tick; in a score the printed measure, if that is a number."""
    bar, beat = subject.bar_and_beat(tick)
    return (bar if part is None else part.measure_number(bar)), beat


def as_text(path: HandPath, onsets: list[Onset]) -> str:
    """A line an onset and a last line that counts them."""
    from violin.music import pitch_name

    lines = []
    for onset in onsets:
        place = f"bar {onset.bar:<3} beat {onset.beat:<6.4g}"
        if onset.step is None:
            names = " ".join(pitch_name(pitch) for pitch in onset.pitches)
            lines.append(f"{place}          {names}: {onset.reason}")
        else:
            lines.append(f"{place} pos. {onset.step.position:<3} {onset.step}")
    held = f"{len(path.steps)} of {len(onsets)} onsets playable, {path.shifts} changes of position"
    lines.append(f"{held}, cost {path.cost:.1f}")
    return "\n".join(lines)


def _as_object(name: str, path: HandPath, onsets: list[Onset]) -> dict[str, Any]:
    rows = [
        {
            "bar": onset.bar,
            "beat": round(onset.beat, 6),
            "pitches": list(onset.pitches),
            "position": onset.step.position if onset.step else None,
            "base_fret": onset.step.base if onset.step else None,
            "stops": [
                {"pitch": s.pitch, "string": STRING_NAMES[s.string], "fret": s.fret, "finger": s.finger}
                for s in (onset.step.stops if onset.step else ())
            ],
            "reason": onset.reason,
        }
        for onset in onsets
    ]
    return {
        "file": name,
        "playable": not path.unplayable,
        "cost": round(path.cost, 3),
        "position_changes": path.shifts,
        "onsets": rows,
    }
