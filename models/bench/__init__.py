"""Benchmarks of the composer: soundness, controllability and throughput."""
