"""Compose, judge, check, finger, engrave and play solo-violin phrases.

    import violin

    pair = violin.read_pair("pair.mid")
    answer = violin.compose(pair, composer="paganini", bars=12)[0]
    answer.save("answer.musicxml")
    answer.save("answer.wav")
    print(*violin.lint(answer.phrase, given=pair), sep="\\n")

The names below are loaded when they are first used (PEP 562), so that `import violin` is quick and loads no
other library. Every error that a user can cause is a `violin.ViolinError` with one clear line.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from violin.api.checking import fingering as fingering
    from violin.api.checking import fix as fix
    from violin.api.checking import lint as lint
    from violin.api.checking import novelty as novelty
    from violin.api.composing import Answer as Answer
    from violin.api.composing import compose as compose
    from violin.api.judging import Judge as Judge
    from violin.api.other_libraries import from_music21 as from_music21
    from violin.api.reading import read as read
    from violin.api.reading import read_pair as read_pair
    from violin.errors import ViolinError as ViolinError
    from violin.interop.midi_libraries import from_miditoolkit as from_miditoolkit
    from violin.interop.midi_libraries import from_pretty_midi as from_pretty_midi
    from violin.interop.note_arrays import from_note_array as from_note_array
    from violin.music import Key as Key
    from violin.music import Meter as Meter
    from violin.music import Note as Note
    from violin.music import Phrase as Phrase
    from violin.pair import Pair as Pair

_HOMES = {
    "violin.api.checking": ("fingering", "fix", "lint", "novelty"),
    "violin.api.composing": ("Answer", "compose"),
    "violin.api.judging": ("Judge",),
    "violin.api.other_libraries": ("from_music21",),
    "violin.api.reading": ("read", "read_pair"),
    "violin.errors": ("ViolinError",),
    "violin.interop.midi_libraries": ("from_miditoolkit", "from_pretty_midi"),
    "violin.interop.note_arrays": ("from_note_array",),
    "violin.music": ("Key", "Meter", "Note", "Phrase"),
    "violin.pair": ("Pair",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_HOME_OF]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'violin' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
