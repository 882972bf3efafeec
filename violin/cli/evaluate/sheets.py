"""`violin evaluate sheets`."""

from __future__ import annotations

from pathlib import Path

import click

from violin.cli.common.options import critic_option, data_option, weights_option
from violin.cli.common.progress import progress
from violin.cli.common.warnings import summarize
from violin.music import Phrase


@click.command()
@data_option("The phrase store.")
@weights_option("Composer to use instead of the shipped one.")
@critic_option
@click.option("--split", type=click.Choice(["validation", "test"]), default="test", show_default=True)
@click.option("--pairs", type=click.IntRange(1, 99), default=28, show_default=True, help="Sheets.")
@click.option("--candidates", "count", type=click.IntRange(2, 64), default=8, show_default=True)
@click.option("--free", "free_count", type=click.IntRange(0, 99), default=16, show_default=True,
              help="Sheets of a phrase composed from nothing.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("sheets"),
              show_default=True, help="Folder of the pictures.")  # fmt: skip
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), default=Path("sheets_key.json"),
              show_default=True, help="File of the key; keep it from the raters.")  # fmt: skip
@click.option("--marks", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Print the means of this filled-in table instead of drawing.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True)
def command(
    data: Path,
    weights: Path | None,
    critic_file: Path | None,
    split: str,
    pairs: int,
    count: int,
    free_count: int,
    out: Path,
    key: Path,
    marks: Path | None,
    seed: int,
) -> None:
    """Engrave human phrases and answers to their outer bars for blind raters.

    The answer is the best of several. Raters fill in marks.csv: a mark of 1 to 5 for each question and
    the letter of the phrase that they take for human.

    \b
    Examples:
      violin evaluate sheets --out sheets --key sheets_key.json
      violin evaluate sheets --marks sheets/marks.csv --key sheets_key.json
    """
    from models.bench import sheets

    if marks is not None:
        click.echo(sheets.marks_table(sheets.read_marks(marks, key)))
        return

    from data_prep.corpus.store import PhraseStore
    from models.generation.model import ComposerModel, one_thread
    from models.judge.scorer import TrainedJudge
    from models.reranking.mixture import Mixture
    from models.reranking.trained_critic import TrainedCritic

    phrases = sheets.phrases_of_different_works(PhraseStore.load(data), split, pairs, seed)
    critic = TrainedCritic(critic_file)
    mixture = Mixture(count, TrainedJudge(), critic.shares, critic)
    model = ComposerModel.load(weights, "cpu")
    requests = sheets.requests_for(phrases, free_count)
    with progress(len(requests) * count, "composing") as bar, one_thread():
        found = sheets.best_answers(model, mixture, requests, seed + 1, lambda: bar.update(1))
    answers, free = found[: len(phrases)], found[len(phrases) :]
    sheets.write_sheets(sheets.in_random_order(phrases, answers, seed), free, _picture, out, key)
    summarize(f"{out}: {len(phrases)} sheets, {len(free)} free phrases; the key: {key}")


def _picture(phrase: Phrase, given_bars: tuple[int, ...]) -> bytes:
    from violin.render.engraving import engrave
    from violin.render.pictures import png_bytes

    return png_bytes(engrave(phrase, given_bars=given_bars, numbers_each_bar=True), scale=1.5)
