"""A tiny judge trained on our own tunes, from the store to the weight file and back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from stored_phrases import stored_phrase

from data_prep.corpus.store import PhraseStore
from models.judge import weights
from models.judge.classifier.calibration import Platt, area_under_roc, logistic
from models.judge.score import SHIPPED_WEIGHTS, Judge, decided
from models.judge.training.examples import FOLDS, chosen, fold_of, humans_of
from models.judge.training.fit import Foreign, Plan, Prepared, fit, prepare
from models.judge.training.negatives import FAMILIES
from violin.challenge import SLUGS
from violin.cli import cli
from violin.errors import WeightsError
from violin.midi import save_phrase
from violin.music import Note, Phrase

PLAN = Plan(
    humans=60, calibration_humans=40, per_family=12, calibration_per_family=8, trees=20, calibration_trees=10
)
FEW = tuple(one for one in FAMILIES if one.name in ("pitch_shuffle", "lm_plain", "loop", "noise"))


def stored(phrases: list[Phrase]) -> PhraseStore:
    return PhraseStore(
        stored_phrase(
            phrase,
            SLUGS[index % 8] if index % 9 else "other",
            f"work{index // 2}",
            "validation" if index // 2 % 3 == 0 else "train",
            source_composer="own",
        )
        for index, phrase in enumerate(phrases)
    )


@pytest.fixture(scope="module")
def prepared(tunes: list[Phrase]) -> Prepared:
    return prepare(stored(tunes), PLAN, FEW)


@pytest.fixture(scope="module")
def weight_file(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("judge") / "judge.npz"
    lines = [one.line for one in prepared.cross_fitting.humans["validation"][:10]]
    foreign = [Foreign("copyist", lines, ["bach"] * len(lines))]
    parts = fit(prepared, PLAN, foreign)
    first = weights.save(parts, path)
    assert weights.save(parts, path) == first  # the same judge, the same bytes
    return path


@pytest.fixture(scope="module")
def judge(weight_file: Path) -> Judge:
    return Judge.load(weight_file)


def test_folds_keep_a_work_together() -> None:
    assert {fold_of(f"work{number}") for number in range(200)} == set(range(FOLDS))
    assert fold_of("bach:bwv1001") == fold_of("bach:bwv1001")


def test_lines_are_spread_over_composers(tunes: list[Phrase]) -> None:
    humans = humans_of(stored([*tunes, *tunes[:40]]))
    taken = chosen(humans, 40, 0)
    assert len(taken) == 40
    own = [one.composer for one in taken if one.own]
    assert max(own.count(slug) for slug in SLUGS) <= 6


def test_examples_say_what_they_are(prepared: Prepared) -> None:
    train, validation = prepared.side("train"), prepared.side("validation")
    assert set(train.family) == {"", *(one.name for one in FEW)}
    assert np.isfinite(train.values).all()
    assert not set(train.group[train.human]) & set(validation.group)


def test_a_judge_tells_tunes_from_noise(judge: Judge, tunes: list[Phrase]) -> None:
    random = np.random.default_rng(1)
    noise = [
        Phrase(tuple(Note(24 * i, int(random.integers(55, 96)), 24) for i in range(64)), 8) for _ in range(12)
    ]
    human = judge.score(tunes[:12], "bach")
    machine = judge.score(noise, "bach")
    assert all(0 <= score <= 1 for score in human + machine)
    assert area_under_roc(np.array(human), np.array(machine)) > 0.9


def test_scores_do_not_depend_on_other_phrases(judge: Judge, tunes: list[Phrase]) -> None:
    together = judge.score(tunes[:5], "mozart")
    alone = [judge.score([phrase], "mozart")[0] for phrase in tunes[:5]]
    assert together == pytest.approx(alone, abs=1e-9)
    assert judge.score([Phrase((), 8)], "mozart") == [0.5]
    with pytest.raises(ValueError, match="unknown composer"):
        judge.score(tunes[:1], "haydn")


def test_every_mode_scores_and_unknown_ones_are_named(weight_file: Path, tunes: list[Phrase]) -> None:
    for mode in ("positives-only", "self-negatives", "open"):
        assert 0 <= Judge.load(weight_file, mode).score(tunes[:1], "bach")[0] <= 1
    with pytest.raises(ValueError, match="unknown mode"):
        Judge.load(weight_file, "oracle")


def test_reasons_add_up_to_words(judge: Judge, tunes: list[Phrase]) -> None:
    reasons = judge.explain(tunes[0], "bach")
    assert len(reasons) == 5
    assert all("human phrases" in str(one) for one in reasons)
    json.dumps([one.as_json() for one in reasons])


def test_the_forest_explains_what_it_predicts(judge: Judge, prepared: Prepared) -> None:
    from models.judge.classifier.ensemble import with_composer

    forest = judge.parts.ensembles["self-negatives"].forest
    side = prepared.side("validation")
    rows = with_composer(side.values[:7], side.composer[:7])
    root, moved = forest.contributions(rows)
    assert root + moved.sum(axis=1) == pytest.approx(forest.predict(rows), abs=1e-5)


def test_the_arrays_predict_the_same_as_scikit_learn(prepared: Prepared) -> None:
    from sklearn.ensemble import ExtraTreesClassifier

    from models.judge.classifier.forest import Forest

    train = prepared.side("train")
    values, human = train.values.astype(np.float32), train.human
    grown = ExtraTreesClassifier(15, min_samples_leaf=2, random_state=1).fit(values, human)
    ours = Forest.from_trees([one.tree_ for one in grown.estimators_]).predict(values)
    assert ours == pytest.approx(grown.predict_proba(values)[:, 1], abs=2e-3)


def test_platts_scaling_finds_the_curve_and_copes_with_separated_classes() -> None:
    random = np.random.default_rng(0)
    score = random.normal(0, 3, 4000)
    human = random.random(4000) < logistic(0.7 * score - 0.4)
    scale = Platt.fit(score, human, np.ones(4000))
    assert (scale.slope, scale.offset) == pytest.approx((0.7, -0.4), abs=0.1)
    apart = Platt.fit(np.array([-9.0, -8, 8, 9]), np.array([False, False, True, True]), np.ones(4))
    assert 0 < apart.slope < 1


def test_deciding_is_at_one_half() -> None:
    assert [decided(score) for score in (0.0, 0.499, 0.5, 1.0)] == [0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: b"", "not a judge's weight file"),
        (lambda data: b"MThd" + data, "not a judge's weight file"),
        (lambda data: data[: len(data) // 2], "not a judge's weight file"),
    ],
)
def test_a_damaged_file_is_one_clear_line(weight_file: Path, tmp_path: Path, damage, message: str) -> None:
    broken = tmp_path / "broken.npz"
    broken.write_bytes(damage(weight_file.read_bytes()))
    with pytest.raises(WeightsError, match=message):
        weights.load(broken)


def test_a_judge_of_other_features_is_refused(weight_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "FEATURES_HASH", "another")
    with pytest.raises(WeightsError, match="made for other features"):
        weights.load(weight_file)


def test_changed_weights_do_not_match_their_hash(weight_file: Path, tmp_path: Path) -> None:
    with np.load(weight_file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["quantiles"] = arrays["quantiles"] + 1
    other = tmp_path / "other.npz"
    np.savez(other, **arrays)
    with pytest.raises(WeightsError, match="hash"):
        weights.load(other)
    with pytest.raises(WeightsError, match="train one"):
        weights.load(tmp_path / "absent.npz")


def test_the_verb_judges_folders_in_numeric_order(
    weight_file: Path, tunes: list[Phrase], tmp_path: Path
) -> None:
    folder = tmp_path / "composer2"
    folder.mkdir()
    for number in (10, 2, 1):
        save_phrase(tunes[number], folder / f"{number}.mid")
    (folder / "3.mid").write_bytes(b"no music")
    arguments = ["judge", str(folder), "--weights", str(weight_file), "--workers", "1"]
    found = CliRunner().invoke(cli, [*arguments, "--format", "json"])
    assert found.exit_code == 1
    assert "Warning" in found.stderr and "3.mid" in found.stderr
    rows = json.loads(found.stdout)
    assert [Path(row["file"]).name for row in rows] == ["1.mid", "2.mid", "3.mid", "10.mid"]
    assert {row["composer"] for row in rows} == {"mozart"}
    assert rows[2]["score"] == 0.5
    out = tmp_path / "composer2.txt"
    found = CliRunner().invoke(
        cli, [*arguments, "--format", "scores", "--output", "official", "--out", str(out)]
    )
    lines = out.read_bytes().split(b"\r\n")
    assert lines[-1] == b"" and len(lines) == 5
    assert set(lines[:-1]) <= {b"0.000", b"1.000", b"0.500"}
    (folder / "3.mid").unlink()
    found = CliRunner().invoke(cli, [*arguments, "--explain"])
    assert found.exit_code == 0
    assert "human phrases" in found.stdout


def test_the_verb_names_what_is_missing(weight_file: Path, tunes: list[Phrase], tmp_path: Path) -> None:
    save_phrase(tunes[0], tmp_path / "a.mid")
    found = CliRunner().invoke(cli, ["judge", str(tmp_path / "a.mid"), "--weights", str(weight_file)])
    assert found.exit_code == 2
    assert "--composer" in found.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    assert CliRunner().invoke(cli, ["judge", str(empty), "--composer", "bach"]).exit_code == 2


@pytest.mark.skipif(not SHIPPED_WEIGHTS.is_file(), reason="no judge is shipped yet")
def test_the_shipped_judge_loads_and_is_small(tunes: list[Phrase]) -> None:
    assert SHIPPED_WEIGHTS.stat().st_size <= 12_000_000
    judge = Judge.load()
    assert len(judge.score(tunes[:2], "vivaldi")) == 2
