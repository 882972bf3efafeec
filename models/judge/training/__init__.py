"""Training the judge: examples, negatives, cross-fitting."""
