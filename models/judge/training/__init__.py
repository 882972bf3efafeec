"""Training of the judge: examples, negatives, cross-fitting."""
