"""From sources to a phrase store: read, cut, compare, split, save.

Reading is cached by the content of each file, so a run that was killed continues from there
and a run with nothing new to read takes a minute. What a store was made from is written in its
manifest (`inputs`), so adding a folder later needs only that folder's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

from joblib import cpu_count

from data_prep.corpus.assemble import Assembly, assemble
from data_prep.corpus.cutting import label_of
from data_prep.corpus.store import DEFAULT_FOLDER, PhraseStore
from data_prep.grid.other_instruments import is_moved
from data_prep.grid.violin_part import Refusal, ViolinPart
from data_prep.readers.catalogue import folder_entries, manifest_entries, music21_entries
from data_prep.readers.reading import DEFAULT_MEMORY_LIMIT_BYTES, read_sources
from violin.challenge import SLUGS
from violin.errors import CorpusError
from violin.progress import ProgressReport, Stage, no_report

DEFAULT_CACHE = Path("data/cache")
DEFAULT_TIME_LIMIT_SECONDS = 120.0


@dataclass(frozen=True)
class Inputs:
    """What a store is made from: folders with a manifest.csv, music21's corpus, own folders
    with the slug (or "other") of their composer; and whether the parts of other instruments are read too."""

    corpora: tuple[str, ...] = ()
    music21: bool = True
    added: tuple[tuple[str, str], ...] = ()
    other_instruments: bool = False

    def __post_init__(self) -> None:
        for folder, composer in self.added:
            if composer not in (*SLUGS, "other"):
                raise CorpusError(
                    f"{folder}: unknown composer {composer!r}; legal: {', '.join(SLUGS)} or other"
                )

    @classmethod
    def of_store(cls, folder: str | Path = DEFAULT_FOLDER) -> Inputs | None:
        """The inputs of the store in a folder; None if there is no store or it does not name them."""
        folder = Path(folder)
        try:
            found = PhraseStore.load(folder).manifest.get("inputs")
        except CorpusError:
            return None
        if not found:
            return None
        return cls(
            tuple(found["corpora"]),
            bool(found["music21"]),
            tuple((name, composer) for name, composer in found["added"]),
            bool(found.get("other_instruments", False)),
        )

    @classmethod
    def chosen(
        cls,
        out: str | Path,
        corpora: Sequence[str | Path] = (),
        music21: bool | None = None,
        added: str | Path | None = None,
        composer: str = "other",
        other_instruments: bool | None = None,
    ) -> Inputs:
        """The inputs of a run that writes the store `out`. A folder is `added` to the inputs of the store
        that is there, unless `corpora` are named. None keeps that store's setting; for a new store `music21`
        is True and `other_instruments` False."""
        out = Path(out)
        added = Path(added) if added is not None else None
        before = (cls.of_store(out) if added and not corpora else None) or cls()
        inputs = cls(
            tuple(str(Path(folder).resolve()) for folder in corpora) or before.corpora,
            before.music21 if music21 is None else music21,
            before.added,
            before.other_instruments if other_instruments is None else other_instruments,
        )
        return inputs.with_folder(added, composer) if added else inputs

    def with_folder(self, folder: str | Path, composer: str) -> Inputs:
        """These inputs and a folder of own scores; a folder that was named before is replaced."""
        folder = Path(folder)
        name = str(folder.resolve())
        added = (*(pair for pair in self.added if pair[0] != name), (name, composer))
        return replace(self, added=added)


@dataclass
class Options:
    """`workers` processes read (None: one per core); a file may take `time_limit_seconds` of processor time
    and `memory_limit_bytes`."""

    cache: Path = DEFAULT_CACHE
    workers: int | None = None
    time_limit_seconds: float = DEFAULT_TIME_LIMIT_SECONDS
    windows: bool = True
    memory_limit_bytes: int = DEFAULT_MEMORY_LIMIT_BYTES


@dataclass
class Preparation:
    """A finished store and what was refused on the way."""

    store: PhraseStore
    refusals: list[Refusal] = field(default_factory=list)
    parts: int = 0

    @property
    def phrases(self) -> int:
        """The phrases as written, without windows."""
        return sum(not stored.training_only for stored in self.store)

    @property
    def rebarred(self) -> int:
        """The phrases that were rewritten in another meter, without windows."""
        return sum(stored.rebarred and not (stored.window or stored.moved) for stored in self.store)

    @property
    def windows(self) -> int:
        """The overlapping windows of violin parts."""
        return sum(stored.window and not stored.moved for stored in self.store)

    @property
    def moved(self) -> int:
        """The phrases and windows of other instruments."""
        return sum(stored.moved for stored in self.store)


def prepare(inputs: Inputs, options: Options, on_progress: ProgressReport = no_report) -> Preparation:
    """Read all sources and make the store (not yet saved).

    CorpusError if a folder is missing, or if nothing at all could be read.
    """
    entries = [entry for folder in inputs.corpora for entry in manifest_entries(Path(folder))]
    if inputs.music21:
        entries += music21_entries()
    for folder, composer in inputs.added:
        entries += folder_entries(Path(folder), composer)
    if not entries:
        raise CorpusError("nothing to read: name a corpus, a folder to add, or --music21")
    parts, refusals = read_sources(
        entries,
        cache_dir=options.cache,
        workers=options.workers,
        time_limit_seconds=options.time_limit_seconds,
        memory_limit_bytes=options.memory_limit_bytes,
        other_instruments=inputs.other_instruments,
        on_progress=Stage(on_progress, "reading", len(entries)),
    )
    if not parts:
        first = f"; the first: {refusals[0].path}: {refusals[0].reason}" if refusals else ""
        raise CorpusError(f"none of {len(entries)} files has a violin part that can be read{first}")
    assembly = assemble(
        parts,
        windows=options.windows,
        workers=options.workers or cpu_count(),
        on_progress=on_progress,
    )
    store = PhraseStore(assembly.phrases, _manifest(inputs, entries, parts, refusals, assembly))
    return Preparation(store, refusals, sum(not is_moved(part.role) for part in parts))


def _manifest(
    inputs: Inputs,
    entries: Sequence[object],
    parts: Sequence[ViolinPart],
    refusals: Sequence[Refusal],
    assembly: Assembly,
) -> dict[str, Any]:
    return {
        "inputs": asdict(inputs),
        "files": len(entries),
        "parts": sum(not is_moved(part.role) for part in parts),
        "refusals": sorted([refusal.path, refusal.reason] for refusal in refusals),
        "quantise_error_beats": {
            f"{part.path}:{part.role}": round(part.quantise_error_beats, 5)
            for part in sorted(parts, key=lambda part: (part.path, part.role))
            if part.quantise_error_beats > 0
        },
        "notes": sum(part.total_notes for part in parts),
        "shortened_notes": sum(part.shortened_notes for part in parts),
        "carried_accidentals": _carried_accidentals(parts),
        "left_bars": _plain(assembly.left_bars),
        "dropped_phrases": _plain(assembly.dropped_phrases),
        "linked_works": dict(sorted(assembly.linked_works.items())),
        "sources": _sources(assembly),
    }


def _carried_accidentals(parts: Sequence[ViolinPart]) -> dict[str, int]:
    """The number of ABC notes that a sign earlier in the bar alters, of tunes with such notes, and of all
    tunes."""
    tunes = [part.carried_accidentals for part in parts if ".abc" in PurePath(part.path).suffix]
    return {"notes": sum(tunes), "tunes": sum(found > 0 for found in tunes), "all_tunes": len(tunes)}


def _plain(table: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {label: dict(sorted(counts.items())) for label, counts in sorted(table.items()) if counts}


def _sources(assembly: Assembly) -> list[dict[str, Any]]:
    """The number of phrases (without windows) of each source, with its licence class and composers."""
    counts = Counter(
        (stored.source, stored.licence_class, label_of(stored))
        for stored in assembly.phrases
        if not stored.training_only
    )
    return [
        {"source": source, "licence_class": licence, "composer": label, "phrases": count}
        for (source, licence, label), count in sorted(counts.items())
    ]
