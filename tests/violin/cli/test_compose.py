"""`violin compose` and `violin train composer` from the outside."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
import torch
from click.testing import CliRunner

from models.bench import throughput
from models.composer import network
from models.composer.config import config_named
from violin.cli import cli
from violin.cli.common.music_values import BarsType, ComposerType, KeyType, PitchType
from violin.midi import phrase_bytes, read_phrase, save_phrase
from violin.music import Key, Meter, Note, Phrase
from violin.pair import free_pair


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from constraints.language.grammar import CHANNEL_SIZES
    from constraints.language.vocabulary import VOCABULARY
    from models.composer.checkpoint import Weights, save_weights
    from models.composer.network import TokenNetwork

    torch.manual_seed(0)
    config = config_named("tiny").model
    model = TokenNetwork(config, VOCABULARY.size_of(config.language), tuple(CHANNEL_SIZES))
    path = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    save_weights(path, Weights(model.plain_weights(), config, tuple(CHANNEL_SIZES), {}))
    return path


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    path = tmp_path / "pair.mid"
    save_phrase(Phrase((Note(0, 62, 96), Note(96, 66, 96), Note(192, 69, 192)), 2, key=Key(2)), path)
    return path


def _run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(cli, [str(word) for word in words])
    return result.exit_code, result.output


def test_a_pair_in_several_styles(pair: Path, weights: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("compose", pair, "--composer", "bach", "--composer", "vivaldi", "--bars", 9, "--variations", 2)
    code, output = _run(*words, "--weights", weights, "--out", out)
    assert code == 0, output
    names = sorted(path.name for path in out.iterdir())
    assert names == [f"pair-{slug}-seed1-{number}.mid" for slug in ("bach", "vivaldi") for number in (1, 2)]
    assert len(output.splitlines()) == 4
    assert "9 bars in 4/4, 1+1 given" in output
    phrase = read_phrase(out / names[0])
    assert phrase.bars == 9
    assert phrase.key == Key(2)
    first = (out / names[0]).read_bytes()
    _run("compose", pair, "--bars", 9, "--weights", weights, "--out", tmp_path / "again")
    assert (tmp_path / "again" / names[0]).read_bytes() == first


def test_a_blend_of_styles(pair: Path, weights: Path, tmp_path: Path) -> None:
    words = ("compose", pair, "--weights", weights, "--out", tmp_path / "out", "--composer")
    code, output = _run(*words, "Bach+Paganini")
    assert code == 0, output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pair-bach+paganini-seed1-1.mid"]
    code, output = _run(*words, "bach+verdi")
    assert code == 2
    assert "the blend 'bach+verdi': unknown composer 'verdi'" in output


def test_without_a_pair(weights: Path, tmp_path: Path) -> None:
    words = ("compose", "--composer", "paganini", "--meter", "3/4", "--key", "A minor", "--tempo", 90)
    limits = ("--range", "G3", "C6", "--max-tier", "easy", "--density", 2, "--bars", "auto")
    code, output = _run(*words, *limits, "--weights", weights, "--out", tmp_path)
    assert code == 0, output
    phrase = read_phrase(tmp_path / "phrase-A-minor-paganini-seed1-1.mid")
    assert (phrase.meter, phrase.key, round(phrase.tempo_bpm)) == (Meter(3, 4), Key(0, True), 90)
    assert max(note.pitch for note in phrase.notes) <= 84


def test_one_bad_pair_does_not_stop_the_others(pair: Path, weights: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mid"
    bad.write_text("no music")
    code, output = _run("compose", bad, pair, "--weights", weights, "--out", tmp_path / "out")
    assert code == 2
    assert "bad.mid" in output
    assert (tmp_path / "out" / "pair-bach-seed1-1.mid").exists()


def test_a_file_that_exists_is_overwritten_only_with_force(pair: Path, weights: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("compose", pair, "--weights", weights, "--out", out, "--variations", 2)
    assert _run(*words)[0] == 0
    first = out / "pair-bach-seed1-1.mid"
    first.write_bytes(b"mine")
    code, output = _run(*words)
    assert code == 2
    assert (
        output.strip()
        == f"Error: {first} and 1 more: exists already; legal: another --out or --seed, or --force"
    )
    assert first.read_bytes() == b"mine"
    assert _run(*words, "--seed", 2)[0] == 0
    assert sorted(path.name for path in out.iterdir()) == [
        f"pair-bach-seed{seed}-{number}.mid" for seed in (1, 2) for number in (1, 2)
    ]
    assert _run(*words, "--force")[0] == 0
    assert read_phrase(first).bars == 8


def test_two_pairs_of_one_name_are_refused_before_anything_is_written(
    pair: Path, weights: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other" / pair.name
    other.parent.mkdir()
    other.write_bytes(pair.read_bytes())
    code, output = _run("compose", pair, other, "--weights", weights, "--out", tmp_path / "out")
    assert code == 2
    assert "two pairs are named pair" in output
    assert not (tmp_path / "out").exists()


def test_bars_that_contradict_the_gap_are_reported(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "gap.mid"
    save_phrase(Phrase((Note(0, 62, 192), Note(11 * 192, 69, 192)), 12), path)
    code, output = _run("compose", path, "--bars", 10, "--weights", weights, "--out", tmp_path / "out")
    assert code == 0, output
    assert f"Warning: {path}: --bars 10 is ignored; the gap shows 12 bars" in output
    assert read_phrase(tmp_path / "out" / "gap-bach-seed1-1.mid").bars == 12


@pytest.mark.parametrize("name", ["Bach", "composer1", "J. S. Bach", "all", "Sibelius", "saint-saëns"])
def test_composers_are_understood_by_the_names_that_people_write(name: str) -> None:
    assert ComposerType("all").convert(name, None, None) in ("bach", "all", "saintsaens-prokofiev-sibelius")


def test_a_mistyped_composer_is_guessed() -> None:
    with pytest.raises(click.BadParameter, match=r"unknown composer 'paganni'; did you mean paganini\?"):
        ComposerType().convert("paganni", None, None)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--bars", 17), "legal: 8 to 16, or auto"),
        (("--composer", "abba"), "unknown composer 'abba'; legal: bach"),
        (("--range", 100, 60), "range E7 to C4; legal: from low to high within G3 to"),
        (("--range", "H2", "C5"), "legal: a MIDI number or a name"),
        (("--meter", "5/8"), "legal: 3/4 or 4/4"),
        (("--key", "H"), "legal: such as 'D'"),
        (("--weights", "absent.safetensors"), "no such weight file"),
    ],
)
def test_bad_options_get_one_line(
    words: tuple[object, ...], message: str, weights: Path, tmp_path: Path
) -> None:
    given = words if "--weights" in words else (*words, "--weights", weights)
    code, output = _run("compose", *given, "--out", tmp_path)
    assert code == 2
    assert message in output
    assert "Traceback" not in output


def test_values() -> None:
    key, pitch, bars = KeyType(), PitchType(), BarsType()
    found = [key.convert(text, None, None) for text in ("C", "Bb", "F# minor", "Am", "Cb", "g")]
    assert found == [Key(0), Key(-2), Key(3, True), Key(0, True), Key(-7), Key(1)]
    assert [pitch.convert(text, None, None) for text in ("55", "G3", "F#5", "Bb4")] == [55, 55, 78, 70]
    assert [bars.convert(text, None, None) for text in ("8", "16", "auto")] == [8, 16, "auto"]
    with pytest.raises(click.BadParameter):
        key.convert("G# major", None, None)


def test_training_from_the_command_line(tmp_path: Path) -> None:
    code, output = _run("train", "composer", "--list-configs")
    assert code == 0
    assert "tiny: 32 wide" in output
    code, output = _run("train", "composer", "--config", "tiny", "--run", tmp_path)
    assert code == 2
    assert "--steps" in output
    code, output = _run("train", "composer", "--run", tmp_path, "--steps", 3, "--data", tmp_path / "none")
    assert code == 2
    assert "no phrase store" in output
    code, output = _run("train", "composer", "--config", "huge", "--run", tmp_path, "--steps", 3)
    assert code == 2
    assert "legal: tiny, cpu, nested, planned, std" in output


def test_the_best_of_a_run_is_shipped(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.composer import checkpoint
    from models.training.trainer import BEST_NAME

    shipped = tmp_path / "shipped" / "composer.safetensors"
    monkeypatch.setattr(checkpoint, "SHIPPED_WEIGHTS", shipped)
    (tmp_path / BEST_NAME).write_bytes(weights.read_bytes())
    code, output = _run("train", "composer", "--run", tmp_path, "--ship")
    assert code == 0, output
    assert shipped.stat().st_size < 0.6 * weights.stat().st_size
    assert "shipped:" in output


def test_the_bench(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = network.library_tokens
    monkeypatch.setattr(network, "library_tokens", lambda config, size, *_: whole(config, size, 2, 10, 4))
    monkeypatch.setattr(throughput, "sample_pairs", lambda model, bars: [free_pair()])
    words = ("bench", "compose", "--phrases", 2, "--workers", 1)
    code, output = _run(*words, "--weights", weights, "--library")
    assert code == 0, output
    assert output.count("2 answers of 8 bars, 1 processes") == 2
    assert output.index("shipped weights:") < output.index(f"{weights}:")
    assert "generate" in output


def test_the_rhythm_of_another_phrase(pair: Path, weights: Path, tmp_path: Path) -> None:
    study = tmp_path / "study.mid"
    rhythm = [
        (bar * 192 + place, ticks) for bar in range(8) for place, ticks in ((0, 48), (72, 24), (96, 96))
    ]
    save_phrase(Phrase(tuple(Note(onset, 69, ticks) for onset, ticks in rhythm), 8), study)
    out = tmp_path / "out"
    code, output = _run("compose", pair, "--rhythm-from", study, "--weights", weights, "--out", out)
    assert code == 0, output
    found = read_phrase(out / "pair-bach-seed1-1.mid").on_grid()
    inner = {
        (note.onset_ticks, note.duration_ticks) for note in found.notes if 192 <= note.onset_ticks < 1344
    }
    assert inner == {(onset, ticks) for onset, ticks in rhythm if 192 <= onset < 1344}


def test_a_rhythm_in_another_meter_is_refused(pair: Path, weights: Path, tmp_path: Path) -> None:
    waltz = tmp_path / "waltz.mid"
    save_phrase(Phrase((Note(0, 69, 48),), 8, meter=Meter(3, 4)), waltz)
    code, output = _run("compose", pair, "--rhythm-from", waltz, "--weights", weights)
    assert code == 2
    assert "the rhythm is in 3/4; legal: 4/4" in output


def test_the_best_of_candidates_is_one_of_them(pair: Path, weights: Path, tmp_path: Path) -> None:
    words = ("compose", pair, "--bars", 8, "--weights", weights)
    code, output = _run(*words, "--candidates", 3, "--out", tmp_path / "best")
    assert code == 0, output
    assert len(output.splitlines()) == 1
    best = (tmp_path / "best" / "pair-bach-seed1-1.mid").read_bytes()
    _run(*words, "--candidates", 3, "--out", tmp_path / "again")
    assert (tmp_path / "again" / "pair-bach-seed1-1.mid").read_bytes() == best
    assert read_phrase(tmp_path / "best" / "pair-bach-seed1-1.mid").bars == 8


def test_a_split_keeps_a_given_rest_and_stdin_is_a_pair(weights: Path, tmp_path: Path) -> None:
    notes = (Note(0, 62, 192), Note(6 * 192, 69, 192), Note(7 * 192, 66, 192))
    data = phrase_bytes(Phrase(notes, 8))  # the second bar is a given rest
    out = tmp_path / "out"
    words = ["compose", "-", "--split", "2+2", "--weights", str(weights), "--out", str(out)]
    result = CliRunner().invoke(cli, words, input=data)
    assert result.exit_code == 0, result.output
    assert "8 bars in 4/4, 2+2 given" in result.output
    [path] = out.iterdir()
    assert path.name.startswith("stdin-bach-")
    assert [note.onset_ticks for note in read_phrase(path).notes if note.onset_ticks < 2 * 192] == [0]
    for split, message in (("2", "no split"), ("9+9", "legal: 1 bar or more"), ("1+1", "bar 7 has notes")):
        words[3] = split
        refused = CliRunner().invoke(cli, words, input=data)
        assert refused.exit_code == 2
        assert message in refused.output
