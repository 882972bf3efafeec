"""The report of an evaluation as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from models.judge.classifier.calibration import Interval
from models.judge.evaluation.architectures import by_architecture
from models.judge.evaluation.plots import draw
from models.judge.evaluation.records import BASELINES, Evaluation, FamilyFigures, ModeFigures, Scored
from models.judge.evaluation.steadiness import Movement
from models.judge.evaluation.validation import ValidationFigures
from violin.files import write_text_whole

REPORT_NAME = "README.md"
QUICK_REPORT_NAME = "validation.md"


def write_report(result: Evaluation, scored: Scored, folder: Path, command: str) -> Path:
    """Write the report and its pictures into a folder, which is made if it does not exist; the path of the
    report. `command` is the command line that made it."""
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / REPORT_NAME
    write_text_whole(report, markdown(result, command, draw(result, scored, folder)))
    return report


def markdown(result: Evaluation, command: str, pictures: Sequence[str] = ()) -> str:
    """The whole report. `command` is the command line that made it."""
    counts = result.counts
    return "\n\n".join(
        [
            "# The judge, measured",
            f"Made by `{command}`. Test data: human phrases of works that no part of the judge was trained "
            f"on, and machine phrases made from them ({counts['test human']} human, "
            f"{counts['test machine']} machine, {counts['test works']} works). Each family of machine "
            "phrases is measured with a judge that was trained **without** that family "
            f"({counts['train human']} human and {counts['train machine']} machine phrases in all). "
            "Brackets are 95 % bootstrap intervals over works.",
            _summary(result),
            "## The modes",
            _modes(result.modes),
            "Means over the families that are made from human phrases, each left out of the training. "
            "`decided` and `probabilities` are the official score of answers 0 or 1 and of probabilities. "
            "`further` is the mean AUC on our own generators that were trained on other composers' music "
            "(`models/judge/training/generators`): the open mode is trained on all of them but the one "
            "measured, the other modes on none. The open mode leaves out three families at a time.",
            "## Families, each left out of the training",
            _families((*result.families, *result.composers), result.at_eight),
            "`without anomaly test` is the classifier alone. `architecture out` leaves out all "
            "families of the same architecture. `8 bars` is the AUC among phrases of 8 and 9 bars. `pairs` "
            "is how often a human phrase scores higher than a machine phrase of the same work. "
            "`decided` is the official score of answers 0 or 1. `flagged` is the share with p < .01 in the "
            "anomaly test. All checkpoints and ways of sampling our own composer are left out together. "
            "With `--three-at-once` in the command, three families of different clusters were left out "
            "at a time.",
            *_further(result),
            *_architectures((*result.families, *result.composers, *result.further)),
            "## Baselines, mean AUC over the families",
            _table(
                ("judge", "mean AUC"),
                [("**the judge**", f"**{result.default.mean_auc}**")]
                + [(name, f"{result.baseline(name):.3f}") for name in BASELINES],
            ),
            *_transfer(result.transfer),
            "## By composer and by length, mean AUC over left-out families",
            _table(
                ("phrases", "human phrases", "AUC", "mean HCS"),
                [
                    (name, str(count), str(auc), _hcs(result, name))
                    for name, (count, auc) in result.by_composer.items()
                ]
                + [(name, str(count), str(auc), "") for name, (count, auc) in result.by_length.items()]
                + _cut(result),
            ),
            "## Calibration on left-out families",
            _table(
                ("mean probability", "share of human phrases", "weight"),
                [(f"{a:.3f}", f"{b:.3f}", f"{c:.2f}") for a, b, c in result.default.curve],
            ),
            *_foreign(result.foreign),
            *(f"![]({name})" for name in pictures),
        ]
    ) + "\n"  # fmt: skip


def _summary(result: Evaluation) -> str:
    mode = result.default
    ours = "not measured" if mode.composer is None else f"{mode.composer:.3f}"
    gap = mode.own_hcs.value - mode.other_hcs.value
    eight = result.at_eight
    worst = min(eight, key=lambda name: eight[name].value)
    rows = [
        ("mean AUC, families left out", str(mode.mean_auc)),
        ("worst family", f"{mode.worst} {mode.worst_auc}"),
        ("the same at 8 and 9 bars, mean", f"{_mean([one.value for one in eight.values()]):.3f}"),
        ("the same at 8 and 9 bars, worst", f"{worst} {eight[worst]}"),
        *_whole(result),
        ("mean AUC, our own composer left out", ours),
        ("official score of answers 0 or 1 (a constant answer: 1)", f"{mode.decided} of 2"),
        ("official score of the probabilities", f"{mode.soft:.3f} of 2"),
        ("calibration error (ECE, bins of equal size)", f"{mode.ece:.3f}"),
        ("Brier score (a constant .5: .250)", f"{mode.brier:.3f}"),
        ("mean HCS of human phrases by the eight composers", _interval(mode.own_hcs)),
        (
            "mean HCS of human phrases by other composers",
            f"{_interval(mode.other_hcs)}, difference {-gap:+.3f}",
        ),
        (
            "correlation of the AUC with that of the longest repeated run alone",
            f"{result.run_correlation:.2f}",
        ),
        ("human phrases flagged by the anomaly test", f"{result.human_flagged:.3f}"),
        *_slip(result.slip),
    ]
    return _table(("figure", "value"), rows)


def _whole(result: Evaluation) -> list[tuple[str, str]]:
    together = [one.architecture_auc for one in result.families if one.architecture_auc is not None]
    rows = [("mean AUC, whole architectures left out", f"{_mean(together):.3f}")] if together else []
    if result.seen_auc is not None:
        rows.append(("mean AUC, families in the training", f"{result.seen_auc:.3f}"))
    return rows


def _slip(slip: Movement) -> list[tuple[str, str]]:
    return [
        ("mean change of the probability by one slip, families left out", f"{slip.mean:.3f}"),
        ("share of verdicts that one slip changes", f"{slip.flipped:.3f}"),
    ]


def _modes(modes: Mapping[str, ModeFigures]) -> str:
    def shown(value: float | None) -> str:
        return "" if value is None else f"{value:.3f}"

    return _table(
        (
            "mode", "human phrases", "mean AUC", "worst family", "decided", "probabilities", "ECE", "Brier",
            "HCS eight / others", "our composer", "further",
        ),
        [
            (
                f"`{name}`" if " " not in name else name, str(one.humans), str(one.mean_auc),
                f"{one.worst} {one.worst_auc}", str(one.decided), f"{one.soft:.3f}", f"{one.ece:.3f}",
                f"{one.brier:.3f}", f"{one.own_hcs.value:.3f} / {one.other_hcs.value:.3f}",
                shown(one.composer), shown(one.further),
            )
            for name, one in modes.items()
        ],
    )  # fmt: skip


def _further(result: Evaluation) -> list[str]:
    if not result.further:
        return []
    return [
        "## Further generators, not in the training of the default mode",
        _table(
            ("generator", "what it is", "n", "AUC", "pairs", "decided", "flagged"),
            [
                (one.name, one.words, str(one.count), str(one.auc), f"{one.paired:.2f}",
                 f"{one.decided:.2f}", f"{one.flagged:.2f}")
                for one in result.further
            ],
        ),
    ]  # fmt: skip


def _architectures(rows: Sequence[FamilyFigures]) -> list[str]:
    found = by_architecture(rows)
    if not found:
        return []
    return [
        "## By architecture",
        _table(
            ("architecture", "families", "alone", "together", "worst", "longest repeated run"),
            [
                (one.name, str(one.families), f"{one.alone:.3f}", f"{one.together:.3f}",
                 f"{one.worst_family} {one.worst:.3f}", f"{one.longest_run:.3f}")
                for one in found
            ],
        ),
        "`alone`: the mean AUC with each family left out by itself; `together`: with the whole "
        "architecture left out, as further generators always are; `worst`: the lowest of these.",
    ]  # fmt: skip


def _transfer(transfer: Mapping[str, Mapping[str, float]]) -> list[str]:
    if not transfer:
        return []
    columns = list(transfer)
    return [
        "## Transfer: AUC when trained on one cluster (row) and measured on another (column)",
        _table(
            ("trained on", *columns),
            [(learnt, *(f"{transfer[learnt][shown]:.2f}" for shown in columns)) for learnt in columns],
        ),
    ]


def _cut(result: Evaluation) -> list[tuple[str, str, str, str]]:
    if result.cut is None:
        return []
    humans, whole, cut = result.cut
    return [
        ("12 to 16 bars, whole", str(humans), str(whole), ""),
        ("the first 8 bars of the same phrases", str(humans), str(cut), ""),
    ]


def _hcs(result: Evaluation, composer: str) -> str:
    found = result.by_composer_hcs.get(composer)
    return "" if found is None else f"{found[1]:.3f}"


def _families(rows: Sequence[FamilyFigures], eight: Mapping[str, Interval]) -> str:
    return _table(
        (
            "family", "what it is", "n", "AUC", "8 bars", "without anomaly test", "architecture out", "pairs",
            "decided", "flagged", *BASELINES[1:4],
        ),
        [
            (
                one.name, one.words, str(one.count), str(one.auc),
                f"{eight[one.name].value:.3f}" if one.name in eight else "",
                f"{one.auc_without_anomaly_test:.3f}",
                "" if one.architecture_auc is None else f"{one.architecture_auc:.3f}",
                f"{one.paired:.2f}", f"{one.decided:.2f}", f"{one.flagged:.2f}",
                *(f"{one.baselines[name]:.2f}" for name in BASELINES[1:4]),
            )
            for one in rows
        ],
    )  # fmt: skip


def quick_markdown(
    figures: ValidationFigures, command: str, foreign: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> str:
    """The report of the quick figures. `foreign` is as in `Evaluation`."""
    worst = figures.worst
    summary = [
        ("mean AUC, families left out", f"{figures.mean:.3f}"),
        *((f"the same, {words}", f"{mean:.3f}") for words, mean in figures.means.items()),
        ("worst family", f"{worst.name} {worst.judge:.3f}"),
        ("official score of answers 0 or 1 (a constant answer: 1)", f"{figures.decided:.3f} of 2"),
        ("calibration error (ECE, bins of equal size)", f"{figures.ece:.3f}"),
        (
            "correlation of the AUC with that of the longest repeated run alone",
            f"{figures.run_correlation:.2f}",
        ),
    ]
    summary += _slip(figures.slip)
    families = [(one.name, f"{one.judge:.3f}", f"{one.longest_run:.3f}") for one in figures.families]
    return "\n\n".join(
        [
            "# The judge on the validation works",
            f"Made by `{command}`. The phrases are of works that the judge was not trained on, but "
            "on which features and models were chosen. The families of machine phrases are left out of the "
            "training three at a time, and the models learn from a third of the training phrases, like the "
            "models that calibrate the judge. The calibration is fitted on the same scores.",
            _table(("figure", "value"), summary),
            _table(("family", "AUC of the judge", "AUC of the longest run alone"), families),
            *_foreign(foreign),
        ]
    ) + "\n"  # fmt: skip


def _foreign(foreign: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[str]:
    if not foreign:
        return []
    columns = ("phrases", "mean HCS", "AUC", "mean HCS of the control", "AUC against its own human control")
    rows = [
        (mode, name, *(f"{row[column]:.3g}" if column in row else "" for column in columns))
        for mode, found in foreign.items()
        for name, row in found.items()
    ]
    return [
        "## Systems by others, not in the training, scored by the shipped judge",
        _table(("mode", "system", *columns), rows),
        "AUC compares a system with our human phrases, which are also another kind of music. If a "
        "system comes with human phrases of its own kind, the AUC against those is the fair comparison.",
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _interval(value: Interval) -> str:
    return str(value) if value.value == value.value else "no such phrases"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
