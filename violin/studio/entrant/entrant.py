"""An opened dataset, archive or both: its answers can be looked through and composed again.

    DIR/.entrants/ID/entrant.json            name, seed, candidates
    DIR/.entrants/ID/dataset.zip, archive.zip  what was opened
    DIR/.entrants/ID/answers/composer1-017.json  the versions of one answer, written as soon as it changes
    DIR/.entrants/ID/scores/                 the scores of answers, one line each

A restarted server reads everything again: no finished answer is lost.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from submission.archive import archive_bytes
from submission.assignments import Assignment, dataset_assignments, free_assignments
from submission.datasets import Dataset, GivenFile, read_dataset
from submission.jobs.record_log import RecordLog, RecordWriter
from violin.challenge import COMPOSERS, FILES_PER_COMPOSER
from violin.errors import ArchiveError
from violin.files import read_regular, write_whole
from violin.studio.answers import NotFoundError
from violin.studio.entrant.row import OPENED, Row, Score, Version

DATASET, ARCHIVE = "dataset", "archive"
_ANSWER_FILE = re.compile(r"(composer[1-8])-(\d{3,4})\.json")
_REDO_SEED_STEP = 1_000_003  # between the seeds of the versions of one answer
_MOST_FILE_BYTES = 4 << 20


class Entrant:
    """One opened dataset or archive. All methods are thread-safe."""

    def __init__(self, folder: Path) -> None:
        """ArchiveError if a file cannot be read."""
        self.id = folder.name
        self._folder = folder
        self._lock = threading.RLock()
        settings = json.loads(read_regular(folder / "entrant.json"))
        self.title: str = settings["title"]
        self.seed: int = settings["seed"]
        self.candidates: int = settings["candidates"]
        self.notices: list[str] = []
        self.dataset = self._opened(DATASET)
        self._archive = self._opened(ARCHIVE)
        self.rows = {row.name: row for row in self._rows()}
        self._read_answers()
        scores = folder / "scores"
        scores.mkdir(exist_ok=True)
        log = RecordLog(scores, self.id, 0)
        self._scores = {record["digest"]: _score(record) for record in log.read()}
        self._writer: RecordWriter = log.writer()

    def put_in(self, kind: str, data: bytes) -> None:
        """Add a dataset to an opened archive, or an archive to a dataset; composed answers stay.

        ArchiveError if it cannot be read; then nothing changes.
        """
        path = self._folder / f"{kind}.zip"
        aside = self._folder / f"{kind}.new"
        write_whole(aside, data)
        try:
            read_dataset(aside)
        finally:
            aside.unlink()
        write_whole(path, data)

    def _opened(self, kind: str) -> Dataset | None:
        path = self._folder / f"{kind}.zip"
        if not path.exists():
            return None
        found = read_dataset(path)
        self.notices += [f"{kind}: {notice}" for notice in found.notices]
        return found

    def _rows(self) -> Iterator[Row]:
        answers = {file.name: file for file in self._archive or ()}
        for assignment in self._assignments(answers.values()):
            row = Row(assignment)
            file = answers.get(row.name)
            if file is not None and not file.problem:
                row.add(Version(file.data, OPENED))
            yield row

    def _assignments(self, answers: Collection[GivenFile]) -> list[Assignment]:
        """One assignment per file: those of the dataset or, without one, of the preliminary round."""
        if self.dataset is not None:
            return dataset_assignments(self.dataset, seed=self.seed)
        most = max((file.number for file in answers), default=FILES_PER_COMPOSER)
        there = {file.name for file in answers}
        return [one for one in free_assignments(most, self.seed) if not there or one.name in there]

    def _read_answers(self) -> None:
        for path in sorted((self._folder / "answers").glob("composer*.json")):
            found = _ANSWER_FILE.fullmatch(path.name)
            row = self.rows.get(f"{found[1]}/{found[2]}.mid") if found else None
            if row is None:
                continue
            try:
                values = json.loads(read_regular(path, _MOST_FILE_BYTES))
                row.versions = [Version.from_json(one) for one in values["versions"]]
                row.shown = min(max(int(values["shown"]), 0), len(row.versions) - 1)
            except (OSError, ValueError, LookupError, TypeError):
                self.notices.append(f"{row.name}: its kept versions cannot be read")

    def row(self, name: str) -> Row:
        """The file of that name ('composer1/017.mid'); NotFoundError."""
        if name not in self.rows:
            raise NotFoundError(f"{self.title}: there is no file {name[:40]!r}")
        return self.rows[name]

    def next_seed(self, row: Row) -> int:
        """The seed of the next version: the archive's seed for the first, a different one for each further
        version."""
        return self.seed + _REDO_SEED_STEP * len(row.versions)

    def add_version(self, name: str, version: Version) -> Row:
        """Save a version of an answer and show it."""
        with self._lock:
            row = self.row(name)
            row.add(version)
            self._write(row)
            return row

    def show_version(self, name: str, place: int) -> Row:
        """Choose the version of an answer that goes into the archive."""
        with self._lock:
            row = self.row(name)
            if not 0 <= place < len(row.versions):
                raise NotFoundError(f"{name}: there is no version {place + 1}")
            row.shown = place
            self._write(row)
            return row

    def _write(self, row: Row) -> None:
        values = {"shown": row.shown, "versions": [version.as_json() for version in row.versions]}
        file = row.name.replace("/", "-").removesuffix(".mid") + ".json"
        write_whole(self._folder / "answers" / file, json.dumps(values).encode(), sync=False)

    def add_score(self, digest: str, score: Score) -> None:
        """Save the score of an answer's bytes."""
        with self._lock:
            self._scores[digest] = score
            record = {"digest": digest, "judge": score.judge, "own": score.own, "inherited": score.inherited}
            self._writer.add(record)

    def close(self) -> None:
        """Close the file of scores."""
        self._writer.__exit__()

    def score_of(self, row: Row) -> Score | None:
        return self._scores.get(row.version.digest) if row.version else None

    def unscored(self) -> list[str]:
        return [row.name for row in self.rows.values() if row.version and self.score_of(row) is None]

    def missing(self) -> list[str]:
        """The files that have no answer yet."""
        return [row.name for row in self.rows.values() if row.version is None]

    def archive(self) -> bytes:
        """The generator's zip of the shown answers; ArchiveError if one is missing."""
        missing = self.missing()
        if missing:
            files = "1 file is" if len(missing) == 1 else f"{len(missing)} files are"
            raise ArchiveError(f"{files} not composed yet, the first is {missing[0]}")
        versions = {name: row.version for name, row in self.rows.items()}
        return archive_bytes({name: version.data for name, version in versions.items() if version})

    def row_json(self, row: Row) -> dict[str, Any]:
        return row.summary(self.score_of(row))

    def summary(self) -> dict[str, Any]:
        """All of it as JSON values."""
        with self._lock:
            return {
                "id": self.id,
                "title": self.title,
                "seed": self.seed,
                "candidates": self.candidates,
                "has_dataset": self.dataset is not None,
                "has_archive": self._archive is not None,
                "notices": self.notices,
                "composers": [{"slug": one.slug, "name": one.name} for one in COMPOSERS],
                "rows": [self.row_json(row) for row in self.rows.values()],
            }


def _score(record: dict[str, Any]) -> Score:
    return Score(record["judge"], tuple(record["own"]), tuple(record["inherited"]))
