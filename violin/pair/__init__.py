"""Given pairs: the beginning and the ending of a phrase whose middle is to be composed.

The challenge does not say how a pair is laid out in its file, so both layouts are read:

* **Side by side**, as in the organisers' samples: all bars hold music and nothing says how long
  the answer is (`bars` is None). The file is split in half, the beginning getting the odd bar;
  `split=(beginning bars, ending bars)` says otherwise.
* **With a gap**: interior bars in which no note begins, at least one of them wholly silent. If the
  file has 8 to 16 bars, the ending stands at its true place and the gap says the length. In a
  shorter file the gap only marks the seam and the length is chosen. Of several gaps the
  longest counts, of equal ones the first; the silent bars of the others are given bars of rest.

A given bar of rest beside the gap looks like the gap. One file cannot tell them apart: `split` says
it, or the other pairs of a dataset do (`usual_sides`, `Pair.with_rests`).

Whole bars are given, from the first one to the last one that holds an onset, rests included:

* An upbeat, or any bar that is partly rest, stays as it is: nothing is filled up or moved.
* A note of the beginning that sounds past its last bar (a tie into the gap) is a *held* note: it
  keeps its duration and goes on sounding into the middle; see `Pair.held_at_middle`.
* A first bar that is silent is a given bar of rest. Silence after the last note is not a given
  bar, with one exception: if the file has only one bar with notes and its end of track lies on a later
  barline, the ending is a bar of rest.
* A pair whose notes break a rule is still read; the linter reports it. A missing meter is
  4/4, a missing key None, a missing tempo 120 beats a minute. Of several tempi or keys the first
  counts. The velocity is the one that most notes have.
"""

from __future__ import annotations

from violin.pair.kept import notes_at
from violin.pair.pair import Pair, answer, free_pair, outer_pair
from violin.pair.reading import pair_of, parse_sides, read_given, read_pair, usual_sides
from violin.pair.redo import Redo, continued, other_bars, parse_spans

__all__ = [
    "Pair",
    "Redo",
    "answer",
    "continued",
    "free_pair",
    "notes_at",
    "other_bars",
    "outer_pair",
    "pair_of",
    "parse_sides",
    "parse_spans",
    "read_given",
    "read_pair",
    "usual_sides",
]
