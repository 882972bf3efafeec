"""The features that the judge measures."""
