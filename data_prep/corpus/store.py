"""The phrase store: every phrase with its origin, in one compact file.

A store is a folder of two files. `phrases.npz` holds the notes of all phrases in three columns with an
offset per phrase, and the other fields in one column each, repeated words as numbers of a table.
`manifest.json` describes it for people and for `violin data report`: counts, sources, drops by reason, the
hash of the npz. Both are written atomically, so a killed run leaves the old store intact.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from data_prep.corpus.array_file import read_arrays
from data_prep.grid.other_instruments import is_moved
from violin.errors import CorpusError
from violin.files import read_regular, write_whole
from violin.music import TICKS_PER_BEAT, Key, Meter, Note, Phrase

DEFAULT_FOLDER = Path("data/phrases")
PHRASES_NAME = "phrases.npz"
MANIFEST_NAME = "manifest.json"
STORE_FORMAT = 2
_READ_FORMATS = (1, 2)  # format 1 has neither texture nor rebarred music
TEXTURES: tuple[str, ...] = ("solo", "section")
SPLITS: tuple[str, ...] = ("train", "validation", "test")
OTHER = "other"

_WORDS = (
    "composer",
    "source_composer",
    "work_id",
    "work_group",
    "part",
    "split",
    "source",
    "licence_class",
    "path",
)
_NEW_WORDS = {"texture": "solo", "written_meter": ""}  # columns since format 2, and their values for format 1
_NO_KEY = 127  # in the column of fifths


@dataclass(frozen=True, slots=True)
class StoredPhrase:
    """A phrase on the 48-tick grid and where it comes from.

    `composer` is the slug whose own music it is, or "other"; `source_composer` is the name that
    the source gives ("katski", "bach"). `part` is the role in its source ("violin1", "solo").
    `start_bar` counts bars of the source part from 0. `window` marks an overlapping cut, which begins and
    ends at any barlines. `weight` is 1 for a composer's own music and the stand-in table's weight for music
    that stands in for a style with few scores. `texture` is "solo" (one player: sonatas, concertos' solo
    parts, chamber music) or "section" (several players: orchestral violins). `written_meter` is the source's
    meter ("6/8") of rebarred music (`data_prep.phrases.rebarred`), "" for other music.
    """

    phrase: Phrase
    composer: str
    source_composer: str
    work_id: str
    work_group: str
    part: str
    start_bar: int
    split: str
    window: bool
    source: str
    licence_class: str
    weight: float = 1.0
    path: str = ""
    texture: str = "solo"
    written_meter: str = ""

    @property
    def rebarred(self) -> bool:
        """Whether the source has another meter than the phrase."""
        return bool(self.written_meter)

    @property
    def moved(self) -> bool:
        """Whether another instrument's part was moved into the violin's range."""
        return is_moved(self.part)

    @property
    def training_only(self) -> bool:
        """Whether it may only be used for training: a window, rebarred or moved music."""
        return self.window or self.rebarred or self.moved


class PhraseStore(Sequence[StoredPhrase]):
    """Phrases in a fixed order, with the manifest that describes them."""

    def __init__(
        self, phrases: Iterable[StoredPhrase] = (), manifest: Mapping[str, Any] | None = None
    ) -> None:
        self._phrases = list(phrases)
        self.manifest: dict[str, Any] = dict(manifest or {})

    def __len__(self) -> int:
        return len(self._phrases)

    def __iter__(self) -> Iterator[StoredPhrase]:
        return iter(self._phrases)

    @overload
    def __getitem__(self, index: int) -> StoredPhrase: ...

    @overload
    def __getitem__(self, index: slice) -> list[StoredPhrase]: ...

    def __getitem__(self, index: int | slice) -> StoredPhrase | list[StoredPhrase]:
        return self._phrases[index]

    def select(
        self, split: str | None = None, composer: str | None = None, windows: bool = False
    ) -> list[StoredPhrase]:
        """The phrases of a split and a composer (a slug or "other"; None: all), in store order.

        Windows, rebarred and moved music come only with `windows`; they exist only in the training split.
        ValueError for an unknown split.
        """
        if split is not None and split not in SPLITS:
            raise ValueError(f"unknown split {split!r}; legal: {', '.join(SPLITS)}")
        return [
            stored
            for stored in self._phrases
            if (windows or not stored.training_only)
            and (split is None or stored.split == split)
            and (composer is None or stored.composer == composer)
        ]

    def save(self, path: str | Path = DEFAULT_FOLDER) -> None:
        """Write the store into a folder (made if absent); the same phrases give the same bytes."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        packed = _packed(columns_of(self._phrases))
        manifest = {
            **self.manifest,
            "format": STORE_FORMAT,
            "phrases": len(self),
            "sha256": hashlib.sha256(packed).hexdigest(),
        }
        write_whole(folder / PHRASES_NAME, packed)
        write_whole(folder / MANIFEST_NAME, (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode())

    @classmethod
    def load(cls, path: str | Path = DEFAULT_FOLDER) -> PhraseStore:
        """Read a store from its folder (or its npz file).

        CorpusError if there is none, if it is damaged or of another format. A manifest
        that belongs to other phrases (a run killed between the two files) is left out.
        """
        file = Path(path)
        file = file / PHRASES_NAME if file.is_dir() or file.suffix != ".npz" else file
        try:
            packed = read_regular(file)
        except OSError as error:
            raise CorpusError(
                f"{file}: no phrase store ({error.strerror}); make one: violin prepare"
            ) from error
        try:
            columns = read_arrays(packed)
            found = int(columns["format"][0])
            if found not in _READ_FORMATS:
                legal = " or ".join(map(str, _READ_FORMATS))
                raise CorpusError(f"{file}: store format {found}; legal: {legal}; run violin prepare")
            phrases = phrases_of(columns)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
            raise CorpusError(f"{file}: the phrase store is damaged ({error}); run violin prepare") from error
        return cls(phrases, _manifest_of(file.with_name(MANIFEST_NAME), packed))

    @classmethod
    def load_or_make(cls, folder: str | Path, make: Callable[[], PhraseStore]) -> PhraseStore:
        """Load the store of a folder; if the folder holds none, save there what `make` returns."""
        folder = Path(folder)
        if not (folder / PHRASES_NAME).is_file():
            make().save(folder)
        return cls.load(folder)


def _manifest_of(file: Path, packed: bytes) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    belongs = isinstance(manifest, dict) and manifest.get("sha256") == hashlib.sha256(packed).hexdigest()
    return manifest if belongs else {}


def columns_of(phrases: Sequence[StoredPhrase]) -> dict[str, NDArray[Any]]:
    """One array per field; each column of words as a column of numbers and a table.

    ValueError for a phrase off the grid, an unknown split or an unknown texture.
    """
    for stored in phrases:
        if stored.phrase.ticks_per_beat != TICKS_PER_BEAT:
            raise ValueError(f"{stored.path}: a phrase of the store lies on {TICKS_PER_BEAT} ticks a beat")
        if stored.split not in SPLITS:
            raise ValueError(f"{stored.path}: unknown split {stored.split!r}; legal: {', '.join(SPLITS)}")
        if stored.texture not in TEXTURES:
            legal = ", ".join(TEXTURES)
            raise ValueError(f"{stored.path}: unknown texture {stored.texture!r}; legal: {legal}")
    notes = [note for stored in phrases for note in stored.phrase.notes]
    keys = [stored.phrase.key for stored in phrases]
    counts = [len(stored.phrase.notes) for stored in phrases]
    columns: dict[str, NDArray[Any]] = {
        "format": np.array([STORE_FORMAT], np.int32),
        "offset": np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int32),
        "onset": np.array([note.onset_ticks for note in notes], np.uint16),
        "pitch": np.array([note.pitch for note in notes], np.uint8),
        "duration": np.array([note.duration_ticks for note in notes], np.uint16),
        "bars": np.array([stored.phrase.bars for stored in phrases], np.uint8),
        "numerator": np.array([stored.phrase.meter.numerator for stored in phrases], np.uint8),
        "denominator": np.array([stored.phrase.meter.denominator for stored in phrases], np.uint8),
        "fifths": np.array([_NO_KEY if key is None else key.fifths for key in keys], np.int8),
        "minor": np.array([key is not None and key.minor for key in keys], np.bool_),
        "tempo": np.array([stored.phrase.tempo_us_per_beat for stored in phrases], np.uint32),
        "velocity": np.array([stored.phrase.velocity for stored in phrases], np.uint8),
        "start_bar": np.array([stored.start_bar for stored in phrases], np.int32),
        "window": np.array([stored.window for stored in phrases], np.bool_),
        "weight": np.array([stored.weight for stored in phrases], np.float64),
    }
    for name in (*_WORDS, *_NEW_WORDS):
        words = [str(getattr(stored, name)) for stored in phrases]
        table = sorted(set(words))
        number = {word: index for index, word in enumerate(table)}
        columns[f"{name}_table"] = np.array(table, np.str_)
        columns[name] = np.array([number[word] for word in words], np.int32)
    return columns


def phrases_of(columns: Mapping[str, NDArray[Any]]) -> list[StoredPhrase]:
    """The phrases of `columns_of`."""
    notes = _notes(columns["onset"], columns["pitch"], columns["duration"])
    offset = columns["offset"].tolist()
    fifths, minor = columns["fifths"].tolist(), columns["minor"].tolist()
    keys = [
        None if sharps == _NO_KEY else Key(sharps, mode) for sharps, mode in zip(fifths, minor, strict=True)
    ]
    meters = [
        Meter(over, under)
        for over, under in zip(columns["numerator"].tolist(), columns["denominator"].tolist(), strict=True)
    ]
    bars, tempo, velocity = (columns[name].tolist() for name in ("bars", "tempo", "velocity"))
    words = {name: _words(columns, name) for name in _WORDS}
    for name, default in _NEW_WORDS.items():
        words[name] = _words(columns, name) if name in columns else [default] * len(bars)
    start_bar, window, weight = (columns[name].tolist() for name in ("start_bar", "window", "weight"))
    return [
        StoredPhrase(
            phrase=Phrase(
                notes=tuple(notes[offset[row] : offset[row + 1]]),
                bars=bars[row],
                meter=meters[row],
                key=keys[row],
                tempo_us_per_beat=tempo[row],
                velocity=velocity[row],
            ),
            start_bar=start_bar[row],
            window=window[row],
            weight=weight[row],
            **{name: column[row] for name, column in words.items()},
        )
        for row in range(len(bars))
    ]


def _words(columns: Mapping[str, NDArray[Any]], name: str) -> list[str]:
    """A word column: numbers into its table."""
    table = columns[f"{name}_table"].tolist()
    return [table[number] for number in columns[name].tolist()]


def _notes(onset: NDArray[Any], pitch: NDArray[Any], duration: NDArray[Any]) -> list[Note]:
    """One Note per row. Equal rows share one object: a note is frozen, and a store of two million
    notes holds only some tens of thousands of different ones."""
    packed = (onset.astype(np.int64) << 24) | (pitch.astype(np.int64) << 16) | duration.astype(np.int64)
    distinct, index = np.unique(packed, return_inverse=True)
    table = [Note(code >> 24, code >> 16 & 0xFF, code & 0xFFFF) for code in distinct.tolist()]
    return [table[place] for place in index.tolist()]


def _packed(columns: Mapping[str, NDArray[Any]]) -> bytes:
    """An npz whose bytes depend only on the arrays (numpy's own stamps the time of writing)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in columns.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, member.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
