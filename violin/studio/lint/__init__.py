"""The lint view: a piece of any length in pages, its findings, and the list of them as a file."""
