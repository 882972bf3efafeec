"""The masks that keep a token sequence legal while it is written."""
