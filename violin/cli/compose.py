"""`violin compose`."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from violin.challenge import SLUGS
from violin.cli.common.music_values import BarsType, KeyType, MeterType, PitchType, SplitType
from violin.errors import PairError, SettingsError, ViolinError
from violin.music import Key, Meter, Phrase, pitch_name

if TYPE_CHECKING:
    from models.generation.infill import Answer, InfillRequest


@click.command()
@click.argument("pairs", nargs=-1, metavar="[PAIR.mid]...", type=click.Path(path_type=Path))
@click.option(
    "--composer", "composers", multiple=True, metavar="SLUG", default=("bach",), show_default=True,
    help="Whose style: a slug, or all; may be given again.",
)  # fmt: skip
@click.option("--bars", type=BarsType(), help="Length of the whole phrase; default: the gap's, else 8.")
@click.option("--split", type=SplitType(), metavar="B+E",
              help="Given bars of beginning and ending, where a given rest lies beside the gap.")  # fmt: skip
@click.option("--variations", type=click.IntRange(1, 1000), default=1, show_default=True)
@click.option("--candidates", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Write so many for each answer and keep the best, as `violin submit` does.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("composed"), show_default=True
)
@click.option("--meter", type=MeterType(), help="Without a pair: 3/4 or 4/4 (the default).")
@click.option("--key", type=KeyType(), help="Without a pair: such as 'D' or 'F# minor'.")
@click.option("--tempo", type=click.FloatRange(20, 300), help="Without a pair: quarters a minute.")
@click.option("--density", type=click.IntRange(0, 5), help="0 (few notes) to 5 (many).")
@click.option("--range", "pitch_range", nargs=2, type=PitchType(), metavar="LOW HIGH", help="As in G3 E6.")
@click.option("--max-tier", type=click.Choice(["easy", "wide", "virtuoso"]), default="virtuoso",
              show_default=True, help="easy: to third position; wide: to seventh; or virtuoso.")  # fmt: skip
@click.option("--rhythm-from", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE.mid", help="Take the middle's rhythm from a phrase, bar for bar.")  # fmt: skip
@click.option("--temperature", type=click.FloatRange(0, 10), help="Boldness; 0 is always the likeliest.")
@click.option("--guidance", type=click.FloatRange(0, 10), help="Strength of the style; 1 is off.")
@click.option("--int8", is_flag=True, help="Round the matrix products: faster on newer processors.")
@click.option("--weights", type=click.Path(path_type=Path), help="Other weights than the shipped ones.")
def command(
    pairs: tuple[Path, ...],
    composers: tuple[str, ...],
    bars: int | Literal["auto"] | None,
    split: tuple[int, int] | None,
    variations: int,
    candidates: int,
    seed: int,
    out: Path,
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
    """Compose the missing bars of phrases, or, without a PAIR, whole phrases.

    A pair is a MIDI file with the first and the last bars of a phrase: side by side, or with a
    silent gap between them whose length then holds. What is given comes back unchanged. `-` reads a
    pair from standard input.

    \b
    Examples:
      violin compose pair.mid --composer paganini --bars 12 --variations 4 --out answers
      violin compose pair.mid --composer all --max-tier easy --range G3 E6
      violin compose pair.mid --rhythm-from study.mid
      violin compose --composer vivaldi --meter 3/4 --key "A minor" --tempo 96
    """
    if split and not pairs:
        raise click.UsageError("--split is for a pair; there is none")
    if pairs and (meter or key or tempo):
        raise click.UsageError("--meter, --key and --tempo are for composing without a pair; it has its own.")
    slugs = tuple(dict.fromkeys(slug for name in composers for slug in (SLUGS if name == "all" else (name,))))
    for slug in slugs:
        if slug not in SLUGS:
            raise click.BadParameter(f"unknown composer {slug!r}; legal: {', '.join(SLUGS)}, all")

    from violin.midi import save_phrase
    from violin.pair import free_pair, read_pair

    given = []
    failed = False
    for path in pairs:
        try:
            stem, name = ("stdin", "<stdin>") if str(path) == "-" else (path.stem, str(path))
            given.append((stem, read_pair(path, name, split)))
        except ViolinError as error:  # the other pairs are still answered
            click.echo(f"Error: {error}", err=True)
            failed = True
    if not pairs:
        tempo_us_per_beat = round(60e6 / tempo) if tempo else 500_000
        given.append(("phrase", free_pair(meter or Meter(), key or Key(), tempo_us_per_beat)))
    if not given:
        sys.exit(2)
    rhythm = _rhythm(rhythm_from, [pair.meter for _, pair in given]) if rhythm_from else None

    import torch

    from models.generation.guards import guards_for, guards_with_rhythm
    from models.generation.infill import InfillRequest, infill_answers
    from models.generation.lengths import drawn_bars
    from models.generation.model import ComposerModel
    from models.generation.sampling import SamplingOptions
    from violin.instrument import Tier

    changed: dict[str, Any] = {}
    if temperature is not None:
        changed["temperature"] = temperature
    if guidance is not None:
        changed["guidance"] = guidance
    if pitch_range is not None:
        changed |= {"lowest": pitch_range[0], "highest": pitch_range[1]}
    try:
        options = SamplingOptions(density=density, seed=seed, hardest=Tier[max_tier.upper()], **changed)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    torch.set_num_threads(1)  # the last bit of a sum, and so now and then a note, hangs on their number
    model = ComposerModel.load(weights, "cpu", int8)
    requests, names = [], []
    for stem, pair in given:
        for slug, variation in product(slugs, range(variations)):
            request_key = (SLUGS.index(slug), variation, *stem.encode())
            drawn = max(drawn_bars(model.weights.facts, seed, request_key), pair.fewest_bars)
            try:
                length = pair.choose_bars(drawn if bars == "auto" else bars)
            except PairError as error:
                click.echo(f"Error: {error}", err=True)
                failed = True
                break
            requests.append(InfillRequest(pair, slug, length, request_key))
            names.append(f"{stem}-{slug}-{variation + 1}.mid")
    if not requests:
        sys.exit(2)
    out.mkdir(parents=True, exist_ok=True)
    asked = [
        replace(request, key=(*request.key, number)) if number else request
        for request in requests
        for number in range(candidates)
    ]
    with click.progressbar(
        length=len(asked), label="composing", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as progress:
        try:
            answers = infill_answers(
                model,
                asked,
                options,
                lambda index, found: progress.update(1),
                guards_with_rhythm(rhythm) if rhythm else guards_for,
            )
        except ValueError as error:  # a range without a playable note
            raise SettingsError(str(error)) from None
    for name, request, found in zip(names, requests, _best(requests, answers, candidates), strict=True):
        save_phrase(found.phrase, out / name)
        pitches = [note.pitch for note in found.phrase.notes]
        click.echo(
            f"{out / name}: {request.bars} bars in {request.pair.meter}, "
            f"{request.pair.beginning_bars}+{request.pair.ending_bars} given, "
            f"{found.middle_notes} notes composed, {pitch_name(min(pitches))} to {pitch_name(max(pitches))}, "
            f"{found.bits_per_note:.1f} bits a note"
        )
    if failed:
        sys.exit(2)


def _rhythm(path: Path, meters: list[Meter]) -> Phrase:
    """The phrase whose rhythm is taken; SettingsError where its bars are of another length."""
    from violin.midi import read_phrase

    source = read_phrase(path.read_bytes(), str(path))
    for meter in meters:
        if meter != source.meter:
            raise SettingsError(f"{path}: its rhythm is in {source.meter}; legal: {meter}, as the pair's")
    return source


def _best(requests: list[InfillRequest], answers: list[Answer], candidates: int) -> list[Answer]:
    """The answer to keep for each request, out of its candidates."""
    if candidates == 1:
        return answers
    from models.generation.engine import Draft, Request
    from models.reranking.mixture import Mixture

    grouped = [answers[start : start + candidates] for start in range(0, len(answers), candidates)]
    drafts = [[Draft(found.phrase, found.bits_per_note) for found in group] for group in grouped]
    asked = [Request(each.pair, str(each.composer), each.bars, each.key) for each in requests]
    picks = Mixture.shipped(candidates).pick(asked, drafts)
    return [group[pick.index] for group, pick in zip(grouped, picks, strict=True)]
