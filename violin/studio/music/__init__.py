"""Phrases, fingerings, findings and certificates as JSON values."""
