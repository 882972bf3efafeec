"""Blends of composers: several styles in one answer, each with a share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from violin.challenge import SLUGS, composer_named
from violin.errors import SettingsError

MOST_PARTS = 999
_PART = re.compile(r"(\d{0,3})\s*(.+)")
_LEGAL = "legal: such as bach+paganini or 70bach+30paganini"


@dataclass(frozen=True, slots=True)
class Blend:
    """Two or more composers and how many parts of the whole each has.

    >>> blend = Blend.parse("70bach+30paganini")
    >>> blend.parts
    (('bach', 70), ('paganini', 30))
    >>> blend.main, blend.shares
    ('bach', {'bach': 0.7, 'paganini': 0.3})
    >>> str(Blend.parse("Bach + Paganini"))
    'bach+paganini'
    """

    parts: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        slugs = [slug for slug, _ in self.parts]
        if len(slugs) < 2 or len(set(slugs)) < len(slugs) or not set(slugs) <= set(SLUGS):
            raise SettingsError(f"a blend of {', '.join(slugs)}; legal: two or more different composers")
        for slug, count in self.parts:
            if not 1 <= count <= MOST_PARTS:
                raise SettingsError(f"a blend with {count} parts of {slug}; legal: 1 to {MOST_PARTS}")

    @classmethod
    def parse(cls, text: str) -> Blend:
        """The blend in a text: names with "+" between them; either all or none have a number before them.

        SettingsError says what is wrong.
        """
        parts = []
        for word in text.split("+"):
            found = _PART.fullmatch(word.strip())
            if found is None:
                raise SettingsError(f"the blend {text!r} has a part without a composer; {_LEGAL}")
            try:
                parts.append((composer_named(found[2]).slug, found[1]))
            except ValueError as error:
                raise SettingsError(f"the blend {text!r}: {error}") from None
        if len({bool(number) for _, number in parts}) > 1:
            raise SettingsError(f"the blend {text!r} has a number before some composers only; {_LEGAL}")
        return cls(tuple((slug, int(number or 1)) for slug, number in parts))

    @property
    def main(self) -> str:
        """The composer with the largest share, the first of equal ones. It is used where only one is
        possible."""
        return max(self.parts, key=lambda part: part[1])[0]

    @property
    def shares(self) -> dict[str, float]:
        """The share of each composer; their sum is 1."""
        whole = sum(count for _, count in self.parts)
        return {slug: count / whole for slug, count in self.parts}

    def __str__(self) -> str:
        is_equal = len({count for _, count in self.parts}) == 1
        return "+".join(slug if is_equal else f"{count}{slug}" for slug, count in self.parts)


def is_blend(text: str) -> bool:
    """Whether a text names a blend and not one composer."""
    return "+" in text
