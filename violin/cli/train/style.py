"""`violin adapt`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import weights_option
from violin.cli.common.progress import ShareProgress
from violin.cli.common.warnings import summarize
from violin.errors import OutputError


@click.command()
@click.argument("scores", required=False, type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Name of the style, for files and reports.")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="The style file to write.")
@click.option("--data", type=click.Path(path_type=Path),
              help="Phrase store of `violin prepare` to use instead of SCORES; needs --source.")  # fmt: skip
@click.option("--source", help="The composer in the store of --data whose training phrases are learned.")
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=8.0, show_default=True,
              help="Most minutes of training; it stops earlier if it no longer gains.")  # fmt: skip
@click.option("--processor-time", is_flag=True, help="Count --minutes in processor time.")
@weights_option("Weights instead of the shipped ones.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--force", is_flag=True, help="Overwrite a file that exists.")
def command(
    scores: Path | None,
    name: str,
    out: Path,
    data: Path | None,
    source: str | None,
    minutes: float,
    processor_time: bool,
    weights: Path | None,
    seed: int,
    force: bool,
) -> None:
    """Learn a style of your own from about ten scores, in minutes.

    SCORES is a folder of Humdrum, MusicXML, ABC or MIDI files; two pieces or more. About a fifth of the
    pieces is held out; the step that is best on them is kept. Only the biases and the norm gains of the
    network, one composer's token and one vector change. The style is a small file that belongs to the weights
    it was learned with.

    \b
    Examples:
      violin adapt my-scores/ --name mazas -o mazas.safetensors
      violin compose pair.mid --style mazas.safetensors
      violin evaluate style mazas.safetensors unseen-scores/
    """
    if (scores is None) == (data is None) or (data is None) != (source is None):
        raise click.UsageError("legal: a folder SCORES, or --data and --source")
    if out.exists() and not force:
        raise OutputError(f"{out}: exists already; legal: another --out, or --force")
    import time

    from data_prep.corpus.own_scores import phrases_of_scores, phrases_of_source
    from models.composer.checkpoint import SHIPPED_WEIGHTS, load_weights
    from models.composer.style import save_style
    from models.training.adapt import AdaptOptions, adapt
    from violin.files import check_writable, file_digest

    check_writable(out)
    file = weights or SHIPPED_WEIGHTS
    loaded = load_weights(file)
    if scores is not None:
        phrases = phrases_of_scores(scores)
    else:
        assert data is not None and source is not None
        phrases = phrases_of_source(data, source, "train")
    clock = time.process_time if processor_time else time.perf_counter
    begun = clock()
    with ShareProgress("learning") as bar:

        def show(share: float, figures: dict[str, float]) -> None:
            bar.update(share, f"{figures['held_out_bits_per_note']:.3f} bits a note")

        options = AdaptOptions(minutes=minutes, seed=seed, clock=clock)
        style = adapt(loaded, file_digest(file), name, phrases, options, show)
    save_style(out, style)
    facts = style.facts
    before, after = facts["held_out_bits_per_note"]
    summarize(
        f"{out}: {name}, near {style.nearest}, from {facts['training_phrases']} phrases of {facts['pieces']} "
        f"pieces; {facts['held_out_phrases']} held-out phrases: {before:.2f} bits a note before, {after:.2f} "
        f"after {facts['steps']} steps; {(clock() - begun) / 60:.1f} minutes"
    )
