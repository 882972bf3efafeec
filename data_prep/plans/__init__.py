"""Plans computed from music: harmony, relations between bars, cadences."""
