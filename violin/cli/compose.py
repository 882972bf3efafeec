"""`violin compose`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from violin.challenge import SLUGS
from violin.cli.common.composed import Place, place_of
from violin.cli.common.given import read_music, warn_of_gaps
from violin.cli.common.music_values import (
    BarsType,
    KeyType,
    MeterType,
    PitchType,
    ScaleType,
    SpansType,
    SplitType,
    StyleType,
)
from violin.cli.common.options import weights_option
from violin.cli.common.plan_file import PlanFile
from violin.cli.common.progress import progress
from violin.errors import PairError, ViolinError, printable
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, Key, Meter
from violin.pair import Pair, Redo

if TYPE_CHECKING:
    from constraints.decoding.scale import Scale
    from models.compose import ComposeSettings
    from models.composing.task import Composed
    from violin.plan import Plan


_FORMS = ("mid", "musicxml", "mxl", "abc", "svg", "png", "pdf", "wav", "flac", "mp3")


@click.command()
@click.argument("pairs", nargs=-1, metavar="[PAIR]...", type=click.Path(path_type=Path))
@click.option(
    "--composer", "composers", multiple=True, type=StyleType("all"),
    show_default="bach", help=f"Whose style: {', '.join(SLUGS)}, all, or a blend "
    "such as bach+paganini or 70bach+30paganini; repeatable.",
)  # fmt: skip
@click.option("--style", type=click.Path(path_type=Path),
              help="A style file of violin adapt, instead of --composer.")  # fmt: skip
@click.option(
    "--bars", type=BarsType(), help="Length of the whole phrase; default: from the silent gap, else 8."
)
@click.option("--split", type=SplitType(), metavar="B+E",
              help="Given bars in beginning and ending, if some beside the gap are rests.")  # fmt: skip
@click.option("--redo", type=SpansType(), help="Bars of a whole phrase to compose anew, as in 4-5 or 3,6-7.")
@click.option("--keep", type=SpansType(), help="Bars of a whole phrase to keep; the others are new.")
@click.option("--keep-notes", metavar="BAR:BEAT,...",
              help="With --redo or --keep: notes of the new bars that stay, as in 4:1,5:2.5.")  # fmt: skip
@click.option("--continue", "continue_bars", type=click.IntRange(1, 15), metavar="BARS",
              help="Compose this many bars after a whole phrase, 16 in all at most.")  # fmt: skip
@click.option("--variations", type=click.IntRange(1, 1000), default=1, show_default=True,
              help="Answers per pair and composer.")  # fmt: skip
@click.option("--min-difference", type=click.FloatRange(0, 1), default=0.3, show_default=True,
              help="Least share of notes by which variations differ; closer ones are redone.")  # fmt: skip
@click.option("--candidates", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Compose this many per answer and keep the best.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same notes.")
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False, allow_dash=True),
              default=Path("composed"), show_default=True,
              help="The folder to write to; -: one answer to standard output.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("--to", "form", type=click.Choice(_FORMS), default="mid", show_default=True,
              help="File format of the answers.")  # fmt: skip
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Format of the summary on standard output.")  # fmt: skip
@click.option("--show", is_flag=True, help="Show the answers side by side: scores, copies, difficulty.")
@click.option("--part", help="The part of a MusicXML score: its name, or its number from 1.")
@click.option("--meter", type=MeterType(), help="Without a pair: 3/4 or 4/4 (the default).")
@click.option("--key", type=KeyType(), help="Without a pair: a key such as 'D' or 'F# minor'.")
@click.option("--tempo", type=click.FloatRange(20, 300), help="Without a pair: quarter notes per minute.")
@click.option(
    "--density",
    type=click.IntRange(0, 5),
    help="Density of notes, 0 (few) to 5 (many); default: as the given bars.",
)
@click.option("--range", "pitch_range", nargs=2, type=PitchType(), metavar="LOW HIGH",
              help="Lowest and highest pitch, such as G3 E6.")  # fmt: skip
@click.option("--scale", type=ScaleType(), help="Limit new notes to a scale, as in 'A minor' or 'D dorian'.")
@click.option("--max-tier", type=click.Choice(["easy", "wide", "virtuoso"]), default="virtuoso",
              show_default=True,
              help="Difficulty: easy, up to third position; wide, up to seventh; virtuoso.")  # fmt: skip
@click.option("--rhythm-from", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE.mid",
              help="Copy the rhythm of the middle from this phrase, bar by bar.")  # fmt: skip
@click.option("--plan", type=PlanFile(), metavar="FILE",
              help="A plan to follow, as --show-plan prints it; ? leaves something open.")  # fmt: skip
@click.option("--show-plan", is_flag=True, help="Print the plan of each answer: chords, relations, cadence.")
@click.option("--avoid-copies", type=click.Choice(["off", "normal", "strict"]), default="normal",
              show_default=True,
              help="Copies of training music: strict permits no run of nine notes.")  # fmt: skip
@click.option(
    "--temperature", type=click.FloatRange(0, 10), help="Sampling temperature; 0: always the likeliest token."
)
@click.option(
    "--guidance", type=click.FloatRange(0, 10), help="Classifier-free guidance towards the composer; 1: off."
)
@click.option("--int8", is_flag=True, help="8-bit matrix products: faster on processors with VNNI.")
@weights_option("Weights to use instead of the shipped ones.")
def command(
    pairs: tuple[Path, ...],
    composers: tuple[str, ...],
    style: Path | None,
    bars: int | Literal["auto"] | None,
    split: tuple[int, int] | None,
    redo: str | None,
    keep: str | None,
    keep_notes: str | None,
    continue_bars: int | None,
    variations: int,
    min_difference: float,
    candidates: int,
    seed: int,
    out: Path,
    force: bool,
    form: str,
    report: str,
    show: bool,
    part: str | None,
    meter: Meter | None,
    key: Key | None,
    tempo: float | None,
    density: int | None,
    pitch_range: tuple[int, int] | None,
    scale: Scale | None,
    max_tier: str,
    rhythm_from: Path | None,
    plan: Plan | None,
    show_plan: bool,
    avoid_copies: Literal["off", "normal", "strict"],
    temperature: float | None,
    guidance: float | None,
    int8: bool,
    weights: Path | None,
) -> None:
    """Compose the missing bars of phrases. Without a PAIR, compose whole phrases.

    A pair is a MIDI file, or a MusicXML or ABC score, with the first and the last bars of a phrase. They are
    side by side, or a silent gap between them has the length of the missing bars. With --redo, --keep or
    --continue, give a whole phrase instead. The given notes are not changed. `-` reads from standard input.
    Each answer is written as soon as it is finished, to a file named by pair, composer, seed and number. An
    existing file is overwritten only with --force.

    \b
    Examples:
      violin compose pair.mid --composer paganini --bars 12 --variations 4 --out answers
      violin compose pair.mid --composer all --max-tier easy --range G3 E6
      violin compose pair.mid --composer 70bach+30paganini
      violin compose phrase.mid --redo 4-5 --scale "A minor" --variations 4 --show
      violin compose phrase.mid --redo 4-5 --keep-notes 4:1,5:1
      violin compose pair.mid --style mazas.safetensors
      violin compose phrase.mid --continue 8 -o - > longer.mid
      violin compose pair.mid --rhythm-from study.mid
      violin compose pair.mid --show-plan
      violin compose pair.musicxml --to musicxml
      violin compose --composer vivaldi --meter 3/4 --key "A minor" --tempo 96
    """
    if style and composers:
        raise click.UsageError("--style and --composer contradict each other; legal: one of them")
    whole = [
        name for name, value in (("--redo", redo), ("--keep", keep), ("--continue", continue_bars)) if value
    ]
    if keep_notes and not (redo or keep):
        raise click.UsageError("--keep-notes is for bars to compose; name them with --redo or --keep")
    _check_options(pairs, whole, split is not None, bars is not None, bool(meter or key or tempo))
    from models.compose import ComposeSettings
    from models.composer.style import load_style
    from violin.api.reading import read
    from violin.cli.common import composed as answers
    from violin.instrument import Tier
    from violin.pair import free_pair

    given, errors = read_music(
        pairs,
        split=split,
        part=part,
        redo=redo,
        keep=keep,
        continue_bars=continue_bars,
        keep_notes=keep_notes,
    )
    if not pairs:
        tempo_us_per_beat = round(60e6 / tempo) if tempo else DEFAULT_TEMPO_US_PER_BEAT
        given = [("phrase", free_pair(meter or Meter(), key or Key(), tempo_us_per_beat))]
    named = composers or ("bach",)
    slugs = tuple(dict.fromkeys(slug for name in named for slug in (SLUGS if name == "all" else (name,))))
    styles = (load_style(style).name,) if style else slugs
    names = answers.file_names(given, styles, seed, variations, form)
    to_stdout = str(out) == "-"
    if to_stdout and len(names) != 1:
        raise click.UsageError(f"{len(names)} answers; legal on standard output: one")
    if not to_stdout:
        answers.check_unwritten([out / name for name in names.values()], force)
    warn_of_gaps(given, bars)
    lowest, highest = pitch_range or (None, None)
    settings = ComposeSettings(
        composers=slugs,
        style=style,
        bars=bars,
        variations=variations,
        min_difference=min_difference,
        candidates=candidates,
        seed=seed,
        density=density,
        lowest=lowest,
        highest=highest,
        scale=scale,
        hardest=Tier[max_tier.upper()],
        temperature=temperature,
        guidance=guidance,
        rhythm=read(rhythm_from) if rhythm_from else None,
        plan=plan,
        avoid_copies=avoid_copies,
        weights=weights,
        int8=int8,
    )
    files = {place: "-" if to_stdout else str(out / name) for place, name in names.items()}
    found = _compose(given, settings, files, form, errors)
    answers.report(found, files, seed, as_json=report == "json", show=show, err=to_stdout)
    if show_plan and report == "text":
        answers.show_plans(found, files, err=to_stdout)
    faults = answers.faults(found, files)
    for line in faults:
        click.echo(f"Error: {printable(line)}", err=True)
    if errors or faults:
        sys.exit(2 if errors else 1)


def _check_options(
    pairs: tuple[Path, ...], whole: list[str], has_split: bool, has_bars: bool, has_signature: bool
) -> None:
    """UsageError for options that contradict each other."""
    if len(whole) > 1:
        raise click.UsageError(f"{' and '.join(whole)} contradict each other; legal: one of them")
    for name in (*whole, *(["--split"] if has_split else [])):
        if not pairs:
            raise click.UsageError(f"{name} is for a given file; there is none")
    if whole and (has_split or has_bars):
        other = "--split" if has_split else "--bars"
        raise click.UsageError(f"{whole[0]} is for a whole phrase, and {other} for a pair")
    if pairs and has_signature:
        raise click.UsageError(
            "--meter, --key and --tempo are for composing without a pair; a pair has its own."
        )


def _compose(
    given: list[tuple[str, Pair | Redo]],
    settings: ComposeSettings,
    files: Mapping[Place, str],
    form: str,
    errors: list[ViolinError],
) -> list[Composed]:
    """Compose and write each answer as soon as it is finished. The error of a pair that cannot be answered
    is added to `errors`."""
    from models.compose import compose
    from violin.api.forms import FormOptions, form_bytes, save

    def refused(error: PairError) -> None:
        click.echo(f"Error: {printable(str(error))}", err=True)
        errors.append(error)

    if not given:
        return []
    with progress(len(files), "composing") as bar:

        def finished(composed: Composed) -> None:
            phrase, given_bars = composed.answer.phrase, composed.given_bars
            file = files[place_of(composed)]
            if file == "-":
                sys.stdout.buffer.write(form_bytes(phrase, form, FormOptions(given_bars=given_bars)))
                sys.stdout.buffer.flush()
            else:
                save(phrase, file, given_bars=given_bars)
            bar.update(1)

        return compose(given, settings, on_done=finished, on_error=refused)
