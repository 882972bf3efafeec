"""Tunes the composer by preference: its own best answers, or its best against its worst."""
