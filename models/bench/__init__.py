"""Soundness, controllability and throughput of the composer, measured."""
