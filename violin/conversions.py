"""What a phrase can be turned into: files, arrays, other libraries' objects.

The work is done in other packages, which are imported by name when a method is called. So no import
statement of the core needs them, and `import violin.music` stays light.
"""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import miditoolkit
    import pretty_midi
    from numpy.typing import NDArray


class Convertible:
    """The methods of `violin.Phrase` that need more than the core."""

    __slots__ = ()

    def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write the phrase in the form of the suffix: .mid, .musicxml, .mxl, .abc, .svg, .png, .pdf,
        .roll.png, .wav, .flac or .mp3; returns the path. `options` are the fields of
        `violin.api.forms.FormOptions`, such as fingering=False, given_bars=(0, 1), rate=16_000,
        seconds=10. ViolinError if it cannot be done."""
        written: Path = _call("violin.api.forms", "save", self, path, **options)
        return written

    def to_midi(self) -> bytes:
        """The bytes of a format-0 MIDI file, as `violin.midi.phrase_bytes` writes it."""
        data: bytes = _call("violin.midi", "phrase_bytes", self)
        return data

    def to_musicxml(self) -> bytes:
        """The bytes of a MusicXML 4.0 file of the phrase on the grid, without fingering."""
        data: bytes = _call("violin.notation.musicxml", "musicxml_bytes", self)
        return data

    def note_array(self) -> NDArray[Any]:
        """One row a note: structured numpy array[n] with the field names of partitura."""
        rows: NDArray[Any] = _call("violin.interop.note_arrays", "note_array", self)
        return rows

    def to_pretty_midi(self) -> pretty_midi.PrettyMIDI:
        """The phrase as a `pretty_midi.PrettyMIDI`; `violin.from_pretty_midi` converts it back."""
        return _call("violin.interop.midi_libraries", "to_pretty_midi", self)

    def to_miditoolkit(self) -> miditoolkit.MidiFile:
        """The phrase as a `miditoolkit.MidiFile`; `violin.from_miditoolkit` converts it back."""
        return _call("violin.interop.midi_libraries", "to_miditoolkit", self)

    def to_music21(self) -> Any:
        """The phrase as a `music21.stream.Score`; `violin.from_music21` converts it back."""
        return _call("violin.interop.music21_stream", "to_music21", self)

    def _repr_html_(self) -> str:
        html: str = _call("violin.api.notebook", "phrase_html", self)
        return html


def _call(module: str, function: str, *args: Any, **options: Any) -> Any:
    return getattr(import_module(module), function)(*args, **options)
