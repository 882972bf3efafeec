"""Further sections of the composer's report as Markdown tables: classifier two-sample test,
distances to human music, style, novelty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np

from models.bar_relations import mean_figures
from models.evaluation.distances import BASICS, STRUCTURE, distinct_share, frechet_distance, nearness
from models.evaluation.novelty_report import report_novelty
from models.evaluation.report import GIVEN_BARS, Comparison
from models.evaluation.style_classifier import StyleHits
from models.judge.evaluation.two_sample import TwoSampleFigures
from models.judge.features.examples import Examples
from models.novelty import HIT_NOTES, RunIndex
from violin.music import Phrase

_HALVES = "human halves"


def two_sample_table(two_sample: Mapping[str, TwoSampleFigures]) -> str:
    """AUC of a classifier fitted for each writer, one column per writer."""
    composers = list(next(iter(two_sample.values())).by_composer)
    lines = _head(["composer", "phrases", *two_sample])
    for name in composers:
        count = next(iter(two_sample.values())).by_composer[name][0]
        cells = [f"{figures.by_composer[name][1].value:.3f}" for figures in two_sample.values()]
        lines.append(_row([name, str(count), *cells]))
    count = sum(figures[0] for figures in next(iter(two_sample.values())).by_composer.values())
    lines.append(_row(["all", str(count), *(str(figures.pooled) for figures in two_sample.values())]))
    return "\n".join(lines)


def nearness_table(comparison: Comparison, examples: Mapping[str, Examples]) -> str:
    """mgeval's overlapping areas (and divergences) for basic features and structure, Fréchet
    distances and diversity, one column per writer. The first column is the reference: one half of
    the human works against the other half. `examples` holds each writer's human and answer rows of
    judge features."""
    human = [stored.phrase.on_grid() for stored in comparison.human]
    halves = _halves([stored.work_group for stored in comparison.human])
    floor = [phrase for phrase, second in zip(human, halves, strict=True) if second]
    base = [phrase for phrase, second in zip(human, halves, strict=True) if not second]
    pairs = {_HALVES: (base, floor)}
    pairs |= {
        name: (human, [phrase.on_grid() for phrase in answers])
        for name, answers in comparison.answers.items()
    }
    lines = _head(["figure", *pairs])
    for title, features in (("basics", BASICS), ("structure", STRUCTURE)):
        found = {
            name: {feature: nearness(*pair, features[feature]) for feature in features}
            for name, pair in pairs.items()
        }
        for feature in features:
            cells = [f"{found[name][feature][1]:.2f} ({found[name][feature][0]:.2f})" for name in pairs]
            lines.append(_row([f"{title}: {feature}", *cells]))
        means = [fmean(area for _, area in found[name].values()) for name in pairs]
        lines.append(_row([f"**{title}, mean area**", *(f"{mean:.2f}" for mean in means)]))
    one = next(iter(examples.values()))
    rows, works = one.values[one.human], one.group[one.human]
    second = np.array(_halves(works.tolist()))
    distances = [frechet_distance(rows[~second], rows[second])]
    distances += [
        frechet_distance(each.values[each.human], each.values[~each.human]) for each in examples.values()
    ]
    lines.append(_row(["Fréchet distance", *(f"{distance:.2f}" for distance in distances)]))
    lines.append(_row(["distinct runs", *(f"{distinct_share(pair[1]):.2f}" for pair in pairs.values())]))
    return "\n".join(lines)


def _halves(works: Sequence[str]) -> list[bool]:
    """Whether each phrase is in the second half. Works stay whole; the largest first, each to the smaller
    half."""
    filled, side = [0, 0], {}
    for work, count in Counter(works).most_common():
        side[work] = filled[1] < filled[0]
        filled[side[work]] += count
    return [side[work] for work in works]


def relations_table(comparison: Comparison) -> str:
    """How the composed bars relate to the given ones, one column per writer; see `models.bar_relations`."""
    rows: dict[str, Sequence[Phrase]] = {"human": [stored.phrase for stored in comparison.human]}
    rows |= comparison.answers
    means = {name: mean_figures(phrases, GIVEN_BARS, GIVEN_BARS) for name, phrases in rows.items()}
    lines = _head(["figure", *means])
    for figure in means["human"]:
        lines.append(_row([figure, *(f"{found[figure]:.3f}" for found in means.values())]))
    return "\n".join(lines)


def style_table(hits: Mapping[str, StyleHits]) -> str:
    """How often the classifier names the intended composer, one column per writer, "human" first."""
    lines = _head(["composer", "phrases", *hits])
    for name, (count, _) in hits["human"].by_composer.items():
        shares = [f"{_share(one.by_composer.get(name, (0, 0)))}" for one in hits.values()]
        lines.append(_row([name, str(count), *shares]))
    lines.append(_row(["mean over composers", "", *(f"{one.mean:.1%}" for one in hits.values())]))
    against = [f"{one.mean / hits['human'].mean:.0%}" for one in hits.values()]
    lines.append(_row(["relative to the human phrases", "", *against]))
    return "\n".join(lines)


def novelty_table(index: RunIndex, comparison: Comparison) -> str:
    """How much each writer's answers and the human phrases copy from the training music."""
    rows: dict[str, Sequence[Phrase]] = {"human": [stored.phrase for stored in comparison.human]}
    rows |= comparison.answers
    hits = [f"runs of {count} notes" for count in HIT_NOTES]
    lines = _head(["writer", "SIM@90", "SIM@95", "copy half their notes", *hits, "longest familiar run"])
    for name, phrases in rows.items():
        found = report_novelty(index, [("", phrase) for phrase in phrases], GIVEN_BARS)
        measured = (found.sim_90, found.sim_95, found.half_copied, *found.hit_rates)
        shares = [f"{share:.1%}" for share in measured]
        lines.append(_row([name, *shares, f"{max(found.familiar, default=0)} notes"]))
    return "\n".join(lines)


def _share(counts: tuple[int, int]) -> str:
    phrases, hits = counts
    return f"{hits / phrases:.0%}" if phrases else "–"


def _head(names: Sequence[str]) -> list[str]:
    return [_row(names), _row(["---", *("---:" for _ in names[1:])])]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
