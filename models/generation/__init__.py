"""Composing: infilling, sampling, guards."""
