"""Phrases for other libraries and back: numpy note arrays, pretty_midi, miditoolkit, music21."""
