"""Every public function that takes a path takes a `str` as well as a `Path`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import violin
from constraints.linter.baseline import Baseline
from constraints.linter.files import GivenPairs
from data_prep.corpus.store import PhraseStore
from data_prep.readers.scores import read_parts
from models.judge.files import midi_files
from models.novelty import SHIPPED_INDEX, RunIndex
from submission.archive import write_archive
from submission.datasets import read_dataset
from submission.rehearsal.labels import read_key, write_key
from submission.verify import verify_archive
from submission.zip_oddities import zip_oddities
from violin.archives import read_members
from violin.files import check_writable, file_digest, read_regular, write_text_whole, write_whole
from violin.midi import load, read_phrase, save_phrase
from violin.settings import find_settings, read_settings
from violin.smf import read_limited

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("violin", "data_prep", "submission")
PROGRAMS = {"cli", "studio"}  # not called by other programs
TUNE = violin.Phrase(
    tuple(violin.Note(48 * beat, 62 + beat % 8, 48) for beat in range(32)), 8, key=violin.Key(2)
)


def parameters(room: str) -> Iterator[tuple[str, str]]:
    """(place, annotation) of each parameter of a public function or class that names `Path`."""
    for path in sorted((ROOT / room).rglob("*.py")):
        if not PROGRAMS & set(path.relative_to(ROOT).parts):
            for function in public_functions(ast.parse(path.read_text(encoding="utf-8")).body):
                for argument in (*function.args.args, *function.args.kwonlyargs):
                    annotation = ast.unparse(argument.annotation) if argument.annotation else ""
                    if "Path" in annotation.replace("HandPath", "").replace("PurePath", ""):
                        yield f"{path.relative_to(ROOT)}: {function.name}({argument.arg})", annotation


def public_functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body)
        if isinstance(node, ast.FunctionDef) and (node.name == "__init__" or not node.name.startswith("_")):
            yield node


@pytest.mark.parametrize("room", ROOMS)
def test_whatever_takes_a_path_takes_a_string(room: str) -> None:
    found = list(parameters(room))
    assert found
    assert [place for place, annotation in found if "str" not in annotation] == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("paths")
    TUNE.save(folder / "tune.mid")
    TUNE.save(folder / "tune.musicxml")
    TUNE.save(folder / "set" / "composer1" / "001.mid")
    (folder / "setup.cfg").write_text("[violin:lint]\nignore = C041\n")
    write_archive(folder / "set.zip", {"composer1/001.mid": TUNE.to_midi()})
    write_key(folder, {"composer1/001.mid": {"label": "human"}})
    (folder / "base.json").write_bytes(Baseline().to_json())
    return folder


READERS: dict[str, tuple[str, Callable[[str | Path], object]]] = {
    "violin.read": ("tune.mid", violin.read),
    "violin.read of a score": ("tune.musicxml", violin.read),
    "violin.lint": ("tune.mid", violin.lint),
    "violin.fix": ("tune.mid", violin.fix),
    "read_phrase": ("tune.mid", read_phrase),
    "load": ("tune.mid", load),
    "read_limited": ("tune.mid", read_limited),
    "read_regular": ("tune.mid", read_regular),
    "file_digest": ("tune.mid", file_digest),
    "midi_files": ("set", lambda path: [found.data for found in midi_files(path)]),
    "read_members": ("set.zip", read_members),
    "read_settings": ("setup.cfg", lambda path: read_settings(path).ignore),
    "find_settings": (".", lambda path: find_settings(path).ignore),
    "read_dataset": ("set", lambda path: len(read_dataset(path))),
    "verify_archive": ("set.zip", lambda path: verify_archive(path, per_composer=1)),
    "zip_oddities": ("set.zip", zip_oddities),
    "read_key": ("judge_key.json", read_key),
    "read_parts": ("tune.musicxml", lambda path: [name for name, _ in read_parts(path)]),
    "Baseline.load": ("base.json", lambda path: Baseline.load(path).to_json()),
    "GivenPairs.load": ("set", lambda path: GivenPairs.load(path).by_tail),
}


@pytest.mark.parametrize("name", READERS)
def test_a_string_reads_what_a_path_reads(folder: Path, name: str) -> None:
    file, reader = READERS[name]
    assert reader(str(folder / file)) == reader(folder / file)


def test_a_string_is_written_to(tmp_path: Path) -> None:
    name = str(tmp_path / "x.mid")
    check_writable(name)
    save_phrase(TUNE, name)
    assert Path(name).read_bytes() == TUNE.to_midi()
    assert TUNE.save(name) == Path(name)
    write_whole(name, b"whole")
    assert read_regular(name) == b"whole"
    write_text_whole(name, "text")
    assert read_regular(name) == b"text"
    write_archive(name, {"a.mid": b"x"})
    assert zip_oddities(name) == ()


def test_stores_and_indices(tmp_path: Path) -> None:
    assert RunIndex.load(str(SHIPPED_INDEX)).names
    with pytest.raises(violin.ViolinError, match="nowhere"):
        PhraseStore.load(str(tmp_path / "nowhere"))
    with pytest.raises(violin.ViolinError, match="nowhere"):
        violin.Judge.load(str(tmp_path / "nowhere"))
    with pytest.raises(violin.ViolinError, match="nowhere"):
        violin.compose(str(tmp_path / "nowhere"))
    with pytest.raises(violin.ViolinError, match="nowhere"):
        violin.read_pair(str(tmp_path / "nowhere"))
