"""The rules, one module per family. A new module needs a line in `FAMILIES`, a new rule a class in a module.

S0xx structure of the file, C0xx and C1xx the challenge (the middle digits are the official
item), N0xx notes, P0xx playability.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constraints.linter.rule import Rule

FAMILIES = (
    "structure",
    "challenge_file",
    "challenge_tempo",
    "challenge_form",
    "challenge_sound",
    "challenge_music",
    "challenge_given",
    "notes",
    "note_grid",
    "chords",
    "playability",
)


def rules_of(family: str) -> Iterator[Rule]:
    """One instance of each rule class that a family's module defines."""
    from constraints.linter.rule import Rule

    module = import_module(f"constraints.linter.rules.{family}")
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__:
            yield value()
