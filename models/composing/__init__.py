"""From settings to answers: spans one after the other, the best of several candidates, variations that
differ. `models.compose` is the entry."""
