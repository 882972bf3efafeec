"""Stand-ins: music by others for styles of which hardly any scores are free.

For three of the eight composers the sources hold little or nothing (Sarasate: one piece in
10/16; Szymanowski: no violin part; the eighth folder: two violin works and some orchestral
violins). A line of `STAND_INS` says that phrases of a source composer may be trained on under the token of
one of these, and how much each counts, compared with a phrase by the composer. The phrases themselves stay
`composer="other"`: they are never counted as the composer's own.

The weights follow from measured distances, see docs/data.md ("Stand-ins").
"""

from __future__ import annotations

from dataclasses import dataclass

from data_prep.corpus.store import PhraseStore, StoredPhrase

GROUP_8 = "saintsaens-prokofiev-sibelius"
OWN_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class StandIn:
    """`source_composer` stands in for `composer` (a slug) with `weight`, 0 to 1.

    If `work_groups` are given, only those works stand in.
    """

    composer: str
    source_composer: str
    weight: float
    work_groups: tuple[str, ...] = ()

    def covers(self, source_composer: str, work_group: str) -> bool:
        """Whether a phrase of that source and work stands in by this line."""
        return self.source_composer == source_composer and (
            not self.work_groups or work_group in self.work_groups
        )


STAND_INS: tuple[StandIn, ...] = (
    StandIn("sarasate", "wieniawski", 0.5),
    StandIn("sarasate", "katski", 0.5),
    StandIn("sarasate", "kreisler", 0.2),
    StandIn("sarasate", "saint-saens", 0.2, ("saintsaens:op40",)),
    StandIn("szymanowski", "szymanowski", 0.5),  # his songs' and piano melodies: not violin music
    StandIn("szymanowski", "mlynarski", 0.5),
    StandIn("szymanowski", "bartok", 0.4),
    StandIn("szymanowski", "ravel", 0.4),
    StandIn("szymanowski", "reger", 0.3),
    StandIn("szymanowski", "rozycki", 0.2),
    StandIn(GROUP_8, "ravel", 0.5),
    StandIn(GROUP_8, "borodin", 0.5),
    StandIn(GROUP_8, "tchaikovsky", 0.4),
    StandIn(GROUP_8, "nielsen", 0.4),
    StandIn(GROUP_8, "glazunov", 0.3),
    StandIn(GROUP_8, "grieg", 0.2),
)


def stand_ins(composer: str) -> tuple[StandIn, ...]:
    """The lines of the table for a slug; empty for a composer with enough music of his own."""
    return tuple(line for line in STAND_INS if line.composer == composer)


def stand_in_weight(composer: str, source_composer: str, work_group: str) -> float:
    """How much a phrase of that source counts under the composer's token; 0 if it may not."""
    return max(
        (line.weight for line in stand_ins(composer) if line.covers(source_composer, work_group)),
        default=0.0,
    )


def stored_weight(composer: str, source_composer: str, work_group: str) -> float:
    """`StoredPhrase.weight`: 1 for a composer's own music and for music that is not a stand-in, else the
    greatest weight in the table."""
    if composer != "other":
        return OWN_WEIGHT
    weights = [line.weight for line in STAND_INS if line.covers(source_composer, work_group)]
    return max(weights, default=OWN_WEIGHT)


def training_phrases(
    store: PhraseStore, composer: str, split: str | None = "train", windows: bool = False
) -> list[tuple[StoredPhrase, float]]:
    """All phrases that may be trained on under a composer's token, own music first, each with its weight."""
    own = [(stored, OWN_WEIGHT) for stored in store.select(split, composer, windows)]
    lent = [
        (stored, weight)
        for stored in store.select(split, None, windows)
        if stored.composer != composer
        and (weight := stand_in_weight(composer, stored.source_composer, stored.work_group)) > 0
    ]
    return own + lent
