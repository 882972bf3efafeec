"""Evaluation of the judge."""
