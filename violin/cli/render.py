"""`violin render`: phrases as pictures, sound and scores."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from violin.cli.common.warnings import say, summarize
from violin.errors import SettingsError, ViolinError

if TYPE_CHECKING:
    from violin.api.forms import FormOptions
    from violin.music import Phrase

_FORMS = ("svg", "png", "pdf", "wav", "flac", "mp3", "musicxml", "mxl", "abc", "mid", "roll.png")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option(
    "--to", "form", type=click.Choice(_FORMS), default="svg", show_default=True, help="Output format."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Output folder, or with one FILE an output file; - for standard output. Default: beside each FILE.",
)
@click.option("--part", help="The part of a score: its name, or its number from 1.")
@click.option("--fingering/--no-fingering", default=True, show_default=True, help="Write fingers over notes.")
@click.option("--given", metavar="B+E|PAIR.mid", help="Shade given bars: 2+2, or those of a pair.")
@click.option("--findings", is_flag=True, help="Colour the notes for which the linter has a finding.")
@click.option("--title", default="", help="The title of a score.")
@click.option("--width", type=click.IntRange(200, 10_000), default=840, show_default=True, help="In pixels.")
@click.option("--rate", type=click.IntRange(8_000, 192_000), default=44_100, show_default=True,
              help="Sample rate in Hz.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(0.1, 3_600), help="Cut or pad the sound to this length.")
@click.option("--engine", type=click.Choice(["auto", "fluidsynth", "builtin"]), default="auto",
              show_default=True, help="Synthesizer; auto: FluidSynth if it is installed.")  # fmt: skip
@click.option(
    "--soundfont", type=click.Path(exists=True, dir_okay=False), help="An .sf2 file for FluidSynth."
)
@click.option("--doctor", is_flag=True, help="Show what is installed, and how to install the rest.")
def command(
    files: tuple[str, ...],
    form: str,
    out: Path | None,
    part: str | None,
    fingering: bool,
    given: str | None,
    findings: bool,
    title: str,
    width: int,
    rate: int,
    seconds: float | None,
    engine: str,
    soundfont: str | None,
    doctor: bool,
) -> None:
    """Make pictures, sound or scores of phrases: MIDI, MusicXML or ABC files, or - for standard input.

    \b
    Examples:
      violin render answer.mid --to png --given 2+2
      violin render answers/*.mid --to mp3 --seconds 10 --rate 16000 --out sounds
      violin render quartet.mxl --part "Violin I" --to mid
      violin render --doctor

    \b
    Exit codes: 0 all written, 2 a file could not be read or written (the others are written).
    """
    if doctor:
        _doctor(soundfont)
        return
    if not files:
        raise click.UsageError("name a FILE, - for standard input, or --doctor")
    from violin.api.forms import FormOptions

    options = FormOptions(
        fingering=fingering,
        title=title,
        width_px=width,
        rate=rate,
        seconds=seconds,
        engine=engine,
        soundfont=soundfont,
    )
    failed = False
    for file in files:
        try:
            _render(file, form, _target(file, form, out, len(files) == 1), part, given, findings, options)
        except ViolinError as error:  # the other files are still made
            say(f"Error: {error}", err=True)
            failed = True
    if failed:
        sys.exit(2)


def _render(
    file: str,
    form: str,
    target: Path | None,
    part: str | None,
    given: str | None,
    findings: bool,
    options: FormOptions,
) -> None:
    from dataclasses import replace

    from violin.api.checking import lint
    from violin.api.findings import colored_findings
    from violin.api.forms import form_bytes
    from violin.api.reading import read
    from violin.files import write_whole

    phrase = read(file, part=part)
    options = replace(
        options,
        given_bars=_given_bars(given, phrase, file) if given else (),
        colored=colored_findings(phrase, lint(phrase)) if findings else {},
    )
    data = form_bytes(phrase, form, options)
    if target is None:
        sys.stdout.buffer.write(data)
        return
    write_whole(target, data)
    summarize(f"{target}: {phrase.bars} bars in {phrase.meter}, {len(phrase.notes)} notes")


def _target(file: str, form: str, out: Path | None, is_only: bool) -> Path | None:
    """Where a file's rendering goes; None is standard output."""
    stem = "phrase" if file == "-" else Path(file).stem
    if str(out) == "-" or (out is None and file == "-"):
        if not is_only:
            raise SettingsError("standard output takes one FILE; legal: --out FOLDER for several")
        return None
    if out is None:
        target = Path(file).with_name(f"{stem}.{form}")
    elif out.suffix and is_only and not out.is_dir():
        target = out
    else:
        target = out / f"{stem}.{form}"
    if file != "-" and target.exists() and Path(file).exists() and target.samefile(file):
        raise SettingsError(f"{file}: would be written over itself; legal: another --out")
    return target


def _given_bars(text: str, phrase: Phrase, file: str) -> tuple[int, ...]:
    """Bars, from 0, of '2+2' or of the pair in a file."""
    first, plus, last = text.partition("+")
    if plus and first.strip().isdigit() and last.strip().isdigit():
        beginning, ending = int(first), int(last)
    else:
        from violin.api.reading import read_pair

        pair = read_pair(text)
        beginning, ending = pair.beginning_bars, pair.ending_bars
    if beginning + ending > phrase.bars:
        raise SettingsError(f"{file}: {beginning}+{ending} given bars; legal: up to its {phrase.bars}")
    return (*range(beginning), *range(phrase.bars - ending, phrase.bars))


def _doctor(soundfont: str | None) -> None:
    from violin.render.doctor import diagnose

    for check in diagnose(soundfont):
        click.echo(f"{'missing' if check.remedy else 'ok':8}{check.needed_for:26}{check.found}")
        if check.remedy:
            click.echo(f"{'':34}install it: {check.remedy}")
