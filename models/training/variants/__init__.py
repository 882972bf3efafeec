"""Variants of the composer's training, only for measurements: the program never composes with them."""
