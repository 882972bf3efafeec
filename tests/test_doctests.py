"""The examples in the docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest
from import_graph import module_files

ROOT = Path(__file__).resolve().parents[1]

WITH_EXAMPLES = [
    module for module, path in module_files(ROOT).items() if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_the_examples_of_a_module(module: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert tried and not failed


def test_the_core_has_examples() -> None:
    assert {"violin.music", "violin.challenge", "models.form"} <= set(WITH_EXAMPLES)
