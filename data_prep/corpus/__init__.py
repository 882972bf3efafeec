"""Music on the grid into a split, deduplicated store of phrases."""
