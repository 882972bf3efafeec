"""What works if only the base of the package is installed, without PyTorch and the other extras."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

from violin import Key, Note, Phrase
from violin.errors import EXTRA_OF

ROOT = Path(__file__).resolve().parents[2]
TUNE = Phrase(tuple(Note(48 * beat, 62 + beat % 8, 48) for beat in range(32)), 8, key=Key(2))
WORKS = """
lint tune.mid
lint set --format sarif
explain C041
fingering tune.mid
render tune.mid --to musicxml
render tune.mid --to wav
judge tune.mid --composer bach --explain --workers 1
submit judge set --out scores.zip --workers 1
novelty tune.mid
verify set --per-composer 1
""".strip()
CODE = """
import shlex, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
from click.testing import CliRunner
from violin.cli import cli

def run(line):
    done = CliRunner().invoke(cli, shlex.split(line))
    return done.exit_code, done.output, done.exc_info

for line in {works!r}.splitlines():
    code, output, error = run(line)
    assert code == (1 if line.startswith("verify") else 0), (line, output, error)
for line, library, extra in {fails!r}:
    message = f"Error: {{library}} is not installed; install it: pip install 'violin[{{extra}}]'"
    code, output, error = run(line)
    assert code == 2 and output.strip().splitlines()[-1] == message, (line, output, error)

import violin

tune = violin.read("tune.mid")
judge = violin.Judge.load()
assert judge.predict_proba([tune], composer="bach").shape == (1, 2)
judge.explain(tune, composer="bach")
violin.novelty(tune)
assert violin.from_note_array(tune.note_array()).notes == tune.notes
for call, library, extra in {calls!r}:
    try:
        eval(call)
    except violin.ViolinError as error:
        message = f"{{library}} is not installed; install it: pip install 'violin[{{extra}}]'"
        assert str(error) == message, (call, error)
    else:
        raise AssertionError(call)
"""


def base_and_extras() -> tuple[set[str], dict[str, set[str]]]:
    """The libraries of the base, and those of each extra."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")

    def names(text: str) -> set[str]:
        lines = [line.split(";")[0].strip() for line in text.strip().splitlines()]
        return {line.split(">=")[0].split("[")[0].lower() for line in lines if not line.startswith("violin[")}

    extras = {name: names(text) for name, text in parser["options.extras_require"].items()}
    return names(parser["options"]["install_requires"]), extras


def test_verbs_work_without_extras_or_name_the_extra(tmp_path: Path) -> None:
    TUNE.save(tmp_path / "tune.mid")
    TUNE.save(tmp_path / "tune.musicxml")
    TUNE.save(tmp_path / "set" / "composer1" / "001.mid")
    absent = {*EXTRA_OF, "verovio", "cairosvg", "fluidsynth", "soundfile", "matplotlib", "mido", "scipy"}
    fails = [
        ("compose tune.mid", "torch", "compose"),
        ("lint tune.musicxml", "music21", "notation"),
        ("verify set --per-composer 1 --readers", "miditoolkit", "interop"),
    ]
    calls = [
        ("violin.compose('tune.mid')", "torch", "compose"),
        ("violin.compose(tune, redo='4-5')", "torch", "compose"),
        ("violin.read('tune.musicxml')", "music21", "notation"),
        ("violin.read_pair('tune.musicxml')", "music21", "notation"),
        ("violin.lint('tune.musicxml')", "music21", "notation"),
        ("tune.to_music21()", "music21", "notation"),
        ("tune.to_pretty_midi()", "pretty_midi", "interop"),
        ("tune.to_miditoolkit()", "miditoolkit", "interop"),
    ]
    code = CODE.format(absent=absent, works=WORKS, fails=fails, calls=calls)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_each_library_that_may_be_absent_is_in_the_extra_that_is_named() -> None:
    base, extras = base_and_extras()
    assert base == {"click", "jinja2", "joblib", "numpy"}
    package = {"sklearn": "scikit-learn", "x_transformers": "x-transformers", "distributed": "dask"}
    for library, extra in EXTRA_OF.items():
        assert package.get(library, library) in extras[extra], library
