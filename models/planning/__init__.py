"""Plans of the middle: computed from music, and written by a small model before the notes."""
