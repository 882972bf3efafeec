"""Evaluation of the composer: metrics and the report."""
