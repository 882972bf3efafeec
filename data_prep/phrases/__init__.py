"""Violin parts into phrases: boundaries, cutting, other meters written anew."""
