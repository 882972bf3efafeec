"""`violin bench render`: how fast phrases become pictures and sound."""

from __future__ import annotations

import click


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--phrases", type=click.IntRange(1), default=20, show_default=True, help="Made-up phrases.")
@click.option("--seed", type=int, default=1, show_default=True)
def command(phrases: int, seed: int) -> None:
    """Time each output format, in milliseconds per phrase.

    For sound, also print the real-time factor: computing time divided by playing time.

    The times are processor time, on random legal phrases of 8 to 16 bars.

    \b
    Example:
      violin bench render
    """
    import time

    from constraints.bench.lint_speed import made_phrases
    from violin.api.forms import FormOptions, form_bytes
    from violin.errors import MissingLibraryError
    from violin.midi import read_phrase
    from violin.render.sound import TAIL_SECONDS

    made = [read_phrase(data) for data in made_phrases(phrases, seed)]
    playing = sum(p.length_ticks / p.ticks_per_beat * p.tempo_us_per_beat / 1e6 + TAIL_SECONDS for p in made)
    click.echo(f"{phrases} phrases, {playing:.0f} s of music, seed {seed}:")
    runs = [(form, "auto") for form in ("musicxml", "svg", "png", "pdf")]
    runs += [(form, engine) for engine in ("builtin", "fluidsynth") for form in ("wav", "flac", "mp3")]
    for form, engine in runs:
        label = f"{form} {engine}" if engine != "auto" else form
        try:
            form_bytes(made[0], form, FormOptions(engine=engine))  # libraries are loaded before the clock
            start = time.process_time()
            for phrase in made:
                form_bytes(phrase, form, FormOptions(engine=engine))
            seconds = time.process_time() - start
        except MissingLibraryError as error:
            click.echo(f"  {label:16} {error}")
            continue
        factor = f"   real-time factor {seconds / playing:.4f}" if engine != "auto" else ""
        click.echo(f"  {label:16} {seconds / phrases * 1e3:7.0f} ms a phrase{factor}")
