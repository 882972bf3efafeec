"""`import violin`: light, typed, and every name that it offers is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import violin


@pytest.mark.parametrize("name", sorted(set(violin.__all__) - {"__version__"}))
def test_every_name_is_found_and_explained(name: str) -> None:
    assert getattr(violin, name).__doc__
    assert name in dir(violin)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'violin' has no attribute 'nothing'"):
        violin.nothing  # noqa: B018


def test_importing_it_loads_nothing_heavy_and_none_of_the_rooms() -> None:
    code = (
        "import sys, violin\n"
        "ours = [name for name in sys.modules if name.startswith('violin.')]\n"
        "assert not ours, ours\n"
        "violin.Phrase, violin.read, violin.lint\n"
        "heavy = {'numpy', 'torch', 'sklearn', 'music21', 'verovio', 'pretty_midi'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_types_are_announced() -> None:
    assert Path(violin.__file__).with_name("py.typed").is_file()
