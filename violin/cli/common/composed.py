"""Composed answers on the command line: the names of their files, a line or JSON for each, a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from violin.cli.common.warnings import inform, summarize
from violin.errors import OutputError, printable
from violin.files import check_writable
from violin.midi import phrase_bytes
from violin.music import Key, pitch_name
from violin.pair import Pair, Redo

if TYPE_CHECKING:
    from models.composing.reasons import Reasons
    from models.composing.task import Composed

Place = tuple[str, str, int]
"""An answer's music, style and number."""


def place_of(composed: Composed) -> Place:
    return composed.name, composed.style, composed.variation


def file_names(
    given: Sequence[tuple[str, Pair | Redo]], styles: Sequence[str], seed: int, variations: int, form: str
) -> dict[Place, str]:
    """A file name for each answer, from its pair, style, seed and number; UsageError if two are the same."""
    names: dict[Place, str] = {}
    for stem, music in given:
        key = ""
        if isinstance(music, Pair) and not music.given_bars:
            key = "-" + str(music.key or Key()).replace("#", "-sharp").replace(" ", "-")
        for style in styles:
            for number in range(1, variations + 1):
                if (stem, style, number) in names:
                    raise click.UsageError(f"two pairs are named {printable(stem)}; rename one of them")
                names[stem, style, number] = f"{stem}{key}-{style}-seed{seed}-{number}.{form}"
    return names


def check_unwritten(paths: Sequence[Path], force: bool) -> None:
    """OutputError if a file would be overwritten or none can be written. Called before anything is
    composed."""
    there = [path for path in paths if path.exists()]
    if there and not force:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise OutputError(f"{there[0]}{more}: exists already; legal: another --out or --seed, or --force")
    for path in paths[:1]:
        check_writable(path)


def report(
    found: Sequence[Composed], files: Mapping[Place, str], seed: int, *, as_json: bool, show: bool, err: bool
) -> None:
    """Print the answers, to stderr if `err`: as JSON, or a line each and with `show` a table."""
    from models.composing.reasons import reasons_of

    reasons = [reasons_of(composed) if show else None for composed in found]
    if as_json:
        rows = [facts(one, files[place_of(one)], seed, why) for one, why in zip(found, reasons, strict=True)]
        click.echo(json.dumps(rows, indent=1), err=err)
    else:
        line = inform if err else summarize
        for composed in found:
            line(f"{files[place_of(composed)]}: {described(composed)}")
        together: dict[tuple[str, str], list[tuple[Composed, Reasons]]] = {}
        for composed, why in zip(found, reasons, strict=True):
            if why is not None:
                name, slug, _ = place_of(composed)
                together.setdefault((name, slug), []).append((composed, why))
        for (name, slug), answers in together.items():
            click.echo(f"\n{printable(name)}, {slug}\n{table(answers)}", err=err)


def show_plans(found: Sequence[Composed], files: Mapping[Place, str], *, err: bool) -> None:
    """Print the plan that each answer follows, in the form that --plan reads."""
    for composed in found:
        plan = composed.answer.plan
        text = plan if plan is not None else "no plan: the weights follow none"
        click.echo(f"\n# {printable(files[place_of(composed)])}\n{text}", err=err)


def faults(found: Sequence[Composed], files: Mapping[Place, str]) -> list[str]:
    """A line for each rule of a submission that new bars break, and for each given bar that is not exactly
    as it was. The decoder and `violin.pair.answer` prevent both; this checks the result."""
    from constraints.linter.answers import check_given

    lines = []
    for composed in found:
        file = files[place_of(composed)]
        check = check_given(phrase_bytes(composed.answer.phrase), file, composed.given)
        lines += [f"{file}: {line}" for line in check.own]
    return lines


def facts(composed: Composed, file: str, seed: int, reasons: Reasons | None) -> dict[str, Any]:
    """An answer as plain JSON values; bars are counted from 1."""
    phrase = composed.answer.phrase
    found: dict[str, Any] = {
        "file": file,
        "composer": composed.style,
        "variation": composed.variation,
        "seed": seed,
        "bars": phrase.bars,
        "meter": str(phrase.meter),
        "key": str(phrase.key) if phrase.key else None,
        "tempo_bpm": round(phrase.tempo_bpm, 3),
        "given_bars": [bar + 1 for bar in composed.given_bars],
        "new_bars": [bar + 1 for bar in composed.new_bars],
        "composed_notes": composed.new_notes,
        "bits_per_note": composed.answer.bits_per_note,
        "plan": str(composed.answer.plan) if composed.answer.plan else None,
        "difference": composed.difference,
        "scores": {name: round(score, 4) for name, score in composed.scores.items()},
    }
    if reasons is not None:
        copied = reasons.copied
        found["scores"] = {name: round(score, 4) for name, score in reasons.scores.items()}
        found["longest_copied_run"] = (
            {"notes": copied.notes, "work": copied.work, "bar": copied.bar} if copied else None
        )
        found["hardest_tier"] = reasons.hardest.name.lower()
    return found


def described(composed: Composed) -> str:
    """The line about an answer: its length, what was given, what was composed."""
    from violin.pair.redo import joined, spans_text

    phrase = composed.answer.phrase
    pitches = [note.pitch for note in phrase.notes]
    if isinstance(composed.given, Redo):
        kept = [(bar + 1, bar + 1) for bar in composed.given_bars]
        text = spans_text(joined(kept, phrase.bars, composed.name)) if kept else "none"
        given = f"bars {text} as before"
    else:
        given = f"{composed.given.beginning_bars}+{composed.given.ending_bars} given"
    bits, difference = composed.answer.bits_per_note, composed.difference
    return (
        f"{phrase.bars} bars in {phrase.meter}, {given}, {composed.new_notes} notes composed, "
        f"{pitch_name(min(pitches))} to {pitch_name(max(pitches))}"
        + (f", {bits:.1f} bits a note" if bits is not None else "")
        + (f", {difference:.0%} unlike the others" if difference is not None else "")
    )


def table(answers: Sequence[tuple[Composed, Reasons]]) -> str:
    """The answers to one piece side by side, the best one first: a column each, a line for each reason."""
    ordered = sorted(answers, key=lambda answer: -answer[1].scores.get("mixture", 0.0))
    rows = [_cells(composed, reasons) for composed, reasons in ordered]
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [names, *([row.get(name, "") for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in columns]
    lines = []
    for cells in zip(*columns, strict=True):
        first, *others = (
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        lines.append("  " + "   ".join([first, *others]))
    return "\n".join(lines)


def _cells(composed: Composed, reasons: Reasons) -> Mapping[str, str]:
    """The column of one answer: a name and a text for each line."""
    bits = composed.answer.bits_per_note
    scores = {name: f"{score:.2f}" for name, score in reasons.scores.items() if name != "candidate"}
    total = scores.pop("mixture", "")
    outer = (reasons.lowest, reasons.highest)
    return {
        "variation": str(composed.variation),
        "total": total,
        **scores,
        "copied notes": str(reasons.copied.notes) if reasons.copied else "under 9",
        "hardest stop": reasons.hardest.name.lower(),
        "unlike others": "" if composed.difference is None else f"{composed.difference:.0%}",
        "bits a note": "" if bits is None else f"{bits:.1f}",
        "notes": str(reasons.notes),
        "range": " to ".join(pitch_name(pitch) for pitch in outer if pitch is not None),
    }
