"""Robustness benchmarks of the verbs that read untrusted files."""
