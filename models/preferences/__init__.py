"""Preference tuning of the composer: on its best answers, or on its best against its worst answers."""
