"""The further sections of the composer's report: a fresh judge, style, novelty. Markdown tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.composer_report import GIVEN_BARS, Comparison
from models.judge.fresh import FreshFigures
from models.novelty import RunIndex
from models.novelty_report import report_novelty
from models.style_check import StyleHits
from violin.music import Phrase


def fresh_table(fresh: Mapping[str, FreshFigures]) -> str:
    """AUC of a judge fitted for each writer, a column a writer."""
    composers = list(next(iter(fresh.values())).by_composer)
    lines = _head(["composer", "phrases", *fresh])
    for name in composers:
        count = next(iter(fresh.values())).by_composer[name][0]
        cells = [f"{figures.by_composer[name][1].value:.3f}" for figures in fresh.values()]
        lines.append(_row([name, str(count), *cells]))
    count = sum(figures[0] for figures in next(iter(fresh.values())).by_composer.values())
    lines.append(_row(["all", str(count), *(str(figures.pooled) for figures in fresh.values())]))
    return "\n".join(lines)


def style_table(hits: Mapping[str, StyleHits]) -> str:
    """How often the intended composer is named, a column a writer, "human" the first."""
    lines = _head(["composer", "phrases", *hits])
    for name, (count, _) in hits["human"].by_composer.items():
        shares = [f"{_share(one.by_composer.get(name, (0, 0)))}" for one in hits.values()]
        lines.append(_row([name, str(count), *shares]))
    lines.append(_row(["mean over composers", "", *(f"{one.mean:.1%}" for one in hits.values())]))
    against = [f"{one.mean / hits['human'].mean:.0%}" for one in hits.values()]
    lines.append(_row(["as often as for humans", "", *against]))
    return "\n".join(lines)


def novelty_table(index: RunIndex, comparison: Comparison) -> str:
    """What each writer's answers copy from the training music, beside the human phrases."""
    rows: dict[str, Sequence[Phrase]] = {"human": [stored.phrase for stored in comparison.human]}
    rows |= comparison.answers
    lines = _head(["writer", "SIM@90", "SIM@95", "copy half their notes", "longest familiar run"])
    for name, phrases in rows.items():
        found = report_novelty(index, [("", phrase) for phrase in phrases], GIVEN_BARS)
        shares = [f"{share:.1%}" for share in (found.sim_90, found.sim_95, found.half_copied)]
        lines.append(_row([name, *shares, f"{max(found.familiar, default=0)} notes"]))
    return "\n".join(lines)


def _share(counts: tuple[int, int]) -> str:
    phrases, hits = counts
    return f"{hits / phrases:.0%}" if phrases else "–"


def _head(names: Sequence[str]) -> list[str]:
    return [_row(names), _row(["---", *("---:" for _ in names[1:])])]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
