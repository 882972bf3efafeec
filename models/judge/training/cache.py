"""A disk cache of measured examples for training and evaluation.

The key of an entry is a hash of everything that it depends on: the store, the plan, the families
and the source text of the modules that make and measure lines. After any change to these files the
features are measured again. The files' dates are not used.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from models.judge.features.examples import Examples
from models.judge.features.measures import Array
from violin.files import write_whole


class FeatureCache:
    """A cache folder; `folder` None turns the cache off."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def examples(self, depends: tuple[object, ...], make: Callable[[], Examples]) -> Examples:
        """The examples that depend on these values (identified by their `repr`), made if they are
        missing or unreadable."""
        names = [one.name for one in fields(Examples)]

        def made() -> dict[str, Array]:
            found = make()
            return {name: getattr(found, name) for name in names}

        return Examples(**self._kept(depends, made))

    def matrix(self, depends: tuple[object, ...], make: Callable[[], Array]) -> Array:
        """Like `examples`, for one array."""
        return self._kept(depends, lambda: {"matrix": make()})["matrix"]

    def _kept(self, depends: tuple[object, ...], make: Callable[[], dict[str, Array]]) -> dict[str, Array]:
        found = self.found(depends)
        if found is None:
            found = make()
            self.keep(depends, found)
        return found

    def found(self, depends: tuple[object, ...]) -> dict[str, Array] | None:
        """The arrays of an entry; None if there is no entry."""
        if self._folder is None:
            return None
        try:
            with np.load(io.BytesIO(self._file(depends).read_bytes()), allow_pickle=False) as arrays:
                return {one: arrays[one] for one in arrays.files}
        except (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile):
            return None

    def keep(self, depends: tuple[object, ...], arrays: dict[str, Any]) -> None:
        """Store the arrays of an entry, by name."""
        if self._folder is None:
            return
        packed = io.BytesIO()
        np.savez(packed, **arrays)
        write_whole(self._file(depends), packed.getvalue(), sync=False)

    def _file(self, depends: tuple[object, ...]) -> Path:
        name = hashlib.sha256(repr((sources_digest(), *depends)).encode()).hexdigest()[:32]
        return (self._folder or Path()) / f"{name}.npz"


@lru_cache(maxsize=1)
def sources_digest() -> str:
    """The hash of the source text of features, negatives and examples."""
    judge = Path(__file__).parents[1]
    folders = ("features", "training/negatives")
    files = [file for folder in folders for file in (judge / folder).glob("*.py")]
    return _digest([*files, *(judge / "training" / name for name in ("examples.py", "slips.py"))])


@lru_cache(maxsize=1)
def model_digest() -> str:
    """The hash of the source text of the model."""
    return _digest((Path(__file__).parents[1] / "classifier").glob("*.py"))


def examples_digest(examples: Examples) -> str:
    """The hash of examples."""
    digest = hashlib.sha256()
    for one in fields(Examples):
        digest.update(np.ascontiguousarray(getattr(examples, one.name)).tobytes())
    return digest.hexdigest()


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
