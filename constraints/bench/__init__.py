"""Robustness and speed of the linter, measured."""
