"""Pictures of a phrase store; matplotlib comes with the extra `dev`."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from data_prep.corpus.store import OTHER, SPLITS, PhraseStore
from violin.challenge import SLUGS
from violin.errors import CorpusError
from violin.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(store: PhraseStore, folder: str | Path) -> list[str]:
    """Write PNG files into a folder and give their names; CorpusError without matplotlib."""
    folder = Path(folder)
    try:
        from matplotlib.figure import Figure  # no display and no global state
    except ImportError as error:
        raise CorpusError("plots need matplotlib: pip install 'violin[dev]'") from error
    folder.mkdir(parents=True, exist_ok=True)
    phrases = store.select()
    composers = [name for name in (*SLUGS, OTHER) if any(stored.composer == name for stored in phrases)]
    by_composer = {name: [s.phrase for s in phrases if s.composer == name] for name in composers}
    names = []

    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    left = [0] * len(composers)
    for split in SPLITS:
        counts = [len(store.select(split, name)) for name in composers]
        axes.barh(composers, counts, left=left, label=split)
        left = [total + count for total, count in zip(left, counts, strict=True)]
    axes.set_xlabel("phrases that do not overlap")
    axes.set_xscale("symlog", linthresh=100)
    axes.legend()
    _save(figure, folder / "phrases.png")
    names.append("phrases.png")

    panels = {
        "range": ("pitch (MIDI number)", range(55, 110, 1)),
        "density": ("notes a bar", range(0, 41, 1)),
        "length": ("bars of a phrase", range(8, 18, 1)),
    }
    for panel, (label, edges) in panels.items():
        figure = Figure(figsize=(8, 1.4 * len(composers)), layout="constrained")
        grid = figure.subplots(len(composers), 1, sharex=True, squeeze=False)[:, 0]
        for axes, name in zip(grid, composers, strict=True):
            values: list[float] = []
            for phrase in by_composer[name]:
                if panel == "range":
                    values += [note.pitch for note in phrase.notes]
                else:
                    values.append(len(phrase.notes) / phrase.bars if panel == "density" else phrase.bars)
            axes.hist(values, bins=list(edges), density=True)
            axes.set_yticks([])
            axes.set_title(name, fontsize="small", loc="left")
        grid[-1].set_xlabel(label)
        _save(figure, folder / f"{panel}.png")
        names.append(f"{panel}.png")
    return names


def _save(figure: Figure, path: Path) -> None:
    picture = io.BytesIO()
    figure.savefig(picture, dpi=120)
    write_whole(path, picture.getvalue())
