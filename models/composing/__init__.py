"""From settings to answers: composes spans one after the other, chooses the best of several candidates and
ensures that variations differ. `models.compose` is the entry point."""
