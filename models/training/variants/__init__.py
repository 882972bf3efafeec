"""Variants of the composer's training that are only measured: none of them composes in the program."""
