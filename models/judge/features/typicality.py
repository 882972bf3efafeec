"""Histograms of human music per composer, and a line's distance from them.

"Bach or Mock?" (Fang, Liu, Salamon & Bello, 2006.13329) grades machine chorales by the distance of
their histograms to Bach's. Here the distance is the Jensen-Shannon divergence, to the attributed
composer and to all human lines together. The histogram of a composer with few lines is smoothed
towards that of all lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from models.judge.features.canonical import Events, Line
from models.judge.features.measures import Array, Feature, Features, Values, divergence_bits
from models.judge.features.viewpoints import Tokens, length_class

KINDS = {
    "interval": (49, "intervals"),
    "length": (25, "note lengths"),
    "degree": (24, "scale degrees"),
    "place": (48, "places in the bar"),
    "density": (33, "onsets a bar"),
    "register": (18, "registers"),
    "stop": (26, "stops"),
    "turn": (9, "successions of intervals"),
}
_LEAN = 4_000.0  # number of a composer's tokens at which both histograms have equal weight
_SOURCE = "histogram distance: Fang et al., Bach or Mock?, 2006.13329; JS: Lin 1991"

FEATURES: Features = {
    **{f"style_{kind}": Feature(f"distance of the {words} from the composer's", _SOURCE)
       for kind, (_, words) in KINDS.items()},
    **{f"human_{kind}": Feature(f"distance of the {words} from all composers'", _SOURCE)
       for kind, (_, words) in KINDS.items()},
    "style_lead": Feature("mean distance from the composer minus that from all composers", _SOURCE),
}  # fmt: skip

Histograms = dict[str, Array]


@dataclass(frozen=True, eq=False)
class Styles:
    """`general` for all lines and one per composer slug; each kind sums to 1."""

    general: Histograms
    composers: Mapping[str, Histograms]

    @classmethod
    def of(cls, counted: Mapping[str, Histograms]) -> Styles:
        """From the summed counts of each composer's human lines."""
        total = {kind: sum((one[kind] for one in counted.values()), np.zeros(size))
                 for kind, (size, _) in KINDS.items()}  # fmt: skip
        general = {kind: row / max(1.0, row.sum()) for kind, row in total.items()}
        composers = {
            composer: {kind: _leaning(row, general[kind]) for kind, row in counts.items()}
            for composer, counts in counted.items()
        }
        return cls(general, composers)

    def measure(self, counts: Histograms, composer: str) -> Values:
        """Distances in bits. A composer without lines has the histograms of all lines."""
        own = self.composers.get(composer, self.general)
        style = {f"style_{kind}": divergence_bits(row, own[kind]) for kind, row in counts.items()}
        human = {f"human_{kind}": divergence_bits(row, self.general[kind]) for kind, row in counts.items()}
        lead = (sum(style.values()) - sum(human.values())) / len(counts)
        values = {**style, **human, "style_lead": lead}
        return {name: values[name] for name in FEATURES}


def summed(lines: Iterable[tuple[str, Histograms]]) -> dict[str, Histograms]:
    """The counts of (composer, histograms) of lines, or of sums of them, by composer."""
    found: dict[str, Histograms] = {}
    for composer, counts in lines:
        mine = found.setdefault(composer, {kind: np.zeros(size) for kind, (size, _) in KINDS.items()})
        for kind, row in counts.items():
            mine[kind] += row
    return found


def histograms(line: Line, events: Events, parts: Mapping[str, Tokens]) -> Histograms:
    """The counts of one line, one row per kind."""
    interval = np.diff(events.top)
    direction = np.sign(interval) + 1
    stops = np.where(events.size > 1, 1 + np.minimum(events.top - events.bottom, 24), 0)
    place = np.minimum(events.place_steps * 48 // line.bar_steps, 47)
    rows = {
        "interval": parts["interval"].tokens,
        "length": length_class(events.ioi_steps),
        "degree": parts["degree"].base,
        "place": place,
        "density": np.minimum(np.bincount(events.bar, minlength=line.bars), 32),
        "register": np.clip((line.pitch - 55) // 3, 0, 17),
        "stop": stops,
        "turn": direction[:-1] * 3 + direction[1:],
    }
    return {
        kind: np.bincount(rows[kind], minlength=size)[:size].astype(float)
        for kind, (size, _) in KINDS.items()
    }


def _leaning(row: Array, general: Array) -> Array:
    """A composer's histogram, smoothed towards that of all composers if it has few counts."""
    count = row.sum()
    return np.asarray((row + _LEAN * general) / (count + _LEAN))
