"""Phrases as pictures and sound: engraved SVG, PNG and PDF; WAV, FLAC and MP3."""
