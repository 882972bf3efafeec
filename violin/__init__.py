"""The core: music, the instrument, the challenge, MIDI files. Standard library alone."""

__version__ = "0.1.0"
