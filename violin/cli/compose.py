"""`violin compose`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from violin.challenge import SLUGS
from violin.cli.common.music_values import BarsType, ComposerType, KeyType, MeterType, PitchType, SplitType
from violin.cli.common.progress import progress
from violin.errors import OutputError, PairError, ViolinError, printable
from violin.files import check_writable
from violin.music import DEFAULT_TEMPO_US_PER_BEAT, Key, Meter, pitch_name

if TYPE_CHECKING:
    from models.compose import Composed
    from violin.pair import Pair


_FORMS = ("mid", "musicxml", "mxl", "abc", "svg", "png", "pdf", "wav", "flac", "mp3")


@click.command()
@click.argument("pairs", nargs=-1, metavar="[PAIR]...", type=click.Path(path_type=Path))
@click.option(
    "--composer", "composers", multiple=True, type=ComposerType("all"), default=("bach",),
    show_default=True, help=f"Whose style: {', '.join(SLUGS)}, or all; repeatable.",
)  # fmt: skip
@click.option(
    "--bars", type=BarsType(), help="Length of the whole phrase; default: from the silent gap, else 8."
)
@click.option("--split", type=SplitType(), metavar="B+E",
              help="Given bars in beginning and ending, if some beside the gap are rests.")  # fmt: skip
@click.option("--variations", type=click.IntRange(1, 1000), default=1, show_default=True,
              help="Answers per pair and composer.")  # fmt: skip
@click.option("--candidates", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Compose this many per answer and keep the best.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same notes.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("composed"), show_default=True,
    help="The folder to write to.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("--to", "form", type=click.Choice(_FORMS), default="mid", show_default=True,
              help="File format of the answers.")  # fmt: skip
@click.option("--format", "report", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="Format of the summary on standard output.")  # fmt: skip
@click.option("--part", help="The part of a MusicXML score: its name, or its number from 1.")
@click.option("--meter", type=MeterType(), help="Without a pair: 3/4 or 4/4 (the default).")
@click.option("--key", type=KeyType(), help="Without a pair: a key such as 'D' or 'F# minor'.")
@click.option("--tempo", type=click.FloatRange(20, 300), help="Without a pair: quarter notes per minute.")
@click.option("--density", type=click.IntRange(0, 5), help="Density of notes, 0 (few) to 5 (many).")
@click.option("--range", "pitch_range", nargs=2, type=PitchType(), metavar="LOW HIGH",
              help="Lowest and highest pitch, such as G3 E6.")  # fmt: skip
@click.option("--max-tier", type=click.Choice(["easy", "wide", "virtuoso"]), default="virtuoso",
              show_default=True,
              help="Difficulty: easy, up to third position; wide, up to seventh; virtuoso.")  # fmt: skip
@click.option("--rhythm-from", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE.mid",
              help="Copy the rhythm of the middle from this phrase, bar by bar.")  # fmt: skip
@click.option(
    "--temperature", type=click.FloatRange(0, 10), help="Sampling temperature; 0: always the likeliest token."
)
@click.option(
    "--guidance", type=click.FloatRange(0, 10), help="Classifier-free guidance towards the composer; 1: off."
)
@click.option("--int8", is_flag=True, help="8-bit matrix products: faster on processors with VNNI.")
@click.option(
    "--weights", type=click.Path(path_type=Path), help="Weights to use instead of the shipped ones."
)
def command(
    pairs: tuple[Path, ...],
    composers: tuple[str, ...],
    bars: int | Literal["auto"] | None,
    split: tuple[int, int] | None,
    variations: int,
    candidates: int,
    seed: int,
    out: Path,
    force: bool,
    form: str,
    report: str,
    part: str | None,
    meter: Meter | None,
    key: Key | None,
    tempo: float | None,
    density: int | None,
    pitch_range: tuple[int, int] | None,
    max_tier: str,
    rhythm_from: Path | None,
    temperature: float | None,
    guidance: float | None,
    int8: bool,
    weights: Path | None,
) -> None:
    """Compose the missing bars of phrases. Without a PAIR, compose whole phrases.

    A pair is a MIDI file, or a MusicXML or ABC score, with the first and the last bars of a phrase.
    They are side by side, or a silent gap between them has the length of the missing bars. The given
    notes are not changed. `-` reads a pair from standard input. Each answer is written as soon as it is
    finished, to a file named by pair, composer, seed and number. An existing file is overwritten only
    with --force.

    \b
    Examples:
      violin compose pair.mid --composer paganini --bars 12 --variations 4 --out answers
      violin compose pair.mid --composer all --max-tier easy --range G3 E6
      violin compose pair.mid --rhythm-from study.mid
      violin compose pair.musicxml --to musicxml
      violin compose --composer vivaldi --meter 3/4 --key "A minor" --tempo 96
    """
    if split and not pairs:
        raise click.UsageError("--split is for a pair; there is none")
    if pairs and (meter or key or tempo):
        raise click.UsageError("--meter, --key and --tempo are for composing without a pair; it has its own.")
    from models.compose import ComposeSettings, compose
    from violin.api.forms import save
    from violin.api.reading import read
    from violin.instrument import Tier
    from violin.pair import free_pair

    given, errors = _read_pairs(pairs, split, part)
    if not pairs:
        tempo_us_per_beat = round(60e6 / tempo) if tempo else DEFAULT_TEMPO_US_PER_BEAT
        given = [("phrase", free_pair(meter or Meter(), key or Key(), tempo_us_per_beat))]
    slugs = tuple(dict.fromkeys(slug for name in composers for slug in (SLUGS if name == "all" else (name,))))
    names = _file_names(given, slugs, seed, variations, form)
    _check_unwritten([out / name for name in names.values()], force)
    _warn_of_gaps(given, bars)
    lowest, highest = pitch_range or (None, None)
    settings = ComposeSettings(
        composers=slugs,
        bars=bars,
        variations=variations,
        candidates=candidates,
        seed=seed,
        density=density,
        lowest=lowest,
        highest=highest,
        hardest=Tier[max_tier.upper()],
        temperature=temperature,
        guidance=guidance,
        rhythm=read(rhythm_from) if rhythm_from else None,
        weights=weights,
        int8=int8,
    )

    def refused(error: PairError) -> None:
        click.echo(f"Error: {printable(str(error))}", err=True)
        errors.append(error)

    found: list[Composed] = []
    if given:
        with progress(len(given) * len(settings.composers) * variations, "composing") as bar:

            def finished(composed: Composed) -> None:
                path = out / names[_place(composed)]
                save(composed.answer.phrase, path, given_bars=_given_bars(composed))
                bar.update(1)

            found = compose(given, settings, on_done=finished, on_error=refused)
    if report == "json":
        import json

        facts = [{"file": str(out / names[_place(one)]), **_facts(one)} for one in found]
        click.echo(json.dumps(facts, indent=1))
    else:
        for composed in found:
            click.echo(f"{printable(str(out / names[_place(composed)]))}: {_described(composed)}")
    if errors:
        sys.exit(2)


def _read_pairs(
    paths: tuple[Path, ...], split: tuple[int, int] | None, part: str | None
) -> tuple[list[tuple[str, Pair]], list[ViolinError]]:
    """The pairs of those files that hold one; each other file gets a line on stderr."""
    from violin.api.reading import read_pair

    given: list[tuple[str, Pair]] = []
    errors: list[ViolinError] = []
    for path in paths:
        try:
            stem, name = ("stdin", "<stdin>") if str(path) == "-" else (path.stem, str(path))
            given.append((stem, read_pair(str(path), part=part, split=split, name=name)))
        except ViolinError as error:
            click.echo(f"Error: {printable(str(error))}", err=True)
            errors.append(error)
    return given, errors


Place = tuple[str, str, int]  # an answer's pair, composer and number


def _place(composed: Composed) -> Place:
    return composed.name, str(composed.request.composer), composed.variation


def _file_names(
    given: list[tuple[str, Pair]], slugs: tuple[str, ...], seed: int, variations: int, form: str
) -> dict[Place, str]:
    """A name for each answer that carries what makes it differ; UsageError if two would be the same."""
    names: dict[Place, str] = {}
    for stem, pair in given:
        key = "" if pair.given_bars else "-" + str(pair.key or Key()).replace("#", "-sharp").replace(" ", "-")
        for slug in slugs:
            for number in range(1, variations + 1):
                if (stem, slug, number) in names:
                    raise click.UsageError(f"two pairs are named {printable(stem)}; rename one of them")
                names[stem, slug, number] = f"{stem}{key}-{slug}-seed{seed}-{number}.{form}"
    return names


def _check_unwritten(paths: list[Path], force: bool) -> None:
    """OutputError if a file would be overwritten or none can be written: said before anything is
    composed."""
    there = [path for path in paths if path.exists()]
    if there and not force:
        more = f" and {len(there) - 1} more" if len(there) > 1 else ""
        raise OutputError(f"{there[0]}{more}: there already; legal: another --out or --seed, or --force")
    for path in paths[:1]:
        check_writable(path)


def _warn_of_gaps(given: list[tuple[str, Pair]], bars: int | Literal["auto"] | None) -> None:
    """Say where --bars does not hold, since the gap of a pair says another length."""
    for _, pair in given:
        if bars is not None and pair.bars is not None and bars != pair.bars:
            asked = f"--bars {bars} does not hold"
            click.echo(f"Warning: {printable(pair.name)}: {asked}; the gap says {pair.bars} bars", err=True)


def _given_bars(composed: Composed) -> tuple[int, ...]:
    """The given bars of an answer, from 0."""
    pair, bars = composed.request.pair, composed.answer.phrase.bars
    return (*range(pair.beginning_bars), *range(bars - pair.ending_bars, bars))


def _facts(composed: Composed) -> dict[str, Any]:
    """An answer as plain JSON values."""
    pair, phrase = composed.request.pair, composed.answer.phrase
    return {
        "composer": composed.request.composer,
        "variation": composed.variation,
        "bars": phrase.bars,
        "meter": str(phrase.meter),
        "key": str(phrase.key) if phrase.key else None,
        "tempo_bpm": round(phrase.tempo_bpm, 3),
        "given_bars": [pair.beginning_bars, pair.ending_bars],
        "composed_notes": len(phrase.notes) - len(pair.beginning) - len(pair.ending),
        "bits_per_note": composed.answer.bits_per_note,
    }


def _described(composed: Composed) -> str:
    """The line about an answer: its length, what was given, what was composed."""
    pair, phrase = composed.request.pair, composed.answer.phrase
    pitches = [note.pitch for note in phrase.notes]
    bits = composed.answer.bits_per_note
    return (
        f"{phrase.bars} bars in {phrase.meter}, {pair.beginning_bars}+{pair.ending_bars} given, "
        f"{len(phrase.notes) - len(pair.beginning) - len(pair.ending)} notes composed, "
        f"{pitch_name(min(pitches))} to {pitch_name(max(pitches))}"
        + (f", {bits:.1f} bits a note" if bits is not None else "")
    )
