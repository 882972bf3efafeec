"""`violin lint` and `violin explain`, as a user types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from violin.cli import cli
from violin.midi import phrase_bytes
from violin.music import Key, Note, Phrase

ROOT = Path(__file__).resolve().parents[4]
CLEAN = Phrase(tuple(Note(bar * 192, 69 + bar % 3, 192) for bar in range(8)), 8, key=Key())
LOW = Phrase((Note(0, 50, 192), *CLEAN.notes[1:]), 8, key=Key())
KEYLESS = Phrase(CLEAN.notes, 8)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a clean file, one below the violin and one without a key."""
    (tmp_path / "music" / "deep").mkdir(parents=True)
    (tmp_path / "music" / "clean.mid").write_bytes(phrase_bytes(CLEAN))
    (tmp_path / "music" / "deep" / "low.mid").write_bytes(phrase_bytes(LOW))
    (tmp_path / "music" / "keyless.MID").write_bytes(phrase_bytes(KEYLESS))
    (tmp_path / "music" / "notes.txt").write_text("no music")
    (tmp_path / "violin.toml" if sys.version_info >= (3, 11) else tmp_path / "setup.cfg").write_text(
        "[lint]\n" if sys.version_info >= (3, 11) else "[violin:lint]\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=stdin)


def found(result: Result) -> dict[str, list[str]]:
    """File -> codes, of a run with --format json."""
    codes: dict[str, list[str]] = {}
    for row in json.loads(result.stdout):
        codes.setdefault(row["file"], []).append(row["code"])
    return codes


def test_a_clean_file_is_0_and_a_low_one_1(folder: Path) -> None:
    clean = run("lint", "music/clean.mid")
    assert (clean.exit_code, clean.stdout) == (0, "1 file: no findings\n")
    low = run("lint", "music/deep/low.mid")
    assert low.exit_code == 1
    assert "C041 below-violin: bar 1 beat 1" in low.stdout
    assert run("lint", "music/deep/low.mid", "--exit-zero").exit_code == 0


def test_garbage_collection_is_rare(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("gc.set_threshold", asked.append)
    run("lint", "music/clean.mid")
    assert asked == [50_000]


def test_infos_alone_are_0(folder: Path) -> None:
    result = run("lint", "music/keyless.MID")
    assert result.exit_code == 0
    assert "info    C082" in result.stdout


def test_folders_patterns_and_a_list_on_stdin(folder: Path) -> None:
    everything = found(run("lint", "music", "--format", "json"))
    assert list(everything) == ["music/deep/low.mid", "music/keyless.MID"]
    assert found(run("lint", "music/**/l*.mid", "--format", "json")) == {"music/deep/low.mid": ["C041"]}
    listed = run("lint", "-", "--format", "json", stdin="music/clean.mid\n\nmusic/deep/low.mid\n")
    assert found(listed) == {"music/deep/low.mid": ["C041"]}
    absolute = run("lint", str(folder / "music" / "deep" / "*.mid"), "--format", "json")
    assert list(found(absolute)) == [str(folder / "music" / "deep" / "low.mid")]


def test_midi_on_stdin_is_a_file(folder: Path) -> None:
    low = (folder / "music" / "deep" / "low.mid").read_bytes()
    assert found(run("lint", "-", "--format", "json", stdin=low)) == {"<stdin>": ["C041"]}
    assert found(run("lint", "-", "music/keyless.MID", "--format", "json", stdin=low)) == {
        "<stdin>": ["C041"],
        "music/keyless.MID": ["C082"],
    }
    assert found(run("lint", "-", "--format", "json", stdin=b"MThd")) == {"<stdin>": ["S003"]}
    assert found(run("lint", "-", "--format", "json", stdin=b"\x1f\x8b\x08\x00")) == {"<stdin>": ["S001"]}


def test_statistics_as_text_and_json(folder: Path) -> None:
    text = run("lint", "music", "--statistics")
    assert "       1  error    C041  below-violin  [--unsafe-fixes]\n" in text.stdout
    data = json.loads(run("lint", "music", "--statistics", "--format", "json").stdout)
    assert (data["files"], data["errors"], data["warnings"], data["infos"]) == (3, 1, 0, 1)
    assert data["rules"][0] == {
        "code": "C041",
        "name": "below-violin",
        "severity": "error",
        "fix": "unsafe",
        "findings": 1,
    }
    refused = run("lint", "music", "--statistics", "--format", "sarif")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "legal: text or json" in refused.stderr


def test_a_file_that_is_named_twice_is_linted_once(folder: Path) -> None:
    with zipfile.ZipFile("all.zip", "w") as archive:
        archive.writestr("001.mid", phrase_bytes(LOW))
    same = ("music/deep/low.mid", "music/../music/deep/low.mid", str(folder / "music" / "deep" / "low.mid"))
    assert found(run("lint", *same, "--format", "json")) == {"music/deep/low.mid": ["C041"]}
    several = run("lint", "music", "music/deep", "music/**/*.mid", "all.zip", "all.zip", "--format", "json")
    assert list(found(several)) == ["music/deep/low.mid", "music/keyless.MID", "all.zip/001.mid"]
    assert found(several)["all.zip/001.mid"] == ["C041"]
    assert run("lint", "music", "music").stdout.splitlines()[-1].startswith("3 files: 1 error, 1 info")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_or_device_in_a_folder_is_a_finding(folder: Path) -> None:
    os.mkfifo(folder / "music" / "pipe.mid")
    (folder / "music" / "zeros.mid").symlink_to("/dev/zero")
    found_in = found(run("lint", "music", "--format", "json", "--select", "S"))
    assert found_in == {"music/pipe.mid": ["S001"], "music/zeros.mid": ["S001"]}
    fixed = run("lint", "music", "--fix")
    assert (fixed.exit_code, fixed.stdout.count("cannot be read: it is a pipe or a device")) == (1, 2)


def test_a_zip_is_read_without_unpacking(folder: Path) -> None:
    with zipfile.ZipFile("all.zip", "w") as archive:
        archive.writestr("composer1/001.mid", phrase_bytes(LOW))
        archive.writestr("composer1/read.me", "x")
    before = sorted(folder.rglob("*"))
    result = run("lint", "all.zip", "--format", "json")
    assert found(result) == {"all.zip/composer1/001.mid": ["C041"]}
    assert sorted(folder.rglob("*")) == before
    fixed = run("lint", "all.zip", "--unsafe-fixes")
    assert fixed.exit_code == 2
    assert "only a file on disk can be fixed" in fixed.stderr


def test_a_dataset_of_given_pairs_is_matched_by_folder_and_number(folder: Path) -> None:
    two = Phrase((CLEAN.notes[0], Note(192, 71, 192)), 2, key=Key())
    with zipfile.ZipFile("given.zip", "w") as archive:
        archive.writestr("top/composer1/001.mid", phrase_bytes(two))
        archive.writestr("top/composer2/001.mid", phrase_bytes(two))
    for name, phrase in (("composer1", CLEAN), ("composer2", LOW), ("composer3", CLEAN)):
        (folder / "out" / name).mkdir(parents=True)
        (folder / "out" / name / "001.mid").write_bytes(phrase_bytes(phrase))
    codes = found(run("lint", "out", "--given", "given.zip", "--format", "json", "--select", "C11"))
    assert codes == {
        "out/composer1/001.mid": ["C111"],
        "out/composer2/001.mid": ["C111", "C111"],
        "out/composer3/001.mid": ["C111"],
    }
    text = run("lint", "out/composer3", "--given", "given.zip").stdout
    assert "not compared with a given pair: given.zip holds no composer3/001.mid" in text


def test_a_given_rest_follows_from_the_other_pairs(folder: Path) -> None:
    bars_with_notes = {"001": (0, 1, 6, 7), "002": (0, 1, 6, 7), "003": (0, 6, 7)}
    (folder / "given" / "composer1").mkdir(parents=True)
    (folder / "out" / "composer1").mkdir(parents=True)
    for name, bars in bars_with_notes.items():
        given = Phrase(tuple(Note(bar * 192, 69, 192) for bar in bars), 8, key=Key())
        (folder / "given" / "composer1" / f"{name}.mid").write_bytes(phrase_bytes(given))
        answer = Phrase(tuple(Note(bar * 192, 69, 192) for bar in range(8)), 8, key=Key())
        (folder / "out" / "composer1" / f"{name}.mid").write_bytes(phrase_bytes(answer))
    codes = found(run("lint", "out", "--given", "given", "--select", "C11", "--format", "json"))
    assert codes == {"out/composer1/003.mid": ["C111"]}  # its second bar was given as a rest


def test_selection_by_options_and_settings(folder: Path) -> None:
    assert run("lint", "music", "--ignore", "C04,C082").exit_code == 0
    assert found(run("lint", "music", "--select", "C082", "--format", "json")) == {
        "music/keyless.MID": ["C082"]
    }
    assert run("lint", "music/keyless.MID", "--severity", "C082=error").exit_code == 1
    (folder / "strict.cfg").write_text("[violin:lint]\nignore = C041\nseverity = C082=warning\n")
    strict = run("lint", "music", "--config", "strict.cfg", "--format", "json")
    assert found(strict) == {"music/keyless.MID": ["C082"]}
    assert strict.exit_code == 1
    assert run("lint", "music/deep/low.mid", "--lowest-pitch", "43").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["music", "--select", "C04x"], "did you mean"),
        (["music", "--severity", "C041"], "legal: CODE=off"),
        (["nowhere.mid"], "nowhere.mid: no such file or folder"),
        (["none*.mid"], "none*.mid: no file matches"),
        (["music/notes.txt", "--given", "music/notes.txt"], "music/notes.txt"),
        (["empty"], "no MIDI file"),
        (["music", "--backup"], "--fix"),
        ([], "name files or folders to check"),
    ],
)
def test_usage_errors_are_2_with_one_clear_line(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "empty").mkdir()
    result = run("lint", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not result.stdout


def test_a_file_that_cannot_be_read_stops_no_others(folder: Path) -> None:
    (folder / "music" / "broken.mid").symlink_to("nowhere.mid")
    result = run("lint", "music", "--format", "json")
    assert found(result) == {
        "music/broken.mid": ["S001"],
        "music/deep/low.mid": ["C041"],
        "music/keyless.MID": ["C082"],
    }
    assert "cannot be read" in json.loads(result.stdout)[0]["message"]
    assert found(run("lint", "music/*.mid", "--format", "json")) == {"music/broken.mid": ["S001"]}
    assert run("lint", "music", "--fix").exit_code == 1
    assert run("lint", "music/keyless.MID").stdout == "1 file: no findings\n"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS takes no such name")
def test_names_that_are_not_unicode_are_escaped(folder: Path) -> None:
    deep = folder / "music" / "deep"
    (deep / "low.mid").rename(deep / "low\udcff.mid")
    assert found(run("lint", "music", "--select", "C04", "--format", "json")) == {
        "music/deep/low\udcff.mid": ["C041"]
    }
    sarif = run("lint", "music", "--select", "C04", "--format", "sarif")
    location = json.loads(sarif.stdout)["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "music/deep/low%FF.mid"


def test_fix_writes_and_keeps_the_original_on_request(folder: Path) -> None:
    path = folder / "music" / "keyless.MID"
    original = path.read_bytes()
    diff = run("lint", str(path), "--fix", "--diff")
    assert diff.exit_code == 1
    assert "+  bar 1 beat 1.0000  key C major" in diff.stdout
    assert path.read_bytes() == original
    fixed = run("lint", str(path), "--fix", "--backup")
    assert (fixed.exit_code, fixed.stdout) == (0, "1 file: no findings\n")
    assert (path.parent / "keyless.MID.bak").read_bytes() == original
    assert run("lint", str(path), "--fix", "--diff").exit_code == 0
    low = folder / "music" / "deep" / "low.mid"
    assert run("lint", str(low), "--fix").exit_code == 1
    assert run("lint", str(low), "--unsafe-fixes").exit_code == 0


def test_many_files_over_processes_keep_their_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from constraints.linter import files as linting

    monkeypatch.setattr(linting, "MANY_FILES", 20)
    elsewhere = folder / "elsewhere"  # workers that were started there are used again
    elsewhere.mkdir()
    with monkeypatch.context() as patch:
        patch.chdir(elsewhere)
        for number in range(40):
            (elsewhere / f"{number:03d}.mid").write_bytes(phrase_bytes(CLEAN))
        assert run("lint", ".", "--jobs", "2").exit_code == 0
    many = folder / "many"
    many.mkdir()
    for number in range(120):
        (many / f"{number:03d}.mid").write_bytes(phrase_bytes(LOW if number % 40 == 7 else CLEAN))
    result = run("lint", "many", "--jobs", "2", "--format", "json")
    assert list(found(result)) == ["many/007.mid", "many/047.mid", "many/087.mid"]


def test_the_lint_path_imports_nothing_heavy(folder: Path) -> None:
    code = (
        "import sys; from violin.cli import cli\n"
        "try: cli(['lint', 'music/clean.mid'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'joblib', 'torch', 'music21', 'zipfile', 'sklearn'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.splitlines() == ["1 file: no findings", "[]"]


def test_bench_lint_prints_its_figures() -> None:
    result = run("bench", "lint", "--phrases", "5", "--rounds", "1", "--grow", "3")
    assert result.exit_code == 0
    assert "all rules" in result.stdout
    assert "violin lint ONE.mid" in result.stdout
    assert "3 files" in result.stdout
