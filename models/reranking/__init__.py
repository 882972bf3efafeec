"""Choosing the best of several candidates."""
