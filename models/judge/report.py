"""The report of an evaluation, as markdown, and its pictures where matplotlib is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from models.judge.calibrate import Interval
from models.judge.figures import BASELINES, Evaluation, FamilyFigures, Scored

REPORT_NAME = "README.md"


def markdown(result: Evaluation, command: str, pictures: Sequence[str] = ()) -> str:
    """The whole report; `command` is what made it."""
    return "\n\n".join(
        [
            "# The judge, measured",
            f"Made by `{command}`. Human and machine lines of works that no part of the judge has seen "
            f"({result.counts['test human']} human, {result.counts['test machine']} machine, "
            f"{result.counts['test works']} works); every family of machine lines was **left out** of the "
            "training whose figures are shown (trained on "
            f"{result.counts['train human']} human and {result.counts['train machine']} machine lines). "
            "Brackets are 95 % bootstrap intervals over works.",
            _summary(result),
            "## Families, each left out in turn",
            _families((*result.families, *result.composers)),
            "`without gate` is the model alone; `cluster out` leaves out every family of the same kind; "
            "`pairs` is how often a human line of the same work scores higher; `flagged` is the share that "
            "the gate marks at p < .01.",
            "## Baselines, mean AUC over the families",
            _table(
                ("judge", "mean AUC"),
                [("**the judge**", f"**{result.mean_auc:.3f}**")]
                + [(name, f"{result.baseline(name):.3f}") for name in BASELINES]
                + [("`positives-only` mode", f"{result.positives_only:.3f}")],
            ),
            "## By composer and by length, mean AUC over left-out families",
            _table(
                ("lines of", "human lines", "AUC"),
                [(name, str(count), str(auc)) for name, (count, auc) in result.by_composer.items()]
                + [(name, str(count), str(auc)) for name, (count, auc) in result.by_length.items()],
            ),
            "## Calibration on left-out families",
            _table(
                ("mean probability", "share of human", "weight"),
                [(f"{a:.3f}", f"{b:.3f}", f"{c:.2f}") for a, b, c in result.curve],
            ),
            *_foreign(result),
            *(f"![]({name})" for name in pictures),
        ]
    ) + "\n"  # fmt: skip


def _summary(result: Evaluation) -> str:
    worst = min(result.families, key=lambda one: one.auc.value)
    ours = "not measured" if result.composer_auc is None else f"{result.composer_auc:.3f}"
    gap = result.own_hcs.value - result.other_hcs.value
    rows = [
        ("mean AUC, families left out", f"{result.mean_auc:.3f}"),
        ("worst family", f"{worst.name} {worst.auc}"),
        (
            "mean AUC, whole clusters left out",
            f"{_mean([one.cluster_auc for one in result.families]):.3f}",
        ),
        ("mean AUC, families known to the training", f"{result.seen_auc:.3f}"),
        ("mean AUC, our own composer, all its temperatures left out", ours),
        ("official score, decided (constant: 1)", f"{result.decided:.3f} of 2"),
        ("official score, probabilities", f"{result.soft:.3f} of 2"),
        ("calibration error (ECE, equal mass)", f"{result.ece:.3f}"),
        ("Brier score (constant .5: .250)", f"{result.brier:.3f}"),
        ("mean HCS of the eight's own human lines", _interval(result.own_hcs)),
        ("mean HCS of other composers' human lines", f"{_interval(result.other_hcs)}, {gap:+.3f} lower"),
        ("human lines that the gate flags", f"{result.human_flagged:.3f}"),
    ]
    return _table(("figure", "value"), rows)


def _families(rows: Sequence[FamilyFigures]) -> str:
    return _table(
        (
            "family", "what it is", "n", "AUC", "without gate", "cluster out", "pairs", "decided", "flagged",
            *BASELINES[1:4],
        ),
        [
            (
                one.name, one.words, str(one.count), str(one.auc), f"{one.ungated:.3f}",
                f"{one.cluster_auc:.3f}", f"{one.paired:.2f}", f"{one.decided:.2f}", f"{one.flagged:.2f}",
                *(f"{one.baselines[name]:.2f}" for name in BASELINES[1:4]),
            )
            for one in rows
        ],
    )  # fmt: skip


def _foreign(result: Evaluation) -> list[str]:
    if not result.foreign:
        return []
    columns = ("phrases", "mean HCS", "AUC", "mean HCS of the control", "AUC against its own human control")
    rows = [
        (name, *(f"{row[column]:.3g}" if column in row else "" for column in columns))
        for name, row in result.foreign.items()
    ]
    return [
        "## Foreign systems, never trained on, judged by the shipped judge",
        _table(("system", *columns), rows),
        "AUC is against our human test lines, which differ from these systems' music in kind as well; where "
        "human control phrases came with a system, the AUC against those is the honest one.",
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _interval(value: Interval) -> str:
    return str(value) if value.value == value.value else "no such lines"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def draw(result: Evaluation, scored: Scored, folder: Path) -> list[str]:
    """Pictures beside the report: ROC of the families, reliability. The names of the files; none
    where matplotlib is not installed."""
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5))
    for name, ours in scored.human.items():
        cuts = np.concatenate([[2.0], np.sort(np.unique(np.concatenate([ours, scored.machine[name]])))[::-1]])
        true = [(ours >= cut).mean() for cut in cuts]
        false = [(scored.machine[name] >= cut).mean() for cut in cuts]
        left.plot(false, true, linewidth=0.8, label=name)
    left.plot([0, 1], [0, 1], "k:", linewidth=0.8)
    left.set(
        xlabel="machine lines called human", ylabel="human lines called human", title="families left out"
    )
    left.legend(fontsize=5, ncol=2)
    right.plot([row[0] for row in result.curve], [row[1] for row in result.curve], "o-")
    right.plot([0, 1], [0, 1], "k:", linewidth=0.8)
    right.set(xlabel="probability given", ylabel="share of human", title="reliability")
    figure.tight_layout()
    figure.savefig(folder / "curves.png", dpi=110, metadata={"Software": None})
    plt.close(figure)
    return ["curves.png"]
