"""Rehearsals of the official datasets."""
