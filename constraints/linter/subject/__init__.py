"""What a rule can ask about one file: its events sorted by kind, its notes, its bars."""

from constraints.linter.subject.sounding import GridNote, Sounding
from constraints.linter.subject.subject import DRUM_CHANNEL, Subject

__all__ = ["DRUM_CHANNEL", "GridNote", "Sounding", "Subject"]
