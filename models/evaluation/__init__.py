"""Measures of the composer and its report."""
