"""Scores into training phrases."""
