"""Violin parts into phrases: boundaries, cutting, other meters rewritten."""
