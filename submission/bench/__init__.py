"""Measures of everything that reads a stranger's file."""
