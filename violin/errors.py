"""Every error that a user can cause, in one tree.

    ViolinError                     one clear line, exit code 2
    |- MidiError                    a file that cannot be read as a phrase
    |- PairError                    a given pair that cannot be answered
    |- RuleSelectionError           an unknown rule code or name
    |- SettingsError                an unknown key or an illegal value
    |- ArchiveError                 a zip or folder that is unsafe or incomplete
    |- PlanError                    a plan of a phrase that cannot be read
    |- NotationError                music that cannot be written or read as notes
    |- MissingLibraryError          a library or program that is not installed
    |- CorpusError                  a score, source or phrase store that cannot be used
    |- OutputError                  a file that cannot be written
    `- WeightsError                 a weight file that does not fit this program

The command line prints the message of a ViolinError and nothing else: no traceback. `printable` makes
names of files from outside safe for a message. `optional_libraries` names the extra that installs a
missing library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager


class ViolinError(Exception):
    """The base of all errors whose message is meant for a user."""


class MidiError(ViolinError):
    """The bytes are not a MIDI file from which a phrase can be read."""


class PairError(ViolinError):
    """The beginning and ending given in a file cannot be answered."""


class RuleSelectionError(ViolinError):
    """A rule code, name or prefix that does not exist."""


class SettingsError(ViolinError):
    """An unknown settings key or an illegal value."""


class ArchiveError(ViolinError):
    """A zip archive or folder tree that is unsafe, truncated or incomplete."""


class NotationError(ViolinError):
    """Music that cannot be written as notes, or a score that cannot be read as a phrase."""


class MissingLibraryError(ViolinError):
    """An optional library, or a program of the system, that is not installed."""


class CorpusError(ViolinError):
    """A score, a source or a phrase store that cannot be used."""


class OutputError(ViolinError):
    """A file that cannot be written: a full disk, a missing permission, a folder in its place."""


class WeightsError(ViolinError):
    """A weight file that is missing, damaged or made for another vocabulary."""


class PlanError(ViolinError):
    """A plan of a phrase that cannot be read or followed."""


EXTRA_OF = {
    "dask": "cluster",
    "distributed": "cluster",
    "miditoolkit": "interop",
    "music21": "notation",
    "pretty_midi": "interop",
    "safetensors": "compose",
    "sklearn": "train",
    "torch": "compose",
    "x_transformers": "train",
}
"""The extra of this package that installs a library, by the library's name."""


@contextmanager
def optional_libraries() -> Iterator[None]:
    """Raise MissingLibraryError, with the line that installs it, for a library of an extra that is absent.

    Usable as a decorator. Any other missing module is a ModuleNotFoundError as always.

    >>> with optional_libraries():
    ...     raise ModuleNotFoundError("No module named 'torch'", name="torch")
    Traceback (most recent call last):
    violin.errors.MissingLibraryError: torch is not installed; install it: pip install 'violin[compose]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        extra = EXTRA_OF.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise MissingLibraryError(
            f"{error.name} is not installed; install it: pip install 'violin[{extra}]'"
        ) from error


# Control characters, marks of writing direction, line separators, and the surrogates that stand for bytes
# of a name that are not UTF-8.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""The text on one line, with control characters escaped, so that a terminal shows them.

    >>> print(printable("a\x1b[2Jb\u202ecod.mid"))
    a\x1b[2Jb\u202ecod.mid
    >>> print(printable("été\n.mid"))
    été\n.mid
    """
    return _UNPRINTABLE.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if "\udc80" <= character <= "\udcff":  # a byte that Python could not decode
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
