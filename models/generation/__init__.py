"""Generation: infilling, sampling, guards."""
