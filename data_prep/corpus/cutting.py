"""Cuts a violin part into phrases, with composer, source and texture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from data_prep.corpus.split import TRAIN
from data_prep.corpus.stand_ins import GROUP_8, stored_weight
from data_prep.corpus.store import OTHER, StoredPhrase
from data_prep.corpus.texture import SECTION, texture_of
from data_prep.grid.other_instruments import is_moved
from data_prep.phrases.rebarred import rebarred_cuts
from data_prep.phrases.segment import Cut, segment
from violin.challenge import SLUGS
from violin.music import Meter

if TYPE_CHECKING:
    from data_prep.grid.violin_part import ViolinPart

_GROUP_8_NAMES = {
    "saintsaens": "saint-saens",
    "saint-saens": "saint-saens",
    "prokofiev": "prokofiev",
    "sibelius": "sibelius",
}
_NOT_VIOLIN = "nonviolin"
_FEWEST_PITCHES_MOVED = 5  # another instrument's phrase of fewer pitches is mere accompaniment
_FORMAT_ORDER = (".krn", ".mxl", ".musicxml", ".xml", ".mscx", ".mscz", ".abc", ".mid", ".midi")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that may be stored. It covers the bars `stored.start_bar` to `end_bar` - 1 of the source
    part; in rebarred music a bar of the phrase may be two of the source."""

    stored: StoredPhrase
    end_bar: int

    @property
    def source_bars(self) -> range:
        """The bars of the source part that it covers."""
        return range(self.stored.start_bar, self.end_bar)


def attribution(part: ViolinPart) -> tuple[str, str]:
    """(composer, source composer) of a part: the slug whose own violin music it is, or "other",
    and the composer as the source names him.

    Music that was not written for the violin (songs, a piano's right hand, parts of other instruments) always
    gets "other": it can only replace a style that has too few scores (`data_prep.corpus.stand_ins`).
    """
    source = part.composer.removeprefix("other/").lower()
    if source == GROUP_8:
        source = _GROUP_8_NAMES.get(part.work_group.partition(":")[0], source)
    slug = GROUP_8 if source in _GROUP_8_NAMES.values() else source
    not_violin = part.role.lower().replace("-", "").startswith(_NOT_VIOLIN) or is_moved(part.role)
    if slug not in SLUGS or not_violin:
        slug = OTHER
    return slug, source


def label_of(stored: StoredPhrase) -> str:
    """The row of a report that a phrase belongs to: its slug, or "other/" and its source."""
    return stored.composer if stored.composer != OTHER else f"{OTHER}/{stored.source_composer}"


def trust_order(part: ViolinPart) -> tuple[int, bool, float, str, str]:
    """A sort key of trust in encodings of one work, the best first: scores before sequences, a stated origin
    before web sequences without one (licence class "unclear"; some of them are arrangements), the better
    quantised before the worse; then by name."""
    suffix = PurePath(part.path).suffix.lower()
    rank = _FORMAT_ORDER.index(suffix) if suffix in _FORMAT_ORDER else len(_FORMAT_ORDER)
    return rank, part.licence_class == "unclear", round(part.quantise_error_beats, 3), part.path, part.role


def cut_part(
    part: ViolinPart, roles: Collection[str], windows: bool
) -> tuple[list[Candidate], str, Counter[str]]:
    """The candidates of a part, its label (`label_of`), and why bars were left out: reason -> bars.

    `roles` are those of all parts of its file. Music in other meters than 3/4, 4/4 and 2/2 is rebarred. The
    split of a candidate is "train" until the works are split.
    """
    composer, source_composer = attribution(part)
    moved = is_moved(part.role)
    texture = SECTION if moved else texture_of(part.path, part.title, part.work_group, part.role, roles)
    weight = stored_weight(composer, source_composer, part.work_group)
    segmented = segment(part, windows)

    def cuts() -> Iterator[tuple[Cut, int, int, Meter | None]]:
        for cut in segmented.cuts:
            yield cut, cut.start_bar, cut.start_bar + cut.phrase.bars, None
        for found in rebarred_cuts(part, windows):
            yield found.cut, found.start_bar, found.end_bar, found.written

    candidates = [
        Candidate(
            StoredPhrase(
                phrase=cut.phrase,
                composer=composer,
                source_composer=source_composer,
                work_id=part.work_id,
                work_group=part.work_group,
                part=part.role,
                start_bar=start,
                split=TRAIN,
                window=cut.window,
                source=part.source,
                licence_class=part.licence_class,
                weight=weight,
                path=part.path,
                texture=texture,
                written_meter=str(written) if written else "",
            ),
            end,
        )
        for cut, start, end, written in cuts()
        if not moved or len({note.pitch for note in cut.phrase.notes}) >= _FEWEST_PITCHES_MOVED
    ]
    label = composer if composer != OTHER else f"{OTHER}/{source_composer}"
    return candidates, label, segmented.left_bars
