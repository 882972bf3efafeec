"""Whether a violin part is played by one player ("solo") or by a section of the orchestra ("section").

A section's part is plainer than a soloist's: fewer stops, fewer high notes, more accompaniment. Sonatas,
études, the solo parts of concertos and tunes are solo; so is a part of a quartet or another chamber work,
since one player plays it. The violins of a symphony, a mass, a ballet or a concerto's orchestra are
section.

No source states it, so it is inferred from the part's role, from the other roles in the file and from the
words in the file's name and title; see `texture_of` for the order.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePath

SOLO, SECTION = "solo", "section"

_SECTION_ROLE = re.compile(r"violin\d*$")
_FEWEST_PARTS_OF_SOLOISTS = 4  # concertos for four violins give each its own part
_ORCHESTRA = re.compile(
    r"symphon|sinfoni|concert|orchest|ouvertur|overtur|sere?nat|brandenburg|requiem|missa\b|msza|mszy|\bmass\b|"
    r"mass_|passion|kantat|cantat|magnificat|oratori|in-hac-festiva|sancte-pater|graduale|offertori|nieszpor|"
    r"vesper|litani|ballet|swan|opera\b|bwv232|bwv244|bwv24[58]|bwv106[6-9]|carnaval|valse.triste"
)
_CHAMBER = re.compile(
    r"quartet|quatuor|kwartet|quintet|kwintet|sextet|septet|octet|(?<![a-z])trio(?![a-z])|duett?o?(?![a-z])|"
    r"(?<![a-z])duos?(?![a-z])|sonat|divertimento|cassati|\bsq\d|ossq"
)
_ORCHESTRAL_FOLDERS = ("midi-classical-music", "openscore-orchestra")


def texture_of(path: str, title: str, work_group: str, role: str, roles: Collection[str]) -> str:
    """ "solo" or "section" for the part `role` of a file whose parts have `roles`. The first rule that
    applies decides:

    1. a role other than violin, violin1, violin2, … is a soloist's;
    2. a file with four violins or more gives each player a part: solo;
    3. a word such as "symphony", "concerto" or "mass" in the name: section;
    4. a word such as "quartet" or "sonata": solo;
    5. another role of the file is a soloist's: section;
    6. a folder of orchestral scores: section; else solo.
    """
    if not _SECTION_ROLE.match(role):
        return SOLO
    if len([name for name in roles if _SECTION_ROLE.match(name)]) >= _FEWEST_PARTS_OF_SOLOISTS:
        return SOLO
    words = f"{PurePath(path).name} {title} {work_group}".lower()
    if _ORCHESTRA.search(words):
        return SECTION
    if _CHAMBER.search(words):
        return SOLO
    if any(name.startswith("solo") for name in roles):
        return SECTION
    return SECTION if any(folder in path for folder in _ORCHESTRAL_FOLDERS) else SOLO
