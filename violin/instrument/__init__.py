"""The violin: its range, which notes can sound together, and how hard that is for the left hand.

>>> tier([57, 73]).name, str(witness([57, 73]))
('VIRTUOSO', 'A3=G2/1 C#5=D11/4, span 118.5 mm')
>>> is_playable([57, 59]), str(witness([57, 59]))
(False, 'A3 and B3 both need the G string')
"""

from __future__ import annotations

from violin.hand import OPEN_STRINGS, Fingering, Tier
from violin.instrument.reasons import Conflict, Obstacle, witness
from violin.instrument.table import (
    HIGHEST_PITCH,
    LOWEST_PITCH,
    is_playable,
    is_readable,
    playable_sets,
    stretch,
    tier,
)

__all__ = [
    "HIGHEST_PITCH",
    "LOWEST_PITCH",
    "OPEN_STRINGS",
    "Conflict",
    "Fingering",
    "Obstacle",
    "Tier",
    "is_playable",
    "is_readable",
    "playable_sets",
    "stretch",
    "tier",
    "witness",
]
