"""Generators against judges."""
